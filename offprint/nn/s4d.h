// S4D: a diagonal state space a channel, as a long convolution when training and as a recurrence of
// constant cost a step when streaming. Gu et al. 2022, arXiv 2206.11893.
//   x'(t) = A x(t) + B u(t),  y(t) = 2 Re(C x(t)) + D u(t),  A diagonal, one of each conjugate pair
#pragma once
#include <string>

#include "offprint/core/rng.h"
#include "offprint/core/tensor.h"
#include "offprint/nn/parameters.h"
#include "offprint/nn/ssm_discretize.h"
#include "offprint/nn/ssm_stream.h"

namespace offprint::nn {

struct S4DOptions {
  int64_t d_model = 64;       // channels H
  int64_t d_state = 64;       // N; N/2 conjugate pairs are stored
  std::string init = "legs";  // see ssm_init.h
  std::string discretization = "zoh";
  std::string real_part = "exp";  // Re A = -exp(w), -relu(w), -softplus(w), or free: w itself
  double dt_min = 1e-3, dt_max = 1e-1;
  double imag_scale = 1.0;
  bool train_b = true;
  double ssm_lr = 1e-3;  // peak rate of A, B and dt, which also have no weight decay
  void visit(auto&& field) {
    field("d-model", d_model, "channels H");
    field("d-state", d_state, "state size N a channel; N/2 conjugate pairs are stored");
    field("init", init, "initialisation of A", {"legs", "inv", "lin", "quad", "real", "rand"});
    field("discretization", discretization, "rule from continuous to discrete time",
          {"zoh", "bilinear"});
    field("real-part", real_part, "how Re A is kept negative", {"exp", "relu", "softplus", "free"});
    field("dt-min", dt_min, "shortest initial step");
    field("dt-max", dt_max, "longest initial step");
    field("imag-scale", imag_scale, "factor on the initial imaginary parts");
    field("train-b", train_b, "train B");
    field("ssm-lr", ssm_lr, "peak rate of A, B and dt");
  }
};

struct S4D {
  Tensor log_dt;        // (H)
  Tensor A_real, A_im;  // (H,N/2): the parameter w of Re A, and Im A
  Tensor B, C;          // (H,N/2) complex
  Tensor D;             // (H)
  S4DOptions options;
};
void visit(S4D& m, auto&& param) {
  const ParameterOptions ssm{.lr = m.options.ssm_lr, .weight_decay = 0.0};
  param("log_dt", m.log_dt, ssm);
  param("A_real", m.A_real, ssm);
  param("A_im", m.A_im, ssm);
  param("B", m.B,
        ParameterOptions{.lr = ssm.lr, .weight_decay = 0.0, .trainable = m.options.train_b});
  param("C", m.C);
  param("D", m.D);
}

// `type` is kFloat or kDouble. Error on an unknown name or an odd d_state.
S4D make_s4d(const S4DOptions& options, Rng& rng, at::ScalarType type = at::kFloat);

Tensor state_matrix(const S4D& m);  // A (H,N/2) complex
DiscreteDiagonal discretized(const S4D& m);
Tensor kernel(const S4D& m, int64_t L);  // (H,L)

// u (B,H,L) -> (B,H,L), causal, from a zero state.
Tensor convolve(const S4D& m, const Tensor& u);

// The same system as a stream; see ssm_stream.h.
using S4DState = DiagonalStream;
S4DState start(const S4D& m, int64_t batch);
Tensor step(const S4D& m, S4DState& state, const Tensor& u);  // (B,H) -> (B,H)

// Whole sequences through step(): what convolve must equal.
Tensor recur(const S4D& m, const Tensor& u);

}  // namespace offprint::nn
