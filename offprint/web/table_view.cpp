#include "offprint/web/table_view.h"

namespace offprint::web {

Html table_head(const std::vector<std::string>& columns) {
  Html head;
  for (const std::string& name : columns) head += element("th", {{"scope", "col"}}, name);
  return plain("thead", plain("tr", head));
}

Html table_view(const std::vector<std::string>& columns, const Html& rows) {
  Html table = columns.empty() ? Html() : table_head(columns);
  table += plain("tbody", rows);
  return plain("section", scrolling(element("table", {{"class", "data report"}}, table)));
}

Html scrolling(const Html& table) { return element("div", {{"class", "scroll"}}, table); }

}  // namespace offprint::web
