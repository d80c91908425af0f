// A table of several sites (hospitals, years, batches) as a problem of transfer: which columns are
// variables, what causes what, which mechanisms differ between sites.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "offprint/data/table.h"
#include "offprint/kernels/stable_subsets.h"

namespace offprint::tasks {

struct SiteTableOptions {
  std::string target = "", environment = "", graph = "", moving = "";
  double alpha = 0.01;
  void visit(auto&& field) {
    field("target", target, "causal-minimax: the column to foretell");
    field("environment", environment, "causal-minimax: the column that tells sites apart");
    field("graph", graph,
          "causal-minimax: what causes what (DOT); the environment's children are mutable; empty: "
          "from the data");
    field("mutable", moving,
          "causal-minimax: columns whose mechanism changes, a,b; empty: from graph or data");
    field("alpha", alpha, "causal-minimax: level of the tests that read the graph off the data");
  }
};

struct SiteTable {
  std::string source;
  kernels::TransferProblem problem;  // names are the table's columns
  Tensor data;                       // (N,P) float64, complete rows
  Tensor environment;                // (N) int64; one environment where none is named
  std::vector<std::string> environments;
  std::vector<int64_t> rows;       // N of the table's
  kernels::NodeSet undecided = 0;  // arrows at them are a guess
  bool discovered = false;         // the graph is read off the data
  std::vector<std::string> notes;  // columns and rows left out and why, guesses
};

// Throws Error, one line, on: a target or environment that is missing, no column or not of numbers;
// unknown, constant or infinite columns named in graph or list; a graph without the target or with
// a circle; fewer than 50 complete rows; one environment and nothing said of what is mutable; data
// in which nothing is.
SiteTable read_site_table(const std::filesystem::path& path, const SiteTableOptions& options);

}  // namespace offprint::tasks
