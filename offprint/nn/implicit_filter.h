// Convolution kernels as long as the sequence, made by a small network over the position: Poli et
// al. 2023 (Hyena), arXiv 2302.10866, section 3.3; sizes as in Monarch Mixer's repository
// (HazyResearch/m2).
//   z(t) = (t, cos 2 pi f t, -sin 2 pi f t), t = l / (L - 1)
//   k(t) = W sin(w U sin(w V sin(w Z z))) exp(-a |t|), a a decay for each channel
#pragma once
#include "offprint/core/rng.h"
#include "offprint/nn/linear.h"

namespace offprint::nn {

struct ImplicitFilterOptions {
  int64_t channels = 64, length = 128;  // H kernels of at most L taps
  int64_t order = 16, bands = 2;        // width of the network; 2 bands + 1 features of a position
  double frequency = 10;                // w at the start
  double position_lr = 1e-5, weight_decay = 0.1;
};

struct ImplicitFilter {
  ImplicitFilterOptions options;
  Tensor positions;    // (L, 2 bands + 1), learned slowly
  Tensor frequency;    // (order)
  Tensor decay, time;  // (H), (L): not learned
  Linear first, second, third, output;
};
void visit(ImplicitFilter& m, auto&& param) {
  param("positions", m.positions, {.lr = m.options.position_lr, .weight_decay = 0.0});
  param("frequency", m.frequency, {.lr = {}, .weight_decay = 0.0});
  param("decay", m.decay, {.lr = {}, .weight_decay = {}, .trainable = false});
  param("time", m.time, {.lr = {}, .weight_decay = {}, .trainable = false});
  param("first", m.first);
  param("second", m.second);
  param("third", m.third);
  param("output", m.output);
}

// Throws Error on sizes that are not positive.
ImplicitFilter make_implicit_filter(const ImplicitFilterOptions& options, Rng& rng);
// The first `length` taps, (H,length). Throws Error for more than it was made for.
Tensor taps(const ImplicitFilter& m, int64_t length);

}  // namespace offprint::nn
