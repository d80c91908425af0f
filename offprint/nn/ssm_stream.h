// A diagonal state space one step at a time, at a cost that does not depend on how long it ran.
#pragma once
#include "offprint/nn/ssm_discretize.h"

namespace offprint::nn {

// Holds the matrices as they were at the start. All complex128 but D: a mode remembers for
// thousands of steps, over which the rounding of A_bar to complex64 would show.
struct DiagonalStream {
  Tensor x;                // (B,H,N) state
  Tensor A_bar, B_bar, C;  // (H,N)
  Tensor D;                // (H)
};

DiagonalStream start_stream(const DiscreteDiagonal& d, const Tensor& C, const Tensor& D,
                            int64_t batch);

// x <- A_bar x + B_bar u, y = 2 Re(C x) + D u; u and y (B,H).
Tensor step_stream(DiagonalStream& state, const Tensor& u);

// step_stream for every column of u (B,H,L).
Tensor recur_stream(DiagonalStream& state, const Tensor& u);

}  // namespace offprint::nn
