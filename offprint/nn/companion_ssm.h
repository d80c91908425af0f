// Discrete state spaces with a companion matrix, one a channel: they contain AR(p), differences and
// exponential smoothing, which no diagonal continuous one does exactly. Zhang et al. 2023
// (SpaceTime), arXiv 2303.09489, section 3.
//   x_{k+1} = A x_k + B u_k,  y_k = C x_{k+1} + D u_k,  A = S + a e_d^T
#pragma once
#include <vector>

#include "offprint/core/rng.h"
#include "offprint/core/tensor.h"

namespace offprint::nn {

struct CompanionSsm {
  Tensor a, B, C;  // (H,d)
  Tensor D;        // (H), or undefined: no way past the state
};
void visit(CompanionSsm& m, auto&& param) {
  param("a", m.a);
  param("B", m.B);
  param("C", m.C);
  param("D", m.D);
}

// A column of l1 norm 0.8 (see stable_column), B and C such that white noise comes out about as
// loud as it went in. Throws Error on H or d < 1.
CompanionSsm make_companion_ssm(int64_t H, int64_t d, Rng& rng, at::ScalarType type = at::kFloat);

// a / (1 + |a|_1): every eigenvalue of A is inside the unit circle. The authors divide by the norm
// alone; then a cannot become zero, which AR(p) and differences need. (Nor is a / max(1, |a|_1) a
// way out: beyond norm one its slope along a is zero, and what has grown never shrinks again.)
Tensor stable_column(const CompanionSsm& m);

// u (B,H,L) -> (B,H,L), causal, from rest.
Tensor convolve(const CompanionSsm& m, const Tensor& u);

// The last layer of a forecaster. Past the end of its input u it goes on with K x for u:
//   x_{k+1} = (A + B K) x_k,  y_k = C x_k
struct ClosedLoop {
  CompanionSsm ssm;  // without D
  Tensor K;          // (H,d)
};
void visit(ClosedLoop& m, auto&& param) {
  param("ssm", m.ssm);
  param("K", m.K);
}
// K is zero at first: the loop begins open.
ClosedLoop make_closed_loop(int64_t H, int64_t d, Rng& rng, at::ScalarType type = at::kFloat);

struct RollOut {
  Tensor outputs, inputs;  // (B,H,steps): y, and the u that the loop put in for it
};
// The first output is the one after u's last: what convolve() gives there.
RollOut roll_out(const ClosedLoop& m, const Tensor& u, int64_t steps);

// Preprocessing heads, fixed state spaces of the shift matrix (a = 0, B = e_1, C the taps): the
// input itself, its differences of order 1 .. orders, and what it is above its moving average over
// each of the windows. u (B,C,L) -> (B,C*(1+orders+windows),L), channel by channel; before the
// first step is zero. Throws Error on orders < 0 or a window < 2.
Tensor preprocess(const Tensor& u, int64_t orders, const std::vector<int64_t>& windows);
// Their taps, newest first: (1+orders+windows, longest).
Tensor preprocessing_taps(int64_t orders, const std::vector<int64_t>& windows);

}  // namespace offprint::nn
