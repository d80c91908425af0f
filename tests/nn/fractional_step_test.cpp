#include "offprint/nn/fractional_step.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace offprint;
using namespace offprint::nn;

namespace {

Tensor weights_of(const kernels::MarkovFbm& m) { return at::tensor(m.weights, at::kDouble); }

}  // namespace

TEST_CASE("fractional step: the driver has the approximation's covariance") {
  const kernels::MarkovFbm m = kernels::make_mfbm(0.3, 6, 1);
  const FractionalDriver d = make_driver(m, 0.1, at::kDouble);
  const Rng rng(3);
  Tensor y = start_normals(d, 20'000, 1, rng).matmul(d.start_root.t());
  Tensor b = at::zeros({20'000, 1}, at::kDouble), half;
  for (int64_t i = 0; i < 10; ++i) {
    const Moved moved = move_terms(d, weights_of(m), y, step_normals(d, 20'000, 1, i, rng), {});
    y = moved.y, b = b + moved.b;
    if (i == 4) half = b;
  }
  CHECK((b * b).mean().item<double>() ==
        doctest::Approx(kernels::mfbm_covariance(m, 1, 1)).epsilon(0.03));
  CHECK((b * half).mean().item<double>() ==
        doctest::Approx(kernels::mfbm_covariance(m, 0.5, 1)).epsilon(0.04));
}

TEST_CASE("fractional step: seed, path and step name a draw") {
  const FractionalDriver d = make_driver(kernels::make_mfbm(0.7, 5, 1), 0.01, at::kFloat);
  const Rng rng(4);
  CHECK(step_normals(d, 64, 2, 7, rng).slice(0, 0, 10).equal(step_normals(d, 10, 2, 7, rng)));
  CHECK(!step_normals(d, 10, 2, 7, rng).equal(step_normals(d, 10, 2, 8, rng)));
}

TEST_CASE("fractional step: a control moves B as the same push of W does") {
  // On Brownian motion u dt is added to dB; on slow and fast terms the push is their own integral.
  const FractionalDriver d = make_driver(kernels::make_brownian(1), 0.1, at::kDouble);
  const Tensor y = at::zeros({3, 1, 1}, at::kDouble), none = at::zeros({3, 1, 1}, at::kDouble);
  const Tensor u = at::tensor({1.0, -2.0, 0.5}, at::kDouble).view({3, 1});
  CHECK(max_abs_diff(move_terms(d, at::ones({1}, at::kDouble), y, none, u).b, 0.1 * u) < 1e-15);
  const kernels::MarkovFbm m = kernels::make_mfbm(0.3, 5, 1);
  const FractionalDriver coarse = make_driver(m, 0.2, at::kDouble);
  const FractionalDriver fine = make_driver(m, 0.001, at::kDouble);
  const Tensor zero = at::zeros({3, 1, 5}, at::kDouble);
  const auto silent = [&](const FractionalDriver& f) {
    return at::zeros({3, 1, f.normals()}, at::kDouble);
  };
  Tensor slow = zero;
  for (int i = 0; i < 200; ++i) slow = move_terms(fine, weights_of(m), slow, silent(fine), u).y;
  CHECK(max_abs_diff(move_terms(coarse, weights_of(m), zero, silent(coarse), u).y, slow) < 1e-12);
}

TEST_CASE("fractional step: Stratonovich's step has order one where Euler's has a half") {
  const kernels::MarkovFbm m = kernels::make_brownian(1);
  const auto error = [&](int64_t steps, bool stratonovich) {
    const double dt = 1.0 / static_cast<double>(steps);
    const FractionalDriver d = make_driver(m, dt, at::kDouble);
    const Rng rng(5);
    Tensor x = at::ones({4000, 1}, at::kDouble), b = at::zeros_like(x);
    Tensor y = at::zeros({4000, 1, 1}, at::kDouble);
    const auto half = [](const Tensor& at) { return 0.5 * at; };
    for (int64_t i = 0; i < steps; ++i) {
      const Moved moved =
          move_terms(d, at::ones({1}, at::kDouble), y, step_normals(d, 4000, 1, i, rng), {});
      y = moved.y, b = b + moved.b;
      const Tensor drift = at::zeros_like(x);
      x = stratonovich ? stratonovich_milstein(x, drift, half, moved.b, dt)
                       : euler_maruyama(x, drift, half, moved.b, dt);
    }
    const Tensor exact = stratonovich ? (0.5 * b).exp() : (0.5 * b - 0.125).exp();
    return (x - exact).pow(2).mean().sqrt().item<double>();
  };
  CHECK(error(64, true) < error(16, true) / 3);
  CHECK(error(64, false) < error(16, false) / 1.7);
  CHECK(error(64, false) > error(16, false) / 2.6);
  CHECK(error(64, true) < error(64, false) / 4);
}
