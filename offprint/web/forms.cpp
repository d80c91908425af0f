#include "offprint/web/forms.h"

namespace offprint::web {

Html post_form(const Visitor& visitor, const std::string& action, const Html& content,
               const std::string& css_class) {
  std::vector<Attribute> attributes = {
      {"method", "post"}, {"action", action}, {"enctype", "multipart/form-data"}};
  if (!css_class.empty()) attributes.push_back({"class", css_class});
  return element("form", attributes, {hidden_field(kTokenField, visitor.form_token), content});
}

Html hidden_field(const std::string& name, const std::string& value) {
  return element("input", {{"type", "hidden"}, {"name", name}, {"value", value}});
}

Html submit_button(const std::string& text, bool primary) {
  std::vector<Attribute> attributes = {{"type", "submit"}};
  if (primary) attributes.push_back({"class", "primary"});
  return element("button", attributes, text);
}

Html select_box(const std::string& name, const Choices& choices, const std::string& chosen) {
  Html items;
  for (const auto& [value, text] : choices) {
    std::vector<Attribute> attributes = {{"value", value}};
    if (!value.empty() && value == chosen) attributes.push_back({"selected", "selected"});
    items += element("option", attributes, text);
  }
  return element("select", {{"id", name}, {"name", name}}, items);
}

Html problem_view(const std::string& problem) {
  if (problem.empty()) return {};
  return element("p", {{"class", "problem"}, {"role", "alert"}}, problem);
}

Html log_in_view(const std::string& next, const std::string& aim) {
  return {element("a", {{"href", "/login?next=" + next}}, "Log in"), aim};
}

Html members_only(const Visitor& visitor, const std::string& next, const std::string& deed,
                  const std::string& aim) {
  if (visitor.may(store::Role::member)) return {};
  return plain("p", visitor.user ? Html("Members " + deed + "; an editor can make you one.")
                                 : log_in_view(next, aim));
}

Html field_view(const Field& field) {
  std::vector<Attribute> attributes = {{"id", field.name},
                                       {"name", field.name},
                                       {"type", field.kind},
                                       {"autocomplete", field.autocomplete}};
  if (!field.value.empty()) attributes.push_back({"value", field.value});
  if (field.required) attributes.push_back({"required", "required"});
  Html out = {element("label", {{"for", field.name}}, field.label), element("input", attributes)};
  if (!field.help.empty()) out += element("span", {{"class", "small"}}, field.help);
  return element("p", {{"class", "entry"}}, out);
}

Html text_area(const std::string& name, const std::string& label, const std::string& value,
               int rows, const std::string& id) {
  const std::string own = id.empty() ? name : id;
  return element(
      "p", {{"class", "entry"}},
      {element("label", {{"for", own}}, label),
       element("textarea", {{"id", own}, {"name", name}, {"rows", std::to_string(rows)}}, value)});
}

}  // namespace offprint::web
