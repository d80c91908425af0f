// Which papers a list or a search may answer.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

namespace offprint::store {

// Empty lets all pass.
struct PaperFilter {
  std::optional<int64_t> published_from = {}, published_until = {};  // [from, until)
  std::optional<bool> runs = {};
  std::string topic = {}, submitter = {};
  enum class Verdict { any, all_hold, some_fail } verdict = Verdict::any;

  bool empty() const;
};

}  // namespace offprint::store
