// All measured claims on one page, that the site shows and `report --format html` writes.
#pragma once
#include <string>

#include "offprint/papers/report.h"
#include "offprint/web/html.h"

namespace offprint::web {

// `link` makes the paper's address of its slug; without it the page stands alone.
Html report_view(const papers::Report& report, bool linked);
std::string report_page(const papers::Report& report);  // self-contained document

}  // namespace offprint::web
