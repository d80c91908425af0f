#include "offprint/web/option_fields.h"

#include "offprint/web/forms.h"

namespace offprint::web {

Html option_field(const OptionInfo& option, const std::string& given) {
  const std::string name = "option-" + option.name;
  const std::string value =
      option.value.is_string() ? option.value.get<std::string>() : json_text(option.value);
  Html input;
  if (option.choices.empty() && option.kind != "switch") {
    std::vector<Attribute> attributes = {{"id", name}, {"name", name}, {"placeholder", value}};
    if (!given.empty()) attributes.push_back({"value", given});
    input = element("input", attributes);
  } else {
    std::vector<std::string> choices = option.choices;
    if (option.kind == "switch") choices = {"true", "false"};
    Choices items = {{"", "default: " + value}};
    for (const std::string& choice : choices) items.emplace_back(choice, choice);
    input = select_box(name, items, given);
  }
  return element("p", {{"class", "field"}},
                 {element("label", {{"for", name}}, option.name), input,
                  element("span", {{"class", "small"}}, option.help)});
}

}  // namespace offprint::web
