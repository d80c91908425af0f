// Forms: every one that changes something carries its visitor's token.
#pragma once
#include <string>

#include "offprint/web/html.h"
#include "offprint/web/visitor.h"

namespace offprint::web {

// The name of the field with Visitor::form_token.
constexpr const char* kTokenField = "form_token";

// As multipart/form-data: the library reads no more than 8 KiB of the other kind.
Html post_form(const Visitor& visitor, const std::string& action, const Html& content,
               const std::string& css_class = "");

// A label and its input below it; `kind` as HTML's type of an input: "text", "password", "email".
struct Field {
  std::string name, label, kind = "text", value = "", help = "", autocomplete = "off";
  bool required = true;
};
Html field_view(const Field& field);
Html text_area(const std::string& name, const std::string& label, const std::string& value,
               int rows);
Html hidden_field(const std::string& name, const std::string& value);
Html submit_button(const std::string& text, bool primary = false);

}  // namespace offprint::web
