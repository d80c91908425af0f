#include "offprint/cli/option_flags.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "offprint/core/error.h"
#include "offprint/core/suggest.h"

namespace offprint::cli {
namespace {

const OptionInfo* find(const std::vector<OptionInfo>& known, std::string_view name) {
  const auto found = std::ranges::find(known, name, &OptionInfo::name);
  return found == known.end() ? nullptr : &*found;
}

bool is_switch(const OptionInfo& info) { return info.value.is_boolean(); }

}  // namespace

void add_option_flags(CLI::App& verb, const std::vector<OptionField>& fields,
                      const std::string& group) {
  for (const OptionField& field : fields) {
    const std::string flag = "--" + field.name;
    if (verb.get_option_no_throw(flag)) continue;
    CLI::Option* option = nullptr;
    if (std::holds_alternative<bool*>(field.value))
      option = verb.add_flag_function(
          flag + ",!--no-" + field.name,
          [field](int64_t count) { set_option(field, count > 0 ? "true" : "false"); }, field.help);
    else
      option = verb.add_option_function<std::string>(
          flag, [field](const std::string& text) { set_option(field, text); }, field.help);
    const OptionInfo info = describe({field}).front();
    if (!field.choices.empty())
      option->type_name(fmt::format("{}", fmt::join(field.choices, "|")));
    else if (!is_switch(info))
      option->type_name(info.kind == "text" ? "TEXT" : "N");
    option->default_str(option_text(field))->group(group)->trigger_on_parse();
  }
}

void add_seed_flag(CLI::App& verb, uint64_t& seed) {
  add_option_flags(verb, {{"seed", "seed of every draw", &seed, {}}}, "Options");
}

Json options_from_words(const std::vector<OptionInfo>& known, const std::vector<std::string>& words,
                        const std::string& of) {
  Json options = Json::object();
  for (size_t i = 0; i < words.size(); ++i) {
    std::string_view word = words[i];
    if (!word.starts_with("--")) fail("{}: '{}' was not expected", of, word);
    word.remove_prefix(2);
    const size_t equals = word.find('=');
    const std::string_view name = word.substr(0, equals);
    const OptionInfo* info = find(known, name);
    if (const OptionInfo* denied = name.starts_with("no-") ? find(known, name.substr(3)) : nullptr;
        !info && denied && is_switch(*denied) && equals == word.npos) {
      options[denied->name] = false;
      continue;
    }
    if (!info) {
      std::vector<std::string> names;
      for (const OptionInfo& option : known) names.push_back(option.name);
      fail("{}: no option '--{}'{}: offprint show {} lists them", of, name,
           did_you_mean(name, names), of);
    }
    if (equals != word.npos) {
      options[info->name] = parse_option(*info, word.substr(equals + 1));
    } else if (is_switch(*info)) {
      options[info->name] = true;
    } else {
      require(i + 1 < words.size(), "{}: --{} needs a value", of, name);
      options[info->name] = parse_option(*info, words[++i]);
    }
  }
  return options;
}

}  // namespace offprint::cli
