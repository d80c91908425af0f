// `infer --method causal-minimax`: which columns a predictor should keep so that it stands the
// worst change of the mechanisms that differ between sites, and that predictor.
#pragma once
#include <filesystem>
#include <string>

#include "offprint/tasks/outcome.h"
#include "offprint/tasks/site_table.h"
#include "offprint/tasks/subset_search.h"

namespace offprint::tasks {

struct TransferOptions {
  SiteTableOptions table = {};
  std::string apply = "";
  int64_t shift_starts = 6, shift_steps = 120, most_subsets = 100;
  void visit(auto&& field) {
    table.visit(field);
    field("apply", apply, "causal-minimax: another table, for whose rows the predictor answers");
    field("shift-starts", shift_starts, "causal-minimax: starts of the ascent to the worst shift");
    field("shift-steps", shift_steps, "causal-minimax: steps of the ascent");
    field("most-subsets", most_subsets, "causal-minimax: subsets weighed at most");
  }
};

struct InferredTransfer {
  SiteTable table;
  TransferOptions options;
  SubsetSearch search;
  double erm_worst = 0, erm_ordinary = 0;  // of regression on all columns as they are
  double variance = 0;                     // of the target
};

// Throws Error, one line, on options and tables that cannot be used.
InferredTransfer infer_transfer(const std::filesystem::path& path, const TransferOptions& options,
                                uint64_t seed, Progress& progress);
// Reads and checks the table that --apply names, where it does.
Outcome transfer_outcome(const InferredTransfer& inferred);

// Everything another program needs to predict: y = intercept + (phi - mean) . beta of
// phi = (z, tanh(z weight + bias)), z = (x - centre) / scale of the inputs in order.
Json predictor_json(const InferredTransfer& inferred);

}  // namespace offprint::tasks
