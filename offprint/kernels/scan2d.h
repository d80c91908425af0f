// The selective scan over a grid of variates and steps: two states a channel, one that flows along
// time and one along the variates, each fed by the other. Behrouz et al. 2024 (Chimera), arXiv
// 2406.04320, section 3; the form of its state space is Roesser's.
#pragma once
#include "offprint/core/tensor.h"

namespace offprint::kernels {

// Of every channel and state, with a1 = exp(dt1 A1) and a4 = exp(dt2 A4) of the cell (v,t):
//   h1[v,t] = a1 h1[v,t-1] + (1 - a1) K2 h2[v,t-1] + dt1 B1 x,   along time
//   h2[v,t] = a4 h2[v-1,t] + (1 - a4) K3 h1[v-1,t] + dt2 B2 x,   along the variates
//   y[v,t]  = C1 h1 + C2 h2,   states beyond the edges are 0.
// The couplings are those of a zero-order hold: A2 = -K2 A1 and A3 = -K3 A4 of the paper's
// matrices. With A < 0 and |K| <= 1 no state exceeds the largest of those before it, whatever the
// steps.
struct Scan2dInputs {
  Tensor x;               // (B,V,L,D)
  Tensor dt1, dt2;        // (B,V,L,D), > 0: step along time, along the variates
  Tensor A1, A4;          // (D,N), < 0 unless the states are to grow
  Tensor K2, K3;          // (D,N)
  Tensor B1, B2, C1, C2;  // (B,V,L,N), one for all channels
};

// Returns y (B,V,L,D), all of one type, float32 or float64. Differentiable in all eleven; backward
// keeps the inputs and the states on the edges of tiles of 8 x 16 cells, and makes the others
// again. On the CPU one pass over the cells; elsewhere scan2d_diagonals. The result does not depend
// on the number of threads. Throws Error on a shape or type mismatch and on V, L, D or N of 0.
Tensor scan2d(const Scan2dInputs& in);

// The same in at:: operations, a diagonal of the grid at once: V + L - 1 steps. What devices other
// than the CPU run.
Tensor scan2d_diagonals(const Scan2dInputs& in);

// The same cell by cell in at:: operations: the oracle.
Tensor scan2d_reference(const Scan2dInputs& in);

}  // namespace offprint::kernels
