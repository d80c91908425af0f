// Autoregressive processes with roots near the unit circle: forecasts beside those of the true
// coefficients, and one state space that copies a process.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "offprint/core/rng.h"
#include "offprint/papers/spacetime/recipe.h"

namespace offprint::papers::spacetime {

constexpr int64_t kArWindow = 64;  // lookback and horizon

// x_t = sum phi_i x_{t-i} + e_t, e of variance one.
struct ArProcess {
  std::vector<double> phi;
  std::vector<double> x;
};
// Order 4 or 6: pairs of roots of radius 0.98, 0.97, 0.95.
ArProcess make_process(int64_t order, int64_t rows, Rng rng);

struct ArRun {
  int64_t order = 0;
  std::map<std::string, std::vector<double>> mse;  // by method, a seed each; "oracle" too
  std::map<std::string, std::vector<double>> by_step, example;  // of the first seed
  std::vector<double> past, truth;                              // of the example
};
// Of every seed its own process; spacetime, s4d with as many parameters, ar, arima, ridge.
ArRun run_process(int64_t order, const Options& options, const Rng& rng, Progress& progress);

// A single state space of d = order trained on one step ahead: its filter against phi, relative
// L2 over 64 lags, a seed each.
struct CopyRun {
  std::vector<double> companion, s4d;
  std::vector<double> phi, filter;  // of the first seed, the first lags
};
CopyRun run_copies(int64_t order, const Options& options, const Rng& rng, Progress& progress);

}  // namespace offprint::papers::spacetime
