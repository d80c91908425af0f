#include "offprint/kernels/entropy_prox.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "offprint/core/autograd.h"
#include "offprint/core/error.h"
#include "offprint/core/rng.h"

using namespace offprint;
using namespace offprint::kernels;

namespace {

// Largest violation of the optimality conditions; x scaled by its size, as rounding scales.
double kkt_residual(const Tensor& x, const EntropyProx& p, double alpha) {
  const Tensor left = (1 - alpha) * p.z + alpha * p.log_z + p.lambda.unsqueeze(-1);
  const Tensor off = (left - x).abs() / (1 + x.abs());
  return std::max({off.max().item<double>(), (p.z.sum(-1) - 1).abs().max().item<double>(),
                   (p.log_z.exp() - p.z).abs().max().item<double>()});
}

}  // namespace

TEST_CASE("entropy prox: optimality conditions to 1e-8 for alpha 0.05 to 1.5, k 2 to 256") {
  Rng rng(1);
  for (const double alpha : {0.05, 0.125, 0.4, 0.9, 0.999, 1.0, 1.001, 1.2, 1.5})
    for (const int64_t k : {2, 3, 7, 10, 32, 256})
      for (const double spread : {0.1, 1.0, 10.0, 100.0}) {
        CAPTURE(alpha);
        CAPTURE(k);
        CAPTURE(spread);
        const Tensor x = rng.normal({57, k}, at::kDouble) * spread;
        CHECK(kkt_residual(x, entropy_prox_solution(x, alpha), alpha) < 1e-8);
      }
}

TEST_CASE("entropy prox: equals bisection, float32 to 2e-6") {
  Rng rng(2);
  for (const double alpha : {0.05, 0.5, 1.4})
    for (const int64_t k : {1, 2, 5, 10}) {
      CAPTURE(alpha);
      CAPTURE(k);
      const Tensor x = rng.normal({4, 5, k}, at::kDouble) * 3;
      const Tensor slow = entropy_prox_reference(x, alpha);
      CHECK(max_abs_diff(entropy_prox(x, alpha), slow) < 1e-9);
      CHECK(max_abs_diff(entropy_prox(x.to(at::kFloat), alpha), slow) < 2e-6);
    }
}

TEST_CASE("entropy prox: at alpha 1 it is the softmax, and equal entries are uniform") {
  Rng rng(3);
  const Tensor x = rng.normal({6, 8}, at::kDouble) * 4;
  CHECK(max_abs_diff(entropy_prox_solution(x, 1.0).z, at::softmax(x, -1)) < 1e-12);
  CHECK(max_abs_diff(entropy_prox(x, 1.0), at::softmax(x, -1)) < 1e-14);
  CHECK(max_abs_diff(entropy_prox(at::full({3, 4}, 7.0, at::kDouble), 0.3),
                     at::full({3, 4}, 0.25, at::kDouble)) < 1e-12);
}

TEST_CASE("entropy prox: by hand, two states and alpha 1/2") {
  // t/2 + tanh(t/2)/2 = d at t = 2 log 3: tanh(log 3) = (3 - 1/3) / (3 + 1/3) = 0.8.
  const double d = std::log(3.0) + 0.4;
  const Tensor z = entropy_prox(at::tensor({0.0, d}, at::kDouble), 0.5);
  CHECK(z[1].item<double>() == doctest::Approx(0.9));
}

TEST_CASE("entropy prox: gradient by finite differences") {
  Rng rng(4);
  for (const double alpha : {0.1, 0.7, 1.3})
    for (const int64_t k : {2, 6}) {
      Tensor x = rng.normal({3, k}, at::kDouble);
      x.set_requires_grad(true);
      CHECK(gradient_check([&](const Tensors& in) { return entropy_prox(in[0], alpha); }, {x}) <
            1e-7);
    }
}

TEST_CASE("entropy prox: certain groups keep finite logs, and the same in every lane") {
  const Tensor x = at::tensor({0.0, 5000.0, -5000.0, 0.0}, at::kDouble).reshape({2, 2});
  const EntropyProx p = entropy_prox_solution(x, 0.5);
  CHECK(std::isfinite(p.log_z.min().item<double>()));
  CHECK(kkt_residual(x, p, 0.5) < 1e-8);
  Rng rng(5);
  const Tensor many = rng.normal({19, 5});
  const Tensor all = entropy_prox(many, 0.3);
  for (int64_t row = 0; row < 19; ++row)
    CHECK(max_abs_diff(all[row], entropy_prox(many[row], 0.3)) < 1e-6);
}

TEST_CASE("entropy prox: bad input is one line") {
  CHECK_THROWS_WITH(entropy_prox(at::zeros({2, 0}), 0.5),
                    "entropy prox: x is (2,0), expected (...,k) with k >= 1");
  CHECK_THROWS_WITH(entropy_prox(at::zeros({2, 3}), 0.0), "entropy prox: alpha 0, expected > 0");
  CHECK_THROWS_AS(entropy_prox(at::zeros({2, 3}, at::kLong), 0.5), Error);
}
