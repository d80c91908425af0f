// Monarch Mixer's sequence mixer: a gated long convolution between two projections. Fu et al. 2023,
// arXiv 2310.12109, section 4.1 and figure 3; the order of operations as in HazyResearch/m2.
//   (x1, x2, v) = short(W_in u),  y = x2 (k * (x1 v) + d x1 v + k' * u),  out = W_out y
// with kernels k that an implicit filter makes, in both directions unless causal; k' is the second
// long convolution, where asked for.
#pragma once
#include <string>
#include <vector>

#include "offprint/core/rng.h"
#include "offprint/nn/causal_conv.h"
#include "offprint/nn/implicit_filter.h"
#include "offprint/nn/linear.h"

namespace offprint::nn {

struct MonarchMixerOptions {
  int64_t width = 64, length = 128;  // H, L it is made for
  bool causal = true;
  bool residual = false;              // the second long convolution
  std::string transform = "fft";      // fft, or monarch: the same sum by matrix products
  ImplicitFilterOptions filter = {};  // channels and length are set from the above
};

struct MonarchMixer {
  MonarchMixerOptions options;
  Linear input, output;                // H -> 3H, H -> H
  CausalConv short_conv;               // 3H, 3 taps
  std::vector<ImplicitFilter> ahead;   // kernels over earlier steps: k and, with residual, k'
  std::vector<ImplicitFilter> behind;  // over later steps; none where causal
  Tensor skip;                         // (H)
};
void visit(MonarchMixer& m, auto&& param) {
  param("input", m.input);
  param("short_conv", m.short_conv);
  param("ahead", m.ahead);
  param("behind", m.behind);
  param("skip", m.skip, {.lr = {}, .weight_decay = 0.0});
  param("output", m.output);
}

// Throws Error on sizes that are not positive and on an unknown transform.
MonarchMixer make_monarch_mixer(const MonarchMixerOptions& options, Rng& rng);
// (B,H,L) -> (B,H,L); L at most that it was made for.
Tensor forward(const MonarchMixer& m, const Tensor& u);

}  // namespace offprint::nn
