// The frame around every page: head, search box, navigation, footer.
#pragma once
#include <string>

#include "offprint/web/html.h"

namespace offprint::web {

struct Page {
  std::string title;        // of the tab, before " · Offprint"
  std::string description;  // one sentence, for readers of links
  std::string query;        // what stands in the search box
  std::string here;         // path of the navigation's entry this page belongs to
  bool wide = false;        // tables and figures may take the whole width
  std::string script;       // path of ours that the page loads
  int reload_seconds = 0;   // where no script runs, load the page anew after that; 0: never
  // Who looks at it: somebody may log in, the owner of this machine need not, a user has a name.
  enum class Visitor { anyone, owner, user } visitor = Visitor::anyone;
  std::string visitor_name = {};
  Html main;
};

// A whole document. Self-contained: its style sheet is inside it, and nothing links to the site, so
// that it can be mailed.
std::string render(const Page& page, bool self_contained = false);

// "/assets/NAME-1a2b3c4d.EXTENSION", which changes with the text.
std::string asset_path(std::string_view name, std::string_view extension, std::string_view text);
// The style sheet, served under style_path(), whose name changes with its contents.
std::string_view style_sheet();
const std::string& style_path();
// The same for the script of a run's page.
std::string_view runs_script();
const std::string& runs_script_path();

}  // namespace offprint::web
