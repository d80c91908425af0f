// Pages as values: text is escaped by itself, markup comes only from here and from trusted().
//   element("p", {{"class", "note"}}, {"2 < 3, see ", element("a", {{"href", url}}, "here")})
//   plain("p", "no attributes")
#pragma once
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace offprint::web {

class Html {
 public:
  Html() = default;
  Html(std::string_view text);  // escaped
  Html(const std::string& text) : Html(std::string_view(text)) {}
  Html(const char* text) : Html(std::string_view(text)) {}
  Html(std::initializer_list<Html> parts);  // one after the other

  // Markup of our own making: SVG of core/plot.h, HTML of cmark with raw HTML off. Nothing that a
  // stranger wrote comes here unescaped.
  static Html trusted(std::string markup);

  Html& operator+=(const Html& more);
  const std::string& markup() const { return markup_; }
  bool empty() const { return markup_.empty(); }

 private:
  std::string markup_;
};

struct Attribute {
  std::string_view name;  // of our own choosing, never a stranger's
  std::string value;      // escaped; in href, src and action only http(s), mailto and paths of ours
};

// A void element (img, input, meta, link, br, hr) takes no content.
Html element(std::string_view tag, const std::vector<Attribute>& attributes,
             const Html& content = {});
Html plain(std::string_view tag, const Html& content = {});  // without attributes

// Text that may be wider than the page: it scrolls, and the keyboard reaches it.
Html preformatted(const Html& content);

// "#" for an address that could run a script or leave by another way than http(s) and mailto.
std::string safe_address(std::string_view address);

}  // namespace offprint::web
