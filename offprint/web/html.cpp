#include "offprint/web/html.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

#include "offprint/core/markup.h"

namespace offprint::web {
namespace {

bool is_void(std::string_view tag) {
  constexpr std::array<std::string_view, 6> kVoid = {"br", "hr", "img", "input", "link", "meta"};
  return std::ranges::find(kVoid, tag) != kVoid.end();
}

bool is_address(std::string_view name) {
  return name == "href" || name == "src" || name == "action" || name == "formaction";
}

}  // namespace

Html::Html(std::string_view text) : markup_(escape_markup(text)) {}

Html::Html(std::initializer_list<Html> parts) {
  for (const Html& part : parts) markup_ += part.markup_;
}

Html Html::trusted(std::string markup) {
  Html html;
  html.markup_ = std::move(markup);
  return html;
}

Html& Html::operator+=(const Html& more) {
  markup_ += more.markup_;
  return *this;
}

std::string safe_address(std::string_view address) {
  // Browsers skip controls and blanks inside a scheme.
  if (std::ranges::any_of(address, [](char c) { return static_cast<unsigned char>(c) <= ' '; }))
    return "#";
  const size_t colon = address.find(':');
  const bool has_scheme = colon != address.npos && address.find_first_of("/?#") > colon;
  if (!has_scheme) return address.starts_with("//") ? "#" : std::string(address);
  for (const char* scheme : {"http:", "https:", "mailto:"})
    if (address.starts_with(scheme)) return std::string(address);
  return "#";
}

Html element(std::string_view tag, const std::vector<Attribute>& attributes, const Html& content) {
  std::string markup = "<" + std::string(tag);
  for (const Attribute& a : attributes) {
    const std::string value = is_address(a.name) ? safe_address(a.value) : a.value;
    markup += " " + std::string(a.name) + "=\"" + escape_markup(value) + "\"";
  }
  markup += ">";
  if (is_void(tag)) {
    assert(content.empty());
    return Html::trusted(std::move(markup));
  }
  return Html::trusted(markup + content.markup() + "</" + std::string(tag) + ">");
}

Html plain(std::string_view tag, const Html& content) { return element(tag, {}, content); }

Html preformatted(const Html& content) { return element("pre", {{"tabindex", "0"}}, content); }

}  // namespace offprint::web
