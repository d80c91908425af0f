// What comes back from the coefficients: generated signals and a real series.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "offprint/core/progress.h"
#include "offprint/core/rng.h"
#include "offprint/data/series.h"
#include "offprint/papers/hippo/recipe.h"
#include "offprint/tasks/stream_memory.h"

namespace offprint::papers::hippo {

// Relative L2 errors on band-limited signals, one a seed.
struct SignalErrors {
  int64_t order = 0;
  std::vector<double> legt, fout_inside, fout_whole, fout_jump;  // online
  std::vector<double> best_legendre, best_fourier, best_fourier_inside;
};
SignalErrors signal_errors(int64_t order, const Options& options, const Rng& rng);

// One signal with what the bases hold of it at order N, newest first, for a figure.
struct SignalExample {
  std::vector<double> lag, past, legt, fout, fout_jump;
};
SignalExample signal_example(const Options& options, const Rng& rng);

// ETTh1's oil temperature, or a generated series like it where the set is not here; which, in
// words.
struct RealSeries {
  data::Series series;
  std::string column, what;
};
RealSeries real_series(const std::string& folder, Rng rng);

std::vector<tasks::StreamMemory> series_memories(const RealSeries& real, const Options& options,
                                                 Progress& progress);

// Scaled LegS on all rows over the best Legendre projection, by order.
struct WholeHistory {
  std::vector<int64_t> orders;
  std::vector<double> online, best;
};
WholeHistory whole_history(const RealSeries& real);

}  // namespace offprint::papers::hippo
