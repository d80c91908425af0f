#include "offprint/kernels/logistic_solve.h"

#include <doctest/doctest.h>

#include <cmath>

#include "offprint/core/error.h"
#include "offprint/core/rng.h"

using namespace offprint;
using namespace offprint::kernels;

namespace {

struct Sample {
  Tensor X, y;
};

Sample draw(int64_t n, int64_t d, Rng rng) {
  const Tensor X = rng.normal({n, d}, at::kDouble), w = rng.normal({d}, at::kDouble);
  const Tensor p = (X.matmul(w) - 1).sigmoid();
  return {X, (rng.uniform({n}, at::kDouble) < p).to(at::kDouble)};
}

// F as its definition reads, one row at a time.
double plain_objective(const Sample& s, const Tensor& w, double l2, const Tensor& tilt = {}) {
  const int64_t n = s.X.size(0), d = s.X.size(1);
  double sum = 0, extra = 0;
  for (int64_t i = 0; i < n; ++i) {
    double score = w[d].item<double>();
    for (int64_t j = 0; j < d; ++j) score += w[j].item<double>() * s.X[i][j].item<double>();
    const double m = s.y[i].item<double>() > 0 ? score : -score;
    sum += m > 0 ? std::log1p(std::exp(-m)) : -m + std::log1p(std::exp(m));
  }
  for (int64_t j = 0; j < d; ++j) extra += 0.5 * l2 * std::pow(w[j].item<double>(), 2);
  if (tilt.defined())
    for (int64_t j = 0; j <= d; ++j) extra += tilt[j].item<double>() * w[j].item<double>();
  return sum / static_cast<double>(n) + extra;
}

}  // namespace

TEST_CASE("logistic: the gap is closed, and no point nearby or far is lower than it allows") {
  for (const double l2 : {1.0, 1e-3, 1e-6}) {
    Rng rng{11};
    const Sample s = draw(60, 4, rng.split("data"));
    const LogisticFit fit = logistic_solve(s.X, s.y, {.l2 = l2});
    CHECK(fit.gap <= 1e-10);
    CHECK(fit.gap > -1e-12);
    CHECK(std::abs(fit.objective - plain_objective(s, fit.weights, l2)) < 1e-12);
    for (const double radius : {1e-4, 1e-2, 1.0, 10.0})
      for (int k = 0; k < 10; ++k) {
        const Tensor other = fit.weights + radius * rng.normal({5}, at::kDouble);
        CHECK(plain_objective(s, other, l2) >= fit.objective - fit.gap - 1e-12);
      }
  }
}

TEST_CASE("logistic: a certificate holds before the optimum is reached") {
  const Sample s = draw(80, 3, Rng{5});
  const double best = logistic_solve(s.X, s.y, {.tolerance = 1e-13}).objective;
  for (const int64_t steps : {0, 1, 2, 3}) {
    const LogisticFit early = logistic_solve(s.X, s.y, {.max_steps = steps});
    CHECK(early.steps == steps);
    CHECK(early.gap > 1e-10);
    CHECK(early.objective - early.gap <= best + 1e-12);
  }
}

TEST_CASE("logistic: a grid over weight and intercept finds the same minimum, tilted or not") {
  const Sample s = draw(25, 1, Rng{3});
  for (const bool tilted : {false, true}) {
    const Tensor tilt = tilted ? at::tensor({0.05, -0.03}, at::kDouble) : Tensor();
    const LogisticFit fit = logistic_solve(s.X, s.y, {.l2 = 0.05, .tilt = tilt});
    CHECK(fit.gap <= 1e-10);
    double lowest = 1e9;
    for (double w = -3; w <= 3; w += 0.1)
      for (double b = -3; b <= 3; b += 0.1)
        lowest = std::min(lowest, plain_objective(s, at::tensor({w, b}, at::kDouble), 0.05, tilt));
    CHECK(lowest >= fit.objective - 1e-10);
    CHECK(lowest - fit.objective < 1e-3);
  }
}

TEST_CASE("logistic: the intercept is not penalised: mean probability is the share of ones") {
  const Sample s = draw(200, 5, Rng{2});
  const LogisticFit fit = logistic_solve(s.X, s.y, {.l2 = 10, .tolerance = 1e-13});
  const Tensor p = (s.X.matmul(fit.weights.slice(0, 0, 5)) + fit.weights[5]).sigmoid();
  CHECK(std::abs((p.mean() - s.y.mean()).item<double>()) < 1e-6);
}

TEST_CASE("logistic: separable, constant and duplicate columns have a certified optimum") {
  const Tensor x = at::arange(-10, 10, at::kDouble) + 0.5, ones = at::ones_like(x);
  const Tensor y = (x > 0).to(at::kDouble);
  for (const double l2 : {1e-2, 1e-5}) {
    const LogisticFit one = logistic_solve(x.unsqueeze(1), y, {.l2 = l2});
    const LogisticFit many = logistic_solve(at::stack({x, x, 0 * x, 7 * ones}, 1), y, {.l2 = l2});
    CHECK(one.gap <= 1e-10);
    CHECK(many.gap <= 1e-10);
    CHECK(one.weights.isfinite().all().item<bool>());
    CHECK(std::abs((many.weights[0] - many.weights[1]).item<double>()) < 1e-6);
    CHECK(many.weights[2].item<double>() == 0);
    CHECK(many.objective < one.objective);  // two copies share the weight: half the penalty
  }
}

TEST_CASE("logistic: a start at the optimum needs no step") {
  const Sample s = draw(100, 4, Rng{8});
  const LogisticFit cold = logistic_solve(s.X, s.y);
  const LogisticFit warm = logistic_solve(s.X, s.y, {.start = cold.weights});
  CHECK(cold.steps > 2);
  CHECK(warm.steps == 0);
  CHECK(warm.objective == doctest::Approx(cold.objective).epsilon(1e-14));
}

TEST_CASE("logistic: what has no answer is refused in one line") {
  const Sample s = draw(30, 2, Rng{4});
  const auto message = [&](const Tensor& X, const Tensor& y, const LogisticOptions& o) {
    try {
      logistic_solve(X, y, o);
    } catch (const Error& e) {
      return std::string(e.what());
    }
    return std::string("no error");
  };
  CHECK(message(s.X, s.y * 0, {}).find("expected both classes") != std::string::npos);
  CHECK(message(s.X, s.y + 0.5, {}).find("must be 0 or 1") != std::string::npos);
  CHECK(message(s.X, s.y, {.l2 = 0}).find("expected a number > 0") != std::string::npos);
  CHECK(message(s.X / 0, s.y, {}).find("not finite") != std::string::npos);
  CHECK(message(s.X, s.y.slice(0, 1), {}).find("expected (N,D) and (N)") != std::string::npos);
  const Tensor tilt = at::tensor({0.0, 0.0, 1.0}, at::kDouble);
  CHECK(message(s.X, s.y, {.tilt = tilt}).find("leaves no minimum") != std::string::npos);
}
