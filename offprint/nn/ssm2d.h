// The selective state space over a grid of variates and steps, as a layer. Behrouz et al. 2024
// (Chimera), arXiv 2406.04320, section 3: input-dependent steps, input and output matrices, and
// coupled states along time and along the variates (kernels/scan2d.h).
//   (r1, r2, B1, B2, C1, C2) = W x + b,  dt1 = softplus(W1 r1 + b1),  dt2 = softplus(W2 r2 + b2)
//   y = scan2d(x, dt1, dt2, -exp(A1_log), -exp(A4_log), tanh K2, tanh K3, B1, B2, C1, C2) + D x
#pragma once
#include <vector>

#include "offprint/core/rng.h"
#include "offprint/nn/linear.h"

namespace offprint::nn {

struct Ssm2dOptions {
  int64_t channels = 32, states = 8;   // E, N
  int64_t rank = 0;                    // R of the steps; 0: E/16, rounded up
  int64_t period = 1;                  // a state is fed by the one a period before; 1: the last one
  bool scalar = false;                 // 2-D Mamba-2: one rate for all states of a channel
  bool selective = true;               // steps, B and C follow the input
  double dt_min = 1e-3, dt_max = 0.1;  // of the steps along time at the start, log-uniform
  double across_min = 0.05, across_max = 0.5;  // the same along the variates
};

struct Ssm2d {
  Linear select;          // E -> 2R + 4N, or undefined
  Linear time, across;    // R -> E: dt1 and dt2 before the softplus; biases alone if not selective
  Tensor fixed;           // (4N) B1, B2, C1, C2 if not selective
  Tensor A1_log, A4_log;  // (E,N), or (E,1) for scalar
  Tensor K2, K3;          // (E,N) before the tanh
  Tensor D;               // (E)
  int64_t period = 1;
};
void visit(Ssm2d& m, auto&& param) {
  param("select", m.select);
  param("time", m.time);
  param("across", m.across);
  param("fixed", m.fixed);
  param("A1_log", m.A1_log, {.lr = {}, .weight_decay = 0.0});
  param("A4_log", m.A4_log, {.lr = {}, .weight_decay = 0.0});
  param("K2", m.K2, {.lr = {}, .weight_decay = 0.0});
  param("K3", m.K3, {.lr = {}, .weight_decay = 0.0});
  param("D", m.D, {.lr = {}, .weight_decay = 0.0});
}

// A1 = A4 = -1 .. -N in every channel (-1 for scalar), couplings uniform in +-1/2 before the tanh.
// Mamba has no b; here B begins around one and C around N(0,1), as in S4D: where all factors begin
// with the input, what flows across the variates begins at a thousandth of what passes by the
// state. Throws Error on sizes that are not positive and 0 < min <= max not held.
Ssm2d make_ssm2d(const Ssm2dOptions& options, Rng& rng);

// x (B,V,L,E) -> (B,V,L,E): a cell sees variates up to its own and steps up to its own. With a
// period the steps of one phase of the period are a sequence of their own: the paper's shift by a
// season, one season a step.
Tensor forward(const Ssm2d& m, const Tensor& x);

// The same from both ends of the variates, each with weights of its own, added up; one: forward.
Tensor forward_ways(const std::vector<Ssm2d>& ways, const Tensor& x);

}  // namespace offprint::nn
