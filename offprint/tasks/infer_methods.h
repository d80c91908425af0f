// The verb `infer` by method: what a series or a table holds that does not stand in its rows.
#pragma once
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "offprint/core/json.h"
#include "offprint/core/plot.h"
#include "offprint/core/progress.h"
#include "offprint/core/table.h"
#include "offprint/tasks/attention_gap.h"
#include "offprint/tasks/complete_table.h"
#include "offprint/tasks/stream_memory.h"

namespace offprint::tasks {

// Options of all methods together; each takes what is its.
struct InferOptions {
  StreamMemoryOptions memory = {};
  AttentionGapOptions gap = {};
  CompleteTableOptions table = {};
  void visit(auto&& field) {
    memory.visit(field);
    gap.visit(field);
    table.visit(field);
  }
};

struct InferRequest {
  std::filesystem::path data = {};  // empty where the method can do without
  std::string method = "hippo", column = {}, time = {};
  uint64_t seed = 1;
  InferOptions options = {};
};

struct InferOutcome {
  std::string heading;
  std::vector<TextTable> tables;
  std::string closing;  // a last line, or empty
  std::vector<Plot> plots;
  Json json;
  std::string files;  // "coefficients and plots": what write leaves
  std::function<void(const std::filesystem::path& folder)> write;
};

struct InferMethod {
  std::string_view name, summary;
  std::string_view paper;  // slug of the paper it comes from
  InferOutcome (*run)(const InferRequest& request, Progress& progress);
};

std::span<const InferMethod> infer_methods();  // the first is the default
// Throws Error, one line, on an unknown method, data or a column that is missing or unfit.
InferOutcome infer(const InferRequest& request, Progress& progress);

}  // namespace offprint::tasks
