// Windows of a series as Hankel matrices, whose columns are shifted pieces of p + 1 values, and
// the products that linear attention takes of them. Zhou et al. 2025, arXiv 2510.09776.
#pragma once
#include "offprint/core/tensor.h"

namespace offprint::kernels {

// x (B,N), N > p >= 1, to (B,p+1,n+1) with n = N - p: columns (x_j .. x_{j+p}), then the query
// (x_{N-p+1} .. x_N, 0). Throws Error on other shapes. Differentiable.
Tensor hankel(const Tensor& x, int64_t p);

// G = 1/n sum_j h_j h_j^T over the n columns before the query, (B,p+1,p+1), by running sums of
// lagged products: O(N p) a window instead of O(N p^2). Not differentiable.
Tensor hankel_gram(const Tensor& x, int64_t p);
Tensor hankel_gram_reference(const Tensor& x, int64_t p);  // the definition: the oracle

// G of n + 1 columns from G of n and the one that came, (B,p+1): an update of rank one.
Tensor append_to_gram(const Tensor& G, int64_t n, const Tensor& column);

// The value after each window by least squares inside it: x_{j+p} on the p values before, without
// an intercept, over the n columns. (B,N) -> (B) float64. Its excess error is about p sigma^2 / n.
Tensor in_context_least_squares(const Tensor& x, int64_t p);

}  // namespace offprint::kernels
