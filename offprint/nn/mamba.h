// The Mamba block: a gated selective state space behind a short causal convolution. Gu & Dao 2023
// (Mamba), arXiv 2312.00752, section 3.4, figure 3; initial values as in state-spaces/mamba.
//   (x, z) = W_in u,  x <- SiLU(conv(x)),  (r, B, C) = W_x x,  dt = softplus(W_dt r + b)
//   y = scan(x, dt, -exp(A_log), B, C, D),  out = W_out (y SiLU(z))
#pragma once
#include "offprint/core/rng.h"
#include "offprint/nn/causal_conv.h"
#include "offprint/nn/linear.h"

namespace offprint::nn {

struct MambaOptions {
  int64_t d_model = 256, d_state = 16;  // D, N
  int64_t expand = 2, taps = 4;         // E = expand D channels inside
  int64_t dt_rank = 0;                  // 0: D/16, rounded up
  double dt_min = 1e-3, dt_max = 0.1;   // of the steps at the start, log-uniform
  void visit(auto&& field) {
    field("d-state", d_state, "states N of a Mamba channel");
    field("expand", expand, "channels inside Mamba as a multiple of the width");
    field("taps", taps, "taps of Mamba's causal convolution");
  }
};

struct Mamba {
  Linear input;     // D -> 2E, no bias
  CausalConv conv;  // E
  Linear select;    // E -> R + 2N, no bias: (r, B, C)
  Linear step;      // R -> E: dt before its softplus
  Tensor A_log, D;  // (E,N), (E)
  Linear output;    // E -> D, no bias
};
void visit(Mamba& m, auto&& param) {
  param("input", m.input);
  param("conv", m.conv);
  param("select", m.select);
  param("step", m.step);
  param("A_log", m.A_log, {.lr = {}, .weight_decay = 0.0});
  param("D", m.D, {.lr = {}, .weight_decay = 0.0});
  param("output", m.output);
}

// Biases b (channels) with softplus(b) log-uniform in [dt_min, dt_max]. Throws Error unless
// 0 < dt_min <= dt_max.
Tensor step_bias(int64_t channels, double dt_min, double dt_max, Rng& rng);

// A = -1 .. -N in every channel. Throws Error on sizes that are not positive.
Mamba make_mamba(const MambaOptions& options, Rng& rng);
Tensor forward(const Mamba& m, const Tensor& u);  // (B,L,D) -> (B,L,D), causal

// The same one step at a time: memory and cost do not grow with the steps.
struct MambaState {
  Tensor recent;  // (B,K-1,E) what the convolution still sees
  Tensor h;       // (B,E,N)
};
MambaState start(const Mamba& m, int64_t batch);
Tensor step(const Mamba& m, MambaState& state, const Tensor& u);  // (B,D) -> (B,D)

}  // namespace offprint::nn
