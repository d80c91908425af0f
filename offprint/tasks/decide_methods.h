// The verb `decide` by method: what to do, and what a little more would buy, from a person's table.
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

struct DecideOutcome {
  std::string heading;
  std::vector<TextTable> tables;
  std::string closing;  // the advice
  std::vector<Plot> plots;
  Json json;
  std::string files;  // what write leaves
  std::function<void(const std::filesystem::path& folder)> write;
};

struct DecideMethod {
  std::string_view name, summary;
  std::string_view paper;  // slug of the paper it comes from
  DecideOutcome (*run)(const DecideRequest& request, Progress& progress);
};

std::span<const DecideMethod> decide_methods();  // the first is the default
// Throws Error, one line, on an unknown method, and on data or options that it cannot use.
DecideOutcome decide(const DecideRequest& request, Progress& progress);

}  // namespace offprint::tasks
