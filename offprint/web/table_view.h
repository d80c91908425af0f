// Tables of pages: a head, rows, and a frame that scrolls where the page is narrow.
#pragma once
#include <string>
#include <vector>

#include "offprint/web/html.h"

namespace offprint::web {

Html table_head(const std::vector<std::string>& columns);  // <thead>

// `rows` are <tr>; no columns, no head.
Html table_view(const std::vector<std::string>& columns, const Html& rows);

// Around a table that may be wider than the page.
Html scrolling(const Html& table);

}  // namespace offprint::web
