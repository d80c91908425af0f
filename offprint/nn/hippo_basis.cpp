#include "offprint/nn/hippo_basis.h"

#include <ATen/ops/full_like.h>
#include <ATen/ops/linalg_lstsq.h>
#include <ATen/ops/outer.h>

#include <numbers>

#include "offprint/core/error.h"
#include "offprint/kernels/legendre.h"

namespace offprint::nn {
namespace {

constexpr double kPi = std::numbers::pi, kSlack = 1e-9;

Tensor orders(int64_t n) { return at::arange(n, at::TensorOptions().dtype(at::kDouble)); }

Tensor orthonormal_legendre(int64_t N, const Tensor& x) {
  return (2 * orders(N) + 1).sqrt().unsqueeze(1) * kernels::legendre(N, x);
}

Tensor fourier(int64_t N, const Tensor& s) {
  require(N >= 2 && N % 2 == 0, "basis_functions: order {}, expected an even one", N);
  const Tensor angle = 2 * kPi * at::outer(orders(N / 2), s);
  Tensor pairs = at::stack({angle.cos(), angle.sin()}, 1) * std::numbers::sqrt2;  // (N/2,2,L)
  pairs[0][0].fill_(1);
  return pairs.reshape({N, s.size(0)});
}

Tensor laguerre(int64_t N, const Tensor& s) {
  std::vector<Tensor> rows = {at::ones_like(s), 1 - s};
  for (int64_t k = 1; k + 1 < N; ++k) {
    const auto order = static_cast<double>(k);
    rows.push_back(((2 * order + 1 - s) * rows.back() - order * rows[rows.size() - 2]) /
                   (order + 1));
  }
  rows.resize(static_cast<size_t>(N));
  return at::stack(rows);
}

}  // namespace

bool ends_with_window(Basis basis) {
  return basis == Basis::legt || basis == Basis::fout || basis == Basis::lmu ||
         basis == Basis::chebt;
}

Tensor basis_functions(Basis basis, int64_t N, const Tensor& lags) {
  require(N >= 1, "basis_functions: order {}, expected >= 1", N);
  require_dim(lags, 1, "basis_functions", "s", "(L)");
  const Tensor s = lags.to(at::kDouble);
  const bool bounded = ends_with_window(basis) || basis == Basis::scaled_legs;
  if (s.numel() > 0) {
    const double first = s.min().item<double>(), last = s.max().item<double>();
    require(first >= -kSlack && (!bounded || last <= 1 + kSlack),
            "basis_functions: lags {} to {} windows of {}, expected {}", first, last,
            basis_name(basis), bounded ? "0 to 1" : ">= 0");
  }
  switch (basis) {
    case Basis::legs:
      return orthonormal_legendre(N, 2 * at::exp(-s) - 1);
    case Basis::scaled_legs:
    case Basis::legt:
      return orthonormal_legendre(N, 1 - 2 * s);
    case Basis::fout:
      return fourier(N, s);
    case Basis::foud:
      return fourier(N, s) * at::exp(s / 2);
    case Basis::lagt:
      return laguerre(N, s);
    case Basis::lmu:
      return kernels::legendre(N, 2 * s - 1);
    case Basis::chebt:
      return at::outer(orders(N), (1 - 2 * s).clamp(-1, 1).acos()).cos();
  }
  fail("basis_functions: unknown basis");
}

Tensor basis_measure(Basis basis, const Tensor& lags) {
  const Tensor s = lags.to(at::kDouble);
  if (ends_with_window(basis) || basis == Basis::scaled_legs)
    return (s <= 1 + kSlack).to(at::kDouble);
  return at::exp(-s);
}

Tensor basis_kernels(Basis basis, int64_t N, const Tensor& s) {
  const Tensor weight = basis_measure(basis, s);
  // lmu = Q legt with Q diagonal, so that its functions are Q^-1 legt's and its kernels Q legt's.
  if (basis == Basis::lmu)
    return (2 * orders(N) + 1).unsqueeze(1) * basis_functions(basis, N, s) * weight;
  if (basis == Basis::chebt) {  // the rows of Q in kernels = Q legt, functions = Q^-T legt
    const Tensor legt = basis_functions(Basis::legt, N, s);
    const auto [nodes, weights] = kernels::gauss_legendre(N);
    const Tensor p = basis_functions(Basis::legt, N, nodes);
    const Tensor q = basis_functions(Basis::chebt, N, nodes);
    const Tensor back = at::matmul(q * weights, p.t());  // functions = back legt
    return at::linalg_solve(back.t(), legt) * weight;
  }
  return basis_functions(basis, N, s) * weight;
}

Tensor legs_gram(int64_t N) {
  const DenseSsm ssm = hippo_legs(N);
  const auto [nodes, weights] = kernels::gauss_legendre(N + 1);  // in e^-s
  const Tensor s = -nodes.log();
  const Tensor flow = at::linalg_matrix_exp(ssm.A.unsqueeze(0) * s.reshape({-1, 1, 1}));
  const Tensor K = at::matmul(flow, ssm.B);  // (nodes,N)
  // int K K / omega ds = int K K / e^-2s d(e^-s)
  return at::matmul(K.t() * (weights / nodes.square()), K);
}

Tensor best_coefficients(const Tensor& functions, const Tensor& u) {
  require_dim(functions, 2, "best_coefficients", "functions", "(N,L)");
  require_dim(u, 2, "best_coefficients", "u", "(S,L)");
  require(functions.size(1) == u.size(1) && u.size(1) >= functions.size(0),
          "best_coefficients: functions are {} and u is {}, expected (N,L) and (S,L) with L >= N",
          shape_text(functions), shape_text(u));
  // Rank-revealing: fout's sine of frequency 0 is a row of zeros.
  return std::get<0>(at::linalg_lstsq(functions.t(), u.to(at::kDouble).t(), 1e-12, "gelsd"))
      .t()
      .contiguous();
}

Tensor sawtooth_rest(int64_t N, const Tensor& lags) {
  const Tensor s = lags.to(at::kDouble);
  const Tensor m = at::arange(1, N / 2, s.options());
  return 0.5 - s - (at::outer(2 * kPi * m, s).sin() / (kPi * m).unsqueeze(1)).sum(0);
}

}  // namespace offprint::nn
