// The verb `decide` by method: what to do, and what a little more would buy, from a person's table.
#pragma once
#include <filesystem>
#include <span>
#include <string>

#include "offprint/tasks/outcome.h"

namespace offprint::tasks {

// Options of all methods together; each takes what is its.
struct DecideOptions {
  int64_t budget = 0;  // 0: a tenth of the table
  double switch_cost = 1;
  int64_t more = 1000, runs = 40;
  void visit(auto&& field) {
    field("budget", budget,
          "switching-costs: observations in all; 0: a tenth of the table's cells");
    field("switch-cost", switch_cost, "switching-costs: what a change of action costs");
    field("more", more, "switching-costs: observations whose worth is asked for");
    field("runs", runs, "switching-costs: plays of each learner");
  }
};

struct DecideRequest {
  std::filesystem::path data = {};
  std::string method = "switching-costs";
  uint64_t seed = 1;
  DecideOptions options = {};
};

using DecideMethod = Method<DecideRequest>;
std::span<const DecideMethod> decide_methods();  // the first is the default
// Throws Error, one line, on an unknown method, and on data or options that it cannot use.
Outcome decide(const DecideRequest& request, Progress& progress);

}  // namespace offprint::tasks
