#include "offprint/kernels/legendre.h"

#include <ATen/ops/diag.h>

#include "offprint/core/error.h"

namespace offprint::kernels {

Tensor legendre(int64_t n, const Tensor& x) {
  require(n >= 1, "legendre: {} polynomials, expected >= 1", n);
  require_dim(x, 1, "legendre", "x", "(L)");
  const Tensor wide = x.to(at::kDouble);
  std::vector<Tensor> rows = {at::ones_like(wide), wide};
  for (int64_t k = 1; k + 1 < n; ++k) {
    const double order = static_cast<double>(k);
    rows.push_back(((2 * order + 1) * wide * rows.back() - order * rows[rows.size() - 2]) /
                   (order + 1));
  }
  rows.resize(static_cast<size_t>(n));
  return at::stack(rows);
}

// Golub & Welsch 1969: nodes are the eigenvalues of the recursion's Jacobi matrix.
Quadrature gauss_legendre(int64_t n) {
  require(n >= 1, "gauss_legendre: {} nodes, expected >= 1", n);
  const Tensor k = at::arange(1, n, at::TensorOptions().dtype(at::kDouble));
  const Tensor side = k / (4 * k * k - 1).sqrt();
  const auto [nodes, vectors] = at::linalg_eigh(at::diag(side, 1) + at::diag(side, -1));
  return {(nodes + 1) / 2, vectors[0].square()};
}

}  // namespace offprint::kernels
