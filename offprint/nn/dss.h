// DSS: the diagonal state space before S4D, whose kernel divides every mode by its sum over the
// lags (a softmax along the row), so that Re A may have either sign. Gupta et al. 2022, arXiv
// 2203.14343, proposition 1b; here with one of each conjugate pair stored.
//   K_l = 2 Re sum_n (C_n / A_n) exp(dt A_n l) / sum_{r<L} exp(dt A_n r)
#pragma once
#include <string>

#include "offprint/core/rng.h"
#include "offprint/core/tensor.h"
#include "offprint/nn/parameters.h"
#include "offprint/nn/ssm_stream.h"

namespace offprint::nn {

struct DssOptions {
  int64_t d_model = 64;  // channels H
  int64_t d_state = 64;  // N; N/2 conjugate pairs are stored
  std::string init = "legs";
  double dt_min = 1e-3, dt_max = 1e-1;
  double ssm_lr = 1e-3;  // peak rate of A and dt, without weight decay
  void visit(auto&& field) {
    field("d-model", d_model, "channels H");
    field("d-state", d_state, "state size N a channel");
    field("init", init, "initialisation of A", {"legs", "inv", "lin", "quad", "real", "rand"});
    field("dt-min", dt_min, "shortest initial step");
    field("dt-max", dt_max, "longest initial step");
    field("ssm-lr", ssm_lr, "peak rate of A and dt");
  }
};

struct Dss {
  Tensor log_dt;        // (H)
  Tensor A_real, A_im;  // (H,N/2), Re A free
  Tensor C;             // (H,N/2) complex
  Tensor D;             // (H)
  DssOptions options;
};
void visit(Dss& m, auto&& param) {
  const ParameterOptions ssm{.lr = m.options.ssm_lr, .weight_decay = 0.0};
  param("log_dt", m.log_dt, ssm);
  param("A_real", m.A_real, ssm);
  param("A_im", m.A_im, ssm);
  param("C", m.C);
  param("D", m.D);
}

Dss make_dss(const DssOptions& options, Rng& rng, at::ScalarType type = at::kFloat);

// The kernel depends on L beyond its number of taps: the sum over lags ends there.
Tensor kernel(const Dss& m, int64_t L);          // (H,L)
Tensor convolve(const Dss& m, const Tensor& u);  // (B,H,L) -> (B,H,L), causal

// A stream with the kernel of `length` lags. Error if a mode grows (Re A > 0): over a stream
// without end it would overflow.
using DssState = DiagonalStream;
DssState start(const Dss& m, int64_t batch, int64_t length);
Tensor step(const Dss& m, DssState& state, const Tensor& u);  // (B,H) -> (B,H)
Tensor recur(const Dss& m, const Tensor& u);                  // what convolve must equal

}  // namespace offprint::nn
