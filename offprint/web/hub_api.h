// The JSON that the hub's Python client reads: daily papers, search, one paper.
#pragma once
#include <optional>
#include <string>

#include "offprint/core/json.h"
#include "offprint/web/site.h"

namespace offprint::web {

struct DailyRequest {
  std::string date, week, month;  // at most one; none: all papers
  std::string sort, submitter;
  int64_t page = 0, limit = 50;
};
// An array of entries. Throws Error, one sentence, on a bad parameter.
Json daily_papers(const Site& site, const DailyRequest& request);
Json search_papers(const Site& site, const std::string& query, int64_t limit);
std::optional<Json> paper_info(const Site& site, const std::string& id);

}  // namespace offprint::web
