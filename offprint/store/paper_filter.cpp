#include "offprint/store/paper_filter.h"

#include "offprint/store/paper_condition.h"

namespace offprint::store {

bool PaperFilter::empty() const {
  return !published_from && !published_until && !runs && topic.empty() && submitter.empty() &&
         verdict == Verdict::any;
}

std::string condition(const PaperFilter& filter) {
  std::string where;
  if (filter.published_from) where += " AND p.published_at >= $1";
  if (filter.published_until) where += " AND p.published_at < $2";
  if (filter.runs) where += " AND p.runs = $3";
  // The index of topics holds papers that have one: say so, though the equality implies it.
  if (!filter.topic.empty()) where += " AND p.topic = $4 AND p.topic <> ''";
  if (!filter.submitter.empty()) where += " AND p.submitter = $5";
  if (filter.verdict == PaperFilter::Verdict::all_hold) where += " AND p.holds > 0 AND p.fails = 0";
  if (filter.verdict == PaperFilter::Verdict::some_fail) where += " AND p.fails > 0";
  return where;
}

std::array<Value, kConditionArguments> condition_arguments(const PaperFilter& filter) {
  return {filter.published_from.value_or(0), filter.published_until.value_or(0),
          int64_t{filter.runs.value_or(false) ? 1 : 0}, filter.topic, filter.submitter};
}

}  // namespace offprint::store
