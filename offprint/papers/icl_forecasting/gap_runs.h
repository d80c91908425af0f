// The gap between one layer of linear attention and the linear forecast: in closed form, by Monte
// Carlo, and as fits of either reach it.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "offprint/core/numbers.h"
#include "offprint/core/rng.h"
#include "offprint/papers/icl_forecasting/recipe.h"
#include "offprint/worlds/linear_process.h"

namespace offprint::papers::icl_forecasting {

struct NamedProcess {
  std::string name;
  worlds::LinearProcess process;
};
std::vector<NamedProcess> autoregressions(int64_t most_lags);  // AR(1) .. AR(most), most <= 5
std::vector<NamedProcess> other_processes();                   // ARMA(1,1), Laplace and t5 shocks
NamedProcess decaying_process();                               // radius 0.59: forecasts shrink fast

// How far the best functional of the cubic features stays behind w'q; shocks have variance 1.
struct GapRow {
  std::string process;
  int64_t p = 0, n = 0;
  double gap = 0;                                 // closed form, Gaussian
  double law = 0;                                 // its first-order law over n
  std::optional<double> sampled, standard_error;  // Monte Carlo
};
double gap_law(const worlds::LinearProcess& process, int64_t p);  // n times the gap, n large
double closed_gap(const worlds::LinearProcess& process, int64_t p, int64_t n);
// AR(1) .. AR(most_lags) at n 4, 8, .. 1024 in closed form, at 8, 32 and 128 also by Monte Carlo.
std::vector<GapRow> run_theory(const Options& options, const Rng& rng, Progress& progress);
// What Gaussian theory does not cover, by Monte Carlo at n 32 and 128.
std::vector<GapRow> run_other_processes(const Options& options, const Rng& rng, Progress& progress);
// n gap as n grows without bound, from n 512 and 1024.
double extrapolated_law(const worlds::LinearProcess& process, int64_t p);

using Excess = MeanError;  // mean of (y - w'q)^2 over windows

// One process at one n: half of the windows fits, the other half judges.
struct FitRow {
  std::string process;
  int64_t n = 0;
  double bound = 0;    // closed form
  double optimum = 0;  // of one layer, alternating least squares on the closed form's moments
  Excess alternating, in_context, on_train, last_value;
  std::optional<Excess> adam, released;  // released: the paper's initialisation and scale
  double behind_bayes = 0;  // MSE of one layer less the true forecast's, in standard errors
};
std::vector<FitRow> run_fits(const Options& options, const Rng& rng, Progress& progress);

// A stretch of the persistent AR(3), one step ahead each time.
struct Trace {
  std::vector<double> truth, bayes, attention;
};
Trace run_trace(const Rng& rng);

}  // namespace offprint::papers::icl_forecasting
