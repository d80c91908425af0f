// S4: the diagonal-plus-low-rank state space S4D simplifies; here the baseline beside it. Bilinear
// rule; kernel by the generating function (kernels/cauchy.h); stream through the dense matrix.
// Gu et al. 2021, arXiv 2111.00396.
#pragma once
#include <string>

#include "offprint/core/rng.h"
#include "offprint/core/tensor.h"
#include "offprint/nn/hippo.h"
#include "offprint/nn/parameters.h"

namespace offprint::nn {

struct S4Options {
  int64_t d_model = 64;                 // channels H
  int64_t d_state = 64;                 // N; N/2 conjugate pairs are stored
  std::string basis = "legs";           // legs, legt, fout, foud or lagt: see hippo.h
  int64_t length = 1024;                // lags for which the readout is stored; longer ones cost
  double dt_min = 1e-3, dt_max = 1e-1;  // O(H N^3 log L) more
  double ssm_lr = 1e-3;                 // peak rate of A, P, B and dt, without weight decay
  void visit(auto&& field) {
    field("d-model", d_model, "channels H");
    field("d-state", d_state, "state size N a channel");
    field("basis", basis, "HiPPO basis of A and B", {"legs", "legt", "fout", "foud", "lagt"});
    field("length", length, "lags for which the readout is stored");
    field("dt-min", dt_min, "shortest initial step");
    field("dt-max", dt_max, "longest initial step");
    field("ssm-lr", ssm_lr, "peak rate of A, P, B and dt");
  }
};

struct S4 {
  Tensor log_dt;        // (H)
  Tensor A_real, A_im;  // (H,N/2): eigenvalues of the normal part are -exp(A_real) + i A_im
  Tensor P;             // (H,R,N/2) complex, R = 1 or 2
  Tensor B;             // (H,N/2) complex
  Tensor C;             // (H,N/2) complex, the truncated readout C (I - A_bar^length)
  Tensor D;             // (H)
  S4Options options;
};
void visit(S4& m, auto&& param) {
  const ParameterOptions ssm{.lr = m.options.ssm_lr, .weight_decay = 0.0};
  param("log_dt", m.log_dt, ssm);
  param("A_real", m.A_real, ssm);
  param("A_im", m.A_im, ssm);
  param("P", m.P, ssm);
  param("B", m.B, ssm);
  param("C", m.C);
  param("D", m.D);
}

// From the basis of the options, or from any state space in normal-plus-low-rank form of order
// d_state. Where the normal part does not decay (legt, fout), it starts with real part -1e-3: 0 has
// no logarithm, and a thousandth in a window changes nothing.
S4 make_s4(const S4Options& options, Rng& rng, at::ScalarType type = at::kFloat);
S4 make_s4(const S4Options& options, const Nplr& basis, Rng& rng, at::ScalarType type = at::kFloat);

Tensor kernel(const S4& m, int64_t L);          // (H,L)
Tensor convolve(const S4& m, const Tensor& u);  // (B,H,L) -> (B,H,L), causal

// The dense discretised system as a stream, with matrices as they were at start(); complex128.
struct S4State {
  Tensor x;                // (B,H,N)
  Tensor A_bar, B_bar, C;  // (H,N,N), (H,N), (H,N)
  Tensor D;                // (H)
};
S4State start(const S4& m, int64_t batch);
Tensor step(const S4& m, S4State& state, const Tensor& u);  // (B,H) -> (B,H)
Tensor recur(const S4& m, const Tensor& u);                 // what convolve must equal

}  // namespace offprint::nn
