#include "offprint/nn/hippo.h"

#include <ATen/ops/diag.h>
#include <ATen/ops/full_like.h>
#include <ATen/ops/kron.h>
#include <ATen/ops/lgamma.h>
#include <ATen/ops/mv.h>
#include <ATen/ops/outer.h>
#include <ATen/ops/tril.h>
#include <fmt/ranges.h>

#include <cmath>
#include <numbers>

#include "offprint/core/error.h"
#include "offprint/kernels/legendre.h"

namespace offprint::nn {
namespace {

constexpr double kTwoPi = 2 * std::numbers::pi;

Tensor orders(int64_t n) { return at::arange(n, at::TensorOptions().dtype(at::kDouble)); }

void require_order(int64_t n, const char* where) {
  require(n >= 1, "{}: order {}, expected >= 1", where, n);
}

void require_pairs(int64_t n, const char* where) {
  require(n >= 2 && n % 2 == 0, "{}: order {}, expected an even one (cosines and sines)", where, n);
}

Tensor legendre_roots(int64_t n) { return (2 * orders(n) + 1).sqrt(); }
Tensor signs(int64_t n) { return 1 - 2 * orders(n).remainder(2); }  // (-1)^n

// (1, 0, sqrt 2, 0, sqrt 2, 0, ..)
Tensor fourier_feed(int64_t n) {
  Tensor b = at::zeros({n}, at::kDouble);
  b.slice(0, 0, n, 2).fill_(std::numbers::sqrt2);
  b[0] = 1.0;
  return b;
}

Tensor rotations(int64_t n) {
  const Tensor turn = at::tensor({0.0, -1.0, 1.0, 0.0}, at::kDouble).reshape({2, 2});
  return at::kron(at::diag(kTwoPi * orders(n / 2)), turn);
}

// LegT's coefficients of sqrt(2n+1) P_n to those of T_n, read off at Chebyshev's nodes.
Tensor to_chebyshev(int64_t n) {
  const Tensor angle = std::numbers::pi * (orders(n) + 0.5) / static_cast<double>(n);
  const Tensor values = legendre_roots(n).unsqueeze(1) * kernels::legendre(n, angle.cos());
  Tensor analysis = at::outer(orders(n), angle).cos() * (2.0 / static_cast<double>(n));
  analysis[0] *= 0.5;
  return at::matmul(analysis, values.t());
}

Nplr nplr_fourier(const DenseSsm& ssm, double decay, const Tensor& P) {
  const int64_t n = P.size(0), half = n / 2;
  const Tensor w = kTwoPi * orders(half);
  const Tensor up = at::tensor({std::sqrt(0.5), 0.0}, at::kDouble).reshape({2, 1});
  const Tensor down = at::tensor({0.0, -std::sqrt(0.5)}, at::kDouble).reshape({2, 1});
  const Tensor one = at::eye(half, w.options());
  const Tensor V = at::complex(at::kron(one, up), at::kron(one, down));  // pairs (1, -i) / sqrt 2
  const Tensor rotate = V.t().conj().resolve_conj();
  const auto rotated = [&](const Tensor& x) { return at::mv(rotate, x.to(at::kComplexDouble)); };
  return {at::complex(at::full_like(w, -decay), w), rotated(P).unsqueeze(0), rotated(ssm.B), V};
}

}  // namespace

std::vector<std::string> basis_names() {
  return {"legs", "scaled-legs", "legt", "fout", "foud", "lagt", "lmu", "chebt"};
}

std::string_view basis_name(Basis basis) {
  static const std::vector<std::string> names = basis_names();
  return names[static_cast<size_t>(basis)];
}

Basis parse_basis(std::string_view name) {
  const std::vector<std::string> names = basis_names();
  for (size_t i = 0; i < names.size(); ++i)
    if (names[i] == name) return static_cast<Basis>(i);
  fail("basis: '{}', expected {}", name, fmt::join(names, "|"));
}

DenseSsm hippo_legs(int64_t n) {
  require_order(n, "hippo_legs");
  const Tensor root = legendre_roots(n);
  return {-at::tril(at::outer(root, root), -1) - at::diag(orders(n) + 1), root};
}

DenseSsm hippo_legt(int64_t n) {
  require_order(n, "hippo_legt");
  const Tensor root = legendre_roots(n), alternating = root * signs(n);
  const Tensor below = at::tril(at::outer(root, root));
  return {-below - at::tril(at::outer(alternating, alternating), -1).t(), root};
}

DenseSsm hippo_fout(int64_t n) {
  require_pairs(n, "hippo_fout");
  const Tensor b = fourier_feed(n);
  return {rotations(n) - 2 * at::outer(b, b), 2 * b};
}

DenseSsm hippo_foud(int64_t n) {
  require_pairs(n, "hippo_foud");
  const Tensor b = fourier_feed(n);
  return {rotations(n) - 0.5 * at::eye(n, b.options()), b};
}

DenseSsm hippo_lagt(int64_t n, double alpha, double beta) {
  require_order(n, "hippo_lagt");
  require(alpha > -1 && alpha < 1 && beta > 0,
          "hippo_lagt: alpha {} and beta {}, expected -1 < alpha < 1 and beta > 0", alpha, beta);
  const Tensor k = orders(n);
  const Tensor log_scale = (at::lgamma(k + alpha + 1) - at::lgamma(k + 1)) / 2;
  const Tensor A = -at::tril(at::ones({n, n}, k.options()), -1) *
                   at::exp(log_scale.unsqueeze(0) - log_scale.unsqueeze(1));
  // binom(n + alpha, n) over the scale
  const Tensor B = at::exp(log_scale - std::lgamma(alpha + 1) - 0.5 * std::lgamma(1 - alpha) +
                           0.5 * (1 - alpha) * std::log(beta));
  return {A - (1 + beta) / 2 * at::eye(n, k.options()), B};
}

DenseSsm in_coordinates(const DenseSsm& ssm, const Tensor& Q) {
  const Tensor QA = at::matmul(Q, ssm.A);
  return {at::linalg_solve(Q.t(), QA.t()).t().contiguous(), at::mv(Q, ssm.B)};
}

DenseSsm hippo(Basis basis, int64_t n) {
  switch (basis) {
    case Basis::legs:
    case Basis::scaled_legs:
      return hippo_legs(n);
    case Basis::legt:
      return hippo_legt(n);
    case Basis::fout:
      return hippo_fout(n);
    case Basis::foud:
      return hippo_foud(n);
    case Basis::lagt:
      return hippo_lagt(n);
    case Basis::lmu:
      return in_coordinates(hippo_legt(n), at::diag(legendre_roots(n) * signs(n)));
    case Basis::chebt:
      return in_coordinates(hippo_legt(n), to_chebyshev(n));
  }
  fail("hippo: unknown basis");
}

DenseSsm bilinear(const DenseSsm& ssm, double dt) {
  require(dt > 0, "bilinear: dt {}, expected > 0", dt);
  const Tensor one = at::eye(ssm.A.size(0), ssm.A.options());
  const Tensor right = at::cat({one + ssm.A * (dt / 2), (ssm.B * dt).unsqueeze(1)}, 1);
  const Tensor both = at::linalg_solve(one - ssm.A * (dt / 2), right);
  return {both.narrow(1, 0, ssm.A.size(0)).contiguous(), both.select(1, -1).contiguous()};
}

DenseSsm zero_order_hold(const DenseSsm& ssm, double dt) {
  require(dt > 0, "zero_order_hold: dt {}, expected > 0", dt);
  // exp of ((A, B), (0, 0)): no inverse, so that a singular A is no case of its own.
  const int64_t n = ssm.A.size(0);
  Tensor block = at::zeros({n + 1, n + 1}, ssm.A.options());
  block.narrow(0, 0, n).narrow(1, 0, n).copy_(ssm.A * dt);
  block.narrow(0, 0, n).select(1, n).copy_(ssm.B * dt);
  const Tensor both = at::linalg_matrix_exp(block).narrow(0, 0, n);
  return {both.narrow(1, 0, n).contiguous(), both.select(1, n).contiguous()};
}

Tensor dense_kernels(const DenseSsm& ssm, double dt, int64_t L) {
  require(dt > 0 && L >= 1, "dense_kernels: dt {} and {} points, expected > 0 and >= 1", dt, L);
  Tensor power = at::linalg_matrix_exp(ssm.A * dt), columns = ssm.B.unsqueeze(1);
  while (columns.size(1) < L) {  // twice as many columns each time
    columns = at::cat({columns, at::matmul(power, columns)}, 1);
    power = at::matmul(power, power);
  }
  return columns.narrow(1, 0, L).contiguous();
}

Tensor state_covariance(const DenseSsm& ssm) {
  // Doubling: P = sum_k A^k B B^T A^kT of the bilinear steps, twice as many terms each round.
  const double dt = 1 / ssm.A.abs().sum(1).max().item<double>();
  auto [A, B] = bilinear(ssm, dt);
  Tensor P = at::outer(B, B) / dt;
  for (int round = 0; round < 60; ++round) {
    const Tensor more = at::matmul(at::matmul(A, P), A.t());
    P = P + more;
    A = at::matmul(A, A);
    if (more.abs().max().item<double>() <= 1e-16 * P.abs().max().item<double>()) return P;
  }
  fail("state_covariance: the state does not settle, expected eigenvalues with real parts < 0");
}

Nplr nplr(const DenseSsm& ssm, const Tensor& P) {
  const int64_t n = ssm.A.size(0);
  require(n % 2 == 0, "nplr: order {}, expected an even one (conjugate pairs)", n);
  const Tensor normal = ssm.A + at::matmul(P.t(), P);
  const double shift = normal.diagonal().mean().item<double>();
  const double scale = normal.abs().max().item<double>();
  const Tensor skew = normal - shift * at::eye(n, normal.options());
  require(max_abs_diff(skew, -skew.t()) <= 1e-9 * scale,
          "nplr: A + P^T P is not a multiple of the identity plus a skew part");
  // -i times a skew matrix is Hermitian: its eigenvectors are orthogonal to the last digit, which
  // those of a general solver are not.
  const auto [frequency, vectors] =
      at::linalg_eigh(at::complex(at::zeros_like(skew), -skew));  // ascending, in +- pairs
  const Tensor positive = frequency.narrow(0, n / 2, n / 2);
  require(positive[0].item<double>() > 1e-9 * scale,
          "nplr: the normal part has frequency {}, expected all above 0",
          positive[0].item<double>());
  const Tensor V = vectors.narrow(1, n / 2, n / 2).contiguous(), rotate = V.t().conj();
  const auto rotated = [&](const Tensor& x) {
    return at::matmul(rotate, x.to(at::kComplexDouble)).resolve_conj().contiguous();
  };
  return {at::complex(at::full_like(positive, shift), positive), rotated(P.t()).t().contiguous(),
          rotated(ssm.B), V};
}

Nplr nplr_legs(int64_t n) { return nplr(hippo_legs(n), (orders(n) + 0.5).sqrt().unsqueeze(0)); }

Nplr nplr(Basis basis, int64_t n) {
  switch (basis) {
    case Basis::legs:
    case Basis::scaled_legs:
      return nplr_legs(n);
    case Basis::legt: {
      const Tensor even = (1 + signs(n)) / 2, root = legendre_roots(n);
      return nplr(hippo_legt(n), at::stack({root * even, root * (1 - even)}));
    }
    case Basis::fout:
      return nplr_fourier(hippo_fout(n), 0.0, std::numbers::sqrt2 * fourier_feed(n));
    case Basis::foud:
      return nplr_fourier(hippo_foud(n), 0.5, at::zeros({n}, at::kDouble));
    case Basis::lagt:
      return nplr(hippo_lagt(n), at::full({1, n}, std::sqrt(0.5), at::kDouble));
    case Basis::lmu:
    case Basis::chebt:
      fail("nplr: {} is legt in other coordinates, expected legt", basis_name(basis));
  }
  fail("nplr: unknown basis");
}

}  // namespace offprint::nn
