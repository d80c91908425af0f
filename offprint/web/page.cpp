#include "offprint/web/page.h"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace offprint::web {

extern const std::string_view kSiteCss;  // assets/site.css
extern const std::string_view kRunsJs;   // assets/runs.js

namespace {

std::string digest(std::string_view text) {
  uint32_t hash = 2166136261u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
  return fmt::format("{:08x}", hash);
}

Html search_box(const std::string& query) {
  return element(
      "form", {{"class", "search"}, {"role", "search"}, {"action", "/papers"}, {"method", "get"}},
      {element("label", {{"class", "hidden"}, {"for", "q"}}, "Search papers"),
       element("input", {{"id", "q"},
                         {"name", "q"},
                         {"type", "search"},
                         {"placeholder", "Search papers"},
                         {"value", query},
                         {"autocomplete", "off"}}),
       element("button", {{"type", "submit"}}, "Search")});
}

Html navigation(const Page& page) {
  constexpr std::array<std::pair<const char*, const char*>, 5> kEntries = {
      {{"/", "Papers"},
       {"/trending", "Trending"},
       {"/use", "Use"},
       {"/runs", "Runs"},
       {"/report", "What holds up"}}};
  Html list;
  for (const auto& [path, name] : kEntries) {
    std::vector<Attribute> attributes = {{"href", path}};
    if (page.here == path) attributes.push_back({"aria-current", "page"});
    list += plain("li", element("a", attributes, name));
  }
  if (page.visitor == Page::Visitor::anyone)
    list += plain("li", element("a", {{"href", "/login"}}, "Log in"));
  if (page.visitor == Page::Visitor::user)
    list += plain("li", element("a", {{"href", "/settings"}}, page.visitor_name));
  return element("nav", {{"aria-label", "Site"}}, plain("ul", list));
}

Html header(const Page& page) {
  return element("header", {{"class", "site"}},
                 element("div", {{"class", "bar"}},
                         {element("a", {{"class", "wordmark"}, {"href", "/"}}, "Offprint"),
                          navigation(page), search_box(page.query)}));
}

Html footer() {
  return element(
      "footer", {{"class", "site"}},
      plain("p", {"Every figure on these pages was measured by this program on this machine. ",
                  element("a", {{"href", "/atom.xml"}}, "Atom"), " · ",
                  element("a", {{"href", "/subscribe"}}, "By mail"), " · ",
                  element("a", {{"href", "/submit"}}, "Submit a paper"), " · ",
                  element("a", {{"href", "/api/daily_papers"}}, "JSON")}));
}

}  // namespace

std::string asset_path(std::string_view name, std::string_view extension, std::string_view text) {
  return fmt::format("/assets/{}-{}.{}", name, digest(text), extension);
}

std::string_view style_sheet() { return kSiteCss; }

const std::string& style_path() {
  static const std::string path = asset_path("site", "css", kSiteCss);
  return path;
}

std::string_view runs_script() { return kRunsJs; }

const std::string& runs_script_path() {
  static const std::string path = asset_path("runs", "js", kRunsJs);
  return path;
}

std::string render(const Page& page, bool self_contained) {
  const Html style = self_contained
                         ? plain("style", Html::trusted(std::string(kSiteCss)))
                         : element("link", {{"rel", "stylesheet"}, {"href", style_path()}});
  Html head = {
      element("meta", {{"charset", "utf-8"}}),
      element("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}}),
      element("meta", {{"name", "color-scheme"}, {"content", "light dark"}}),
      plain("title", page.title.empty() ? "Offprint" : page.title + " · Offprint"), style};
  if (!page.description.empty())
    head += element("meta", {{"name", "description"}, {"content", page.description}});
  const Html main =
      element("main", {{"id", "main"}, {"class", page.wide || self_contained ? "wide" : "text"}},
              page.main);
  if (self_contained)
    return "<!doctype html>\n" +
           element("html", {{"lang", "en"}}, {plain("head", head), plain("body", main)}).markup() +
           "\n";
  head += element("link", {{"rel", "alternate"},
                           {"type", "application/atom+xml"},
                           {"title", "Daily papers"},
                           {"href", "/atom.xml"}});
  head += element("link", {{"rel", "icon"}, {"href", "/assets/icon.svg"}});
  if (!page.script.empty()) head += element("script", {{"src", page.script}, {"defer", "defer"}});
  if (page.reload_seconds > 0)
    head += plain("noscript", element("meta", {{"http-equiv", "refresh"},
                                               {"content", std::to_string(page.reload_seconds)}}));
  const Html skip = element("a", {{"class", "skip"}, {"href", "#main"}}, "Skip to the papers");
  return "<!doctype html>\n" +
         element("html", {{"lang", "en"}},
                 {plain("head", head), plain("body", {skip, header(page), main, footer()})})
             .markup() +
         "\n";
}

}  // namespace offprint::web
