// Forms: every one that changes something carries its visitor's token.
#pragma once
#include <string>
#include <utility>
#include <vector>

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
// `id` where the page has several of that name.
Html text_area(const std::string& name, const std::string& label, const std::string& value,
               int rows, const std::string& id = "");
Html hidden_field(const std::string& name, const std::string& value);
Html submit_button(const std::string& text, bool primary = false);
// Its label is the caller's, for="name".
using Choices = std::vector<std::pair<std::string, std::string>>;  // value, text
Html select_box(const std::string& name, const Choices& choices, const std::string& chosen = "");

// What went wrong, said to screen readers too; nothing where `problem` is empty.
Html problem_view(const std::string& problem);

// "Log in to vote.", coming back to the path `next`; `aim` is " to vote.".
Html log_in_view(const std::string& next, const std::string& aim);
// For who is no member: "Members start runs; ..." or "Log in to ..."; nothing for members.
Html members_only(const Visitor& visitor, const std::string& next, const std::string& deed,
                  const std::string& aim);

}  // namespace offprint::web
