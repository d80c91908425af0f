// The verb `simulate` by method: a table of what a world does by itself, to try other methods on.
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "offprint/core/json.h"
#include "offprint/core/progress.h"
#include "offprint/core/rng.h"
#include "offprint/data/table.h"

namespace offprint::tasks {

// Options of all methods together; each takes what is its.
struct SimulateOptions {
  int64_t length = 1000;
  std::string rho, theta;
  int64_t order = 3;
  double sigma = 1;
  std::string shocks = "gaussian";
  void visit(auto&& field) {
    field("length", length, "rows");
    field("rho", rho, "arma: coefficients of past values, 0.5,-0.3,0.2; empty: drawn");
    field("order", order, "arma: how many are drawn");
    field("theta", theta, "arma: coefficients of past shocks; empty: none");
    field("sigma", sigma, "arma: standard deviation of the shocks");
    field("shocks", shocks, "arma: law of the shocks", {"gaussian", "laplace", "student5"});
  }
};

struct Simulation {
  data::Table table;    // a row a step
  std::string summary;  // one line: what was drawn
  Json json;            // the same, and what follows from it
};

struct SimulateMethod {
  std::string_view name, summary;
  std::string_view paper;  // slug of the paper it comes from
  Simulation (*run)(const SimulateOptions& options, Rng rng, Progress& progress);
};

std::span<const SimulateMethod> simulate_methods();  // the first is the default
// Throws Error, one line, on an unknown method and on options it cannot simulate.
Simulation simulate(const std::string& method, const SimulateOptions& options, uint64_t seed,
                    Progress& progress);

}  // namespace offprint::tasks
