// Products with Monarch matrices: block-diagonal factors with fixed permutations between them, all
// of it small matrix products. Dao et al. 2022 (arXiv 2204.00595); Fu et al. 2023 (Monarch Mixer),
// arXiv 2310.12109, sections 3 and 4.
//
// A signal of N = n_1 n_2 .. n_p entries is a grid with indices (i_1 .. i_p), row-major. Stage s
// contracts axis s; every line along that axis has a matrix of its own, chosen by its other
// indices. The result is read with its digits reversed, (k_p .. k_1). With p = 2 and N = b^2 these
// are two times b blocks of b x b: P L P R P of the paper, O(N^1.5); any order p takes
// O(p N^(1+1/p)).
#pragma once
#include <vector>

#include "offprint/core/tensor.h"

namespace offprint::kernels {

// Stage s: (m_1 .. m_{s-1}, n_{s+1} .. n_p, m_s, n_s), the matrix of each line last; an axis of
// lines may have size 1 where all have the same matrix. N = prod n_s inputs, M = prod m_s outputs.
struct MonarchFactors {
  std::vector<Tensor> stages;
  int64_t inputs() const;
  int64_t outputs() const;
};

// x (N,C) -> (M,C), a column a signal; types promote as in at::matmul. Differentiable in x and in
// the stages. Throws Error on stages or an x that do not fit.
Tensor monarch(const MonarchFactors& factors, const Tensor& x);
Tensor monarch_dense(const MonarchFactors& factors);  // (M,N), the oracle: line by line

// The discrete Fourier transform of N = prod sizes entries, X_k = sum_i x_i exp(-2 pi i k / N), or
// with `inverse` its inverse, division by N included. Complex; `type` is of the parts.
MonarchFactors dft_factors(const std::vector<int64_t>& sizes, bool inverse = false,
                           at::ScalarType type = at::kFloat);

// N as a product of `order` sizes as near to each other as its divisors allow, the larger first.
// Throws Error where one exceeds 4 N^(1/order): "1021 has no two near factors; pad to 1024".
std::vector<int64_t> monarch_sizes(int64_t n, int64_t order = 2);

// fft_conv by matrix products: causal convolution y[l] = sum_{j <= l} k[j] u[l-j] through the DFT
// of order 2 on a grid of at least 2 L. Real input needs half of the middle blocks, the zeros half
// of the outer columns. Padding makes it exact: no output sees a later input.
//   u (B,H,L), k (H,K) float32 or float64 -> (B,H,L). Differentiable in both. Errors as fft_conv's.
Tensor monarch_conv(const Tensor& u, const Tensor& k);

// A causal matrix of two Monarch parts, of which every entry on and below the diagonal can be
// learned. With row-major (i1,i2) of n1 rows of n2:
//   y[k1,k2] = sum_{i2 <= k2} row[k1; k2,i2] u[k1,i2]
//            + sum_{i1 < k1} column[k2; k1,i1] sum_{i2} spread[i1; k2,i2] u[i1,i2]
// What lies above is masked, so that nothing learned can leak.
struct CausalMonarch {
  Tensor row, spread;  // (n1,n2,n2) both
  Tensor column;       // (n2,n1,n1)
};
// u (N,C) -> (N,C), N = n1 n2. Differentiable in all. Throws Error on shapes that do not fit.
Tensor causal_monarch(const CausalMonarch& factors, const Tensor& u);

}  // namespace offprint::kernels
