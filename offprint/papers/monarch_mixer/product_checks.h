// The products: equal to the FFT and to dense matrices, causal, and what they cost.
#pragma once
#include "offprint/core/progress.h"
#include "offprint/core/rng.h"
#include "offprint/papers/monarch_mixer/recipe.h"

namespace offprint::papers::monarch_mixer {

Measurement dft_gap(const Rng& rng);    // relative, float32, against the FFT in float64
Measurement dense_gap(const Rng& rng);  // any factors against their matrix, float64
Measurement product_gradient_gap(const Rng& rng);
// Largest |d y_i / d u_j| over all j > i.
Measurement learned_causal_leak(const Rng& rng);
Measurement padded_dft_leak(const Rng& rng);  // over the largest |d y_i / d u_j| there is, float64
Measurement circular_leak(const Rng& rng);    // the same of the form without padding

// Seconds of one product of N entries a column, by N: factors of order 2 and 3, the dense matrix
// (up to a size), the FFT.
struct ProductTimes {
  std::vector<double> sizes, order2, order3, fft;
  std::vector<double> dense;  // of the first sizes

  std::vector<double> dense_sizes() const {
    return {sizes.begin(), sizes.begin() + static_cast<std::ptrdiff_t>(dense.size())};
  }
};
ProductTimes time_products(int64_t longest, const Rng& rng, Progress& progress);

// Forward and backward over sequences of L steps, one head: seconds of the gated long convolution
// by Monarch products, by the FFT, and of attention.
struct MixerTimes {
  std::vector<double> steps, monarch, fft, attention;
};
MixerTimes time_mixers(const Options& options, const Rng& rng, Progress& progress);

}  // namespace offprint::papers::monarch_mixer
