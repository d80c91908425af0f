// What a HiPPO state is a projection on, in closed form. Gu et al. 2022 (HTTYH), arXiv 2206.12037,
// sections 2.2 and 3: x_n(t) = int K_n(s) u(t-s) ds with kernels K_n(s) = p_n(s) omega(s), p_n
// orthonormal under the measure omega, so that u(t-s) ~ sum_n x_n(t) p_n(s). Lags s are in windows.
#pragma once
#include "offprint/nn/hippo.h"

namespace offprint::nn {

// p_n(s) for n < N at the lags s (L) >= 0, float64: (N,L).
//   legs  sqrt(2n+1) P_n(2 e^-s - 1)    legt  sqrt(2n+1) P_n(1 - 2s), s <= 1
//   fout  1, 0, sqrt 2 cos 2 pi s, sqrt 2 sin 2 pi s, ..., s <= 1
//   foud  e^s/2 times fout's: not orthonormal, later windows are folded over the first
//   lagt  L_n(s)    lmu  P_n(2s - 1), s <= 1    chebt  T_n(1 - 2s), s <= 1
// Of scaled-legs, s <= 1 is the share of all the past. Throws Error on lags outside.
Tensor basis_functions(Basis basis, int64_t N, const Tensor& s);

// omega(s) (L): e^-s of legs, foud and lagt, 1 on the window of the others.
Tensor basis_measure(Basis basis, const Tensor& s);

// e_n^T exp(sA) B in closed form: exact for legs, foud and lagt. A finite order cannot end a window
// at once: for legt and fout this is what it tends to inside the window as N grows; it is also so
// for lmu and chebt, whose kernels are the dual basis.
Tensor basis_kernels(Basis basis, int64_t N, const Tensor& s);

bool ends_with_window(Basis basis);  // legt, fout, lmu, chebt: nothing older than the window

// Of legs: int K_n K_m / omega ds over all lags, with K by matrix exponentials at the nodes of an
// exact quadrature. (N,N): the identity if the kernels are orthonormal.
Tensor legs_gram(int64_t N);

// Least squares: coefficients c (S,N) with u (S,L) ~ c F for functions F (N,L): the best any memory
// of N numbers on these functions can do. Throws Error on a shape mismatch or L < N.
Tensor best_coefficients(const Tensor& functions, const Tensor& u);

// A truncated Fourier series rings where the window's ends differ. The sawtooth of jump 1 without
// its first N/2-1 sines, at s (L): what fout's sum leaves out for each unit of u(t) - u(t-1).
Tensor sawtooth_rest(int64_t N, const Tensor& s);

}  // namespace offprint::nn
