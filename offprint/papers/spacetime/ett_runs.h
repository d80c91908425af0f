// Oil temperature of ETTh1, split as Informer has it: MSE by horizon, what a closed loop is worth
// past its horizon, and the race to one error.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "offprint/core/rng.h"
#include "offprint/data/series.h"
#include "offprint/papers/spacetime/recipe.h"

namespace offprint::papers::spacetime {

struct HorizonRun {
  int64_t horizon = 0;
  std::map<std::string, std::vector<double>> mse;  // by method, a seed each
};
std::vector<HorizonRun> run_horizons(const data::Series& series, const Options& options,
                                     const Rng& rng, Progress& progress);

// Trained at `trained`, asked for `asked`, beside one trained at `asked`.
struct LongerRun {
  int64_t trained = 96, asked = 384;
  std::vector<double> shorter, longer;             // MSE over `asked`, a seed each
  std::vector<double> by_step, reference_by_step;  // of the first seed
};
LongerRun run_longer(const data::Series& series, const Options& options, const Rng& rng,
                     Progress& progress);

// Validation MSE over training seconds, validation not counted; equal parameters.
struct RaceRun {
  std::string method;
  int64_t parameters = 0;
  std::vector<double> seconds, mse;
};
std::vector<RaceRun> run_race(const data::Series& series, const Options& options, const Rng& rng,
                              Progress& progress);
// Seconds until the error is at most `mse`; infinity where it never is.
double seconds_to(const RaceRun& run, double mse);

}  // namespace offprint::papers::spacetime
