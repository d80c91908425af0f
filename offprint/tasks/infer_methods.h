// The verb `infer` by method: what a series or a table holds that does not stand in its rows.
#pragma once
#include <filesystem>
#include <span>
#include <string>

#include "offprint/tasks/attention_gap.h"
#include "offprint/tasks/complete_table.h"
#include "offprint/tasks/fractional_series.h"
#include "offprint/tasks/infer_reward.h"
#include "offprint/tasks/infer_transfer.h"
#include "offprint/tasks/outcome.h"
#include "offprint/tasks/stream_memory.h"

namespace offprint::tasks {

// Options of all methods together; each takes what is its.
struct InferOptions {
  StreamMemoryOptions memory = {};
  AttentionGapOptions gap = {};
  CompleteTableOptions table = {};
  FractionalSeriesOptions fractional = {};
  RewardModelOptions reward = {};
  TransferOptions transfer = {};
  void visit(auto&& field) {
    memory.visit(field);
    gap.visit(field);
    table.visit(field);
    fractional.visit(field);
    reward.visit(field);
    transfer.visit(field);
  }
};

struct InferRequest {
  std::filesystem::path data = {};  // empty where the method can do without
  std::string method = "hippo", column = {}, time = {};
  uint64_t seed = 1;
  InferOptions options = {};
};

using InferMethod = Method<InferRequest>;
std::span<const InferMethod> infer_methods();  // the first is the default
// Throws Error, one line, on an unknown method, data or a column that is missing or unfit.
Outcome infer(const InferRequest& request, Progress& progress);

}  // namespace offprint::tasks
