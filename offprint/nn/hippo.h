// HiPPO state spaces: fixed matrices whose state is a projection of the past on a basis.
// Gu et al. 2020 (HiPPO), arXiv 2008.07669; Gu et al. 2022 (HTTYH), arXiv 2206.12037.
//
// Convention: bases are orthonormal for a window of length 1, so that a step dt makes the window
// 1/dt steps long. The authors' repository multiplies A and B of LegT and FouT by 1/2, which makes
// their window 2; our numbers at dt are theirs at 2 dt.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "offprint/core/tensor.h"

namespace offprint::nn {

// x'(t) = A x(t) + B u(t), float64.
struct DenseSsm {
  Tensor A, B;  // (N,N), (N)
};

enum class Basis {
  legs,         // "legs": Legendre polynomials of e^-lag, all the past, fading: S4's matrix
  scaled_legs,  // "scaled-legs": x' = (A x + B u) / t: Legendre on all of [0,t], nothing fades
  legt,         // "legt": Legendre on the last window
  fout,         // "fout": Fourier series on the last window
  foud,         // "foud": Fourier modes that decay, windows folded over one another
  lagt,         // "lagt": Laguerre polynomials, all the past, fading
  lmu,          // "lmu": LegT in the scale of the Legendre memory unit
  chebt         // "chebt": LegT's polynomial in Chebyshev coefficients
};
std::string_view basis_name(Basis basis);
Basis parse_basis(std::string_view name);  // Error names the eight
std::vector<std::string> basis_names();    // in the order above

// Orders n >= 1; fout and foud n even: pairs (cosine, sine) of frequencies 0 .. n/2-1, of which the
// sine of frequency 0 is always 0 (so the authors). Error otherwise.
DenseSsm hippo(Basis basis, int64_t n);

// A_nk = -sqrt(2n+1) sqrt(2k+1) below the diagonal, -(n+1) on it, 0 above; B_n = sqrt(2n+1).
DenseSsm hippo_legs(int64_t n);
// A_nk = -sqrt(2n+1) sqrt(2k+1) {1 if k <= n, (-1)^(n-k) if k > n}; B_n = sqrt(2n+1).
DenseSsm hippo_legt(int64_t n);
// A = S - 2 b b^T, B = 2 b, b = (1, 0, sqrt 2, 0, sqrt 2, ..); S turns pair m at 2 pi m.
DenseSsm hippo_fout(int64_t n);
// A = S - I/2, B = b.
DenseSsm hippo_foud(int64_t n);
// Generalised Laguerre, alpha in (-1, 1), beta > 0 (1: no tilt): kernels e^(-(1+beta)t/2)
// L_n^alpha, scaled by sqrt(n! / Gamma(n+alpha+1) Gamma(1-alpha)) beta^((1-alpha)/2).
DenseSsm hippo_lagt(int64_t n, double alpha = 0, double beta = 1);

// The same system with x' = Q x as its state.
DenseSsm in_coordinates(const DenseSsm& ssm, const Tensor& Q);

// x_k = A x_{k-1} + B u_k: bilinear, and exact for u held over each step.
DenseSsm bilinear(const DenseSsm& ssm, double dt);
DenseSsm zero_order_hold(const DenseSsm& ssm, double dt);

// Rows e_n^T exp(tA) B at t = 0, dt, 2 dt, ...: (N,L).
Tensor dense_kernels(const DenseSsm& ssm, double dt, int64_t L);

// E x x^T of the stationary state under white noise of unit intensity (variance 1/dt a step of dt):
// the P with A P + P A^T + B B^T = 0. The bilinear rule keeps it at every dt.
Tensor state_covariance(const DenseSsm& ssm);

// A state space in the coordinates of the eigenvectors of its normal part: A + sum_r P_r P_r^T =
// V diag(lambda) V^*. Only one of each conjugate pair is kept (imaginary part > 0, of a double zero
// one), complex128.
struct Nplr {
  Tensor lambda, P, B, V;  // (N/2), (R,N/2), (N/2), (N,N/2); P = V^* P_r, B = V^* B
};

// P (R,N) real, such that A + P^T P is normal: a multiple of the identity plus a skew part.
// Throws Error if N is odd, the sum is not of that form, or has an eigenvalue on the real line.
Nplr nplr(const DenseSsm& ssm, const Tensor& P);
Nplr nplr_legs(int64_t n);  // rank 1, P_n = sqrt(n + 1/2)
// Rank 1 for legs, scaled-legs, fout, foud (P = 0) and lagt, rank 2 for legt. lmu and chebt are
// legt in other coordinates: Error says so.
Nplr nplr(Basis basis, int64_t n);

}  // namespace offprint::nn
