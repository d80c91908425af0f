// Checks of the bases that need no data: orthogonality, closed forms, fast updates, variances.
#pragma once
#include <vector>

#include "offprint/core/rng.h"
#include "offprint/nn/hippo.h"
#include "offprint/papers/run_card.h"

namespace offprint::papers::hippo {

Measurement legs_closed_form();
Measurement legs_orthonormal();

// Gram matrices of the first kRows numerical kernels between 5 % and 95 % of the window.
inline constexpr int64_t kRows = 8;
struct WindowGram {
  std::vector<int64_t> orders;            // N
  std::vector<double> legt, fout;         // largest difference to the closed form's
  std::vector<std::vector<double>> full;  // fout, N 64, on the whole window: for the heat map
  std::vector<std::vector<double>> full_legt;
};
WindowGram window_grams();
Measurement gram_at_64(const WindowGram& grams);
Measurement gram_slope(const WindowGram& grams, Rng rng);

Measurement structured_gap(Rng rng);
// Steps of a sample each, in turns with a dense product in the same process; the least ratio.
Measurement structured_speed();

// Variance of each entry of the state under white noise: exact (bilinear keeps it at every dt) and
// of simulated streams.
struct StateVariance {
  nn::Basis basis;
  std::vector<double> exact, simulated;  // (N)
};
std::vector<StateVariance> state_variances(Rng rng);
Measurement variance_of_means(const std::vector<StateVariance>& all);
Measurement variance_of_each(const std::vector<StateVariance>& all);

}  // namespace offprint::papers::hippo
