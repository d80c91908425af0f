// Why a diagonal matrix can stand for HiPPO-LegS: the normal part A + P P^T with B/2 has, in the
// limit of large N, the same response as (A, B). Gu et al. 2022 (S4D), arXiv 2206.11893, section
// 4.1. The convergence is weak: the kernels themselves keep an O(1) distance, made of frequencies
// that grow with N, and only their response to a band-limited input converges.
#pragma once
#include "offprint/core/tensor.h"

namespace offprint::nn {

// Kernel of row n of LegS, e_n^T exp(tA) B = sqrt(2n+1) P_n(2 e^-t - 1) e^-t, at t (L), float64.
Tensor legs_basis(int64_t n, const Tensor& t);

// e_n^T exp(tA^(N)) B / 2 of the normal part of order N, at t = 0, dt, ... (L). n < N, N even.
Tensor normal_basis(int64_t n, int64_t N, double dt, int64_t L);

// ||normal - legs|| / ||legs|| of the two kernels on the grid up to t = duration.
double normal_kernel_error(int64_t n, int64_t N, double dt, double duration);

// The same of their outputs for input u(t) = sin 1.3 t + 1/2 cos 0.7 t, held over each step dt.
double normal_response_error(int64_t n, int64_t N, double dt, double duration);

}  // namespace offprint::nn
