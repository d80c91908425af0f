#include "offprint/kernels/logistic_rows.h"

#include <doctest/doctest.h>

#include <cmath>

#include "offprint/core/error.h"
#include "offprint/core/rng.h"

using namespace offprint;
using namespace offprint::kernels;

namespace {

Tensor tensor_of(const Doubles& values) {
  return at::tensor(values, at::TensorOptions().dtype(at::kDouble));
}

}  // namespace

TEST_CASE("logistic rows: margins, means and products are those of plain matrix products") {
  for (const int64_t n : {1, 63, 64, 67, 1000})
    for (const int64_t d : {1, 3, 30}) {
      CAPTURE(n);
      CAPTURE(d);
      Rng rng{static_cast<uint64_t>(n + d)};
      const Tensor X = rng.normal({n, d}, at::kDouble);
      const Tensor y = (rng.uniform({n}, at::kDouble) < 0.4).to(at::kDouble);
      const Tensor w = rng.normal({d + 1}, at::kDouble);
      const Tensor Z = at::cat({X, at::ones({n, 1}, X.options())}, 1) * (2 * y - 1).unsqueeze(1);
      const LogisticRows rows = logistic_rows(X, y);
      const std::span<const double> weights(w.const_data_ptr<double>(), static_cast<size_t>(d + 1));
      const Doubles m = margins(rows, weights), a = pulls(m);
      CHECK(max_abs_diff(tensor_of(m), Z.matmul(w)) < 1e-13);
      CHECK(max_abs_diff(tensor_of(a), tensor_of(m).neg().sigmoid()) < 1e-15);
      const Tensor mean = Z.t().matmul(tensor_of(a)) / static_cast<double>(n);
      CHECK(max_abs_diff(tensor_of(weighted_mean(rows, a)), mean) < 1e-14);
      const Tensor H = Z.t().matmul(Z * tensor_of(a).unsqueeze(1)) / static_cast<double>(n);
      CHECK(max_abs_diff(tensor_of(weighted_products(rows, a)).view({d + 1, d + 1}), H) < 1e-14);
    }
}

TEST_CASE("logistic rows: the loss along a line is exact from certain to hopeless rows") {
  for (const size_t n : {1u, 5u, 600u, 1537u}) {
    Doubles start(n), move(n);
    Rng rng{n};
    for (size_t i = 0; i < n; ++i)
      start[i] = std::pow(10.0, 3 * rng.uniform()) * (rng.uniform() < 0.5 ? -1 : 1),
      move[i] = rng.normal();
    for (const double step : {0.0, 0.7, -30.0}) {
      double loss = 0, slope = 0;
      for (size_t i = 0; i < n; ++i) {
        const double m = start[i] + step * move[i];
        loss += m > 0 ? std::log1p(std::exp(-m)) : -m + std::log1p(std::exp(m));
        slope -= move[i] / (1 + std::exp(m));
      }
      const LossAlong found = loss_along(start, move, step);
      CHECK(found.loss == doctest::Approx(loss / static_cast<double>(n)).epsilon(1e-14));
      CHECK(std::abs(found.slope - slope / static_cast<double>(n)) < 1e-14);
    }
  }
}

TEST_CASE("logistic rows: other shapes are refused") {
  const Tensor X = Rng{1}.normal({20, 2}, at::kDouble);
  CHECK_THROWS_AS(logistic_rows(X, X.select(1, 0).slice(0, 1)), Error);
  CHECK_THROWS_AS(logistic_rows(X.to(at::kFloat), X.select(1, 0)), Error);
}
