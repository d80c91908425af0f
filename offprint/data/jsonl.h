// JSON lines: one JSON value a line, as chat, preference and word-problem sets come. Plain or gzip.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>

#include "offprint/core/json.h"

namespace offprint::data {

// A line as it is read; `where` is "x.jsonl: line 7", the source for json_get and its messages.
struct JsonLine {
  Json value;
  int64_t number = 0;  // from 1
  std::string where;
};

// Calls `use` on each line in turn, one in memory at a time; empty lines are passed over; false
// ends the reading. Throws Error "x.jsonl: line 7: column 12: no JSON" on malformed text, text that
// is not UTF-8, or more than 100 levels.
void read_jsonl(const std::filesystem::path& path, const std::function<bool(const JsonLine&)>& use);

void write_jsonl(const std::filesystem::path& path, std::span<const Json> values);  // atomic

}  // namespace offprint::data
