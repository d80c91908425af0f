#include "offprint/kernels/fractional_filter.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <numbers>

#include "offprint/core/error.h"
#include "offprint/core/rng.h"

using namespace offprint;
using namespace offprint::kernels;

namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

struct Dense {  // X at steps 1 .. N given X(0) = value 0 + noise, as one Gaussian
  Tensor mean, covariance;
};

// Every step's normals as columns of one matrix: X = mean + columns z.
Dense dense(const FractionalLine& line, double first, int64_t steps) {
  const OuStep step = ou_step(line.driver, line.dt);
  const auto K = std::ssize(line.driver.rates);
  const auto [start, axes] = at::linalg_eigh(ou_start(line.driver));
  const int64_t wide = 1 + K + steps * K;
  Tensor x = at::zeros({wide}, at::kDouble), y = at::zeros({K, wide}, at::kDouble);
  x[0] = std::sqrt(line.noise);
  y.slice(1, 1, 1 + K).copy_(axes * start.clamp_min(0).sqrt());
  const Tensor weight = at::tensor(line.driver.weights, at::kDouble);
  double mean = first;
  std::vector<Tensor> rows;
  std::vector<double> means;
  for (int64_t i = 0; i < steps; ++i) {
    Tensor moved = step.decay.unsqueeze(1) * y;
    moved.slice(1, 1 + K + i * K, 1 + K + (i + 1) * K).add_(step.root);
    x = (1 - line.pull * line.dt) * x + line.scale * weight.matmul(moved - y);
    y = moved;
    mean = mean + line.dt * (line.constant - line.pull * mean);
    rows.push_back(x), means.push_back(mean);
  }
  const Tensor all = at::stack(rows);
  return {at::tensor(means, at::kDouble), all.matmul(all.t())};
}

FractionalLine example(double hurst, FbmType type) {
  return {.driver = make_mfbm(hurst, 5, 1, {type}),
          .dt = 0.05,
          .pull = 1.5,
          .constant = 0.4,
          .scale = 0.7,
          .noise = 0.01};
}

const std::vector<double> kSeen = {0.2,   0.3,   -0.1, kNone, 0.5,  0.45,
                                   kNone, kNone, 0.9,  0.2,   -0.3, 0.1};

}  // namespace

TEST_CASE("fractional filter: evidence and posterior are those of the dense Gaussian") {
  for (const FbmType type : {FbmType::mandelbrot_van_ness, FbmType::riemann_liouville})
    for (const double hurst : {0.25, 0.7}) {
      CAPTURE(hurst);
      const FractionalLine line = example(hurst, type);
      const auto steps = std::ssize(kSeen) - 1;
      const Dense d = dense(line, kSeen[0], steps);
      std::vector<int64_t> places;
      std::vector<double> seen;
      for (int64_t i = 0; i < steps; ++i)
        if (const double v = kSeen[static_cast<size_t>(i) + 1]; !std::isnan(v))
          places.push_back(i), seen.push_back(v);
      const Tensor at_seen = at::tensor(places, at::kLong);
      const auto count = std::ssize(seen);
      const Tensor cross = d.covariance.index_select(1, at_seen);  // (N,count)
      const Tensor gram = cross.index_select(0, at_seen) + line.noise * at::eye(count, at::kDouble);
      const Tensor missed = at::tensor(seen, at::kDouble) - d.mean.index_select(0, at_seen);
      const Tensor solved = at::linalg_solve(gram, missed.unsqueeze(1)).squeeze(1);
      const double exact = -0.5 * (missed.dot(solved).item<double>() +
                                   std::get<0>(at::linalg_eigh(gram)).log().sum().item<double>() +
                                   static_cast<double>(count) * std::log(2 * std::numbers::pi));
      CHECK(log_evidence(line, kSeen) == doctest::Approx(exact).epsilon(1e-9));
      const Guide guide = guide_to(line, kSeen);
      CHECK(guide.log_evidence == doctest::Approx(exact).epsilon(1e-9));
      CHECK(max_abs_diff(guide.mean.slice(0, 1), d.mean + cross.matmul(solved)) < 1e-8);
      const Tensor posterior = d.covariance - cross.matmul(at::linalg_solve(gram, cross.t()));
      CHECK(max_abs_diff(guide.variance.slice(0, 1), posterior.diagonal()) < 1e-8);
      // The last value was seen: nothing more is known of what follows than the filter says.
      const Ahead ahead = look_ahead(line, std::span(kSeen).first(5), 3);
      const Ahead none =
          look_ahead(line, std::vector<double>{0.2, 0.3, -0.1, kNone, 0.5, kNone, kNone}, 1);
      CHECK(ahead.mean[2] == doctest::Approx(none.mean[0]).epsilon(1e-12));
      CHECK(ahead.variance[2] == doctest::Approx(none.variance[0]).epsilon(1e-12));
    }
}

TEST_CASE("fractional filter: guided paths all weigh the evidence, to rounding") {
  // log p(values, path) - log q(path) is the evidence for each path where the guide is exact.
  const FractionalLine line = example(0.3, FbmType::mandelbrot_van_ness);
  const Guide g = guide_to(line, kSeen);
  const OuStep step = ou_step(line.driver, line.dt);
  const Tensor weight = at::tensor(line.driver.weights, at::kDouble);
  Rng rng(3);
  for (int path = 0; path < 5; ++path) {
    Tensor prior = at::zeros({6, 6}, at::kDouble);
    prior[0][0] = line.noise;
    prior.slice(0, 1).slice(1, 1).copy_(ou_start(line.driver));
    const Tensor z = rng.normal({6}, at::kDouble);
    Tensor s = g.start_mean + g.start_root.matmul(z);
    Tensor from = s.clone();
    from[0] -= kSeen[0];
    const auto log_det = [](const Tensor& t) {
      return std::get<0>(at::linalg_eigh(t)).log().sum().item<double>();
    };
    double log_weight =
        0.5 * (z.dot(z) - from.dot(at::linalg_solve(prior, from.unsqueeze(1)).squeeze(1)))
                  .item<double>() +
        0.5 * (log_det(g.start_root.matmul(g.start_root.t())) - log_det(prior));
    for (int64_t i = 0; i + 1 < std::ssize(kSeen); ++i) {
      const Tensor e = rng.normal({g.root.size(1)}, at::kDouble);
      const Tensor normals = g.offset[i] + g.gain[i].matmul(s) + g.spread[i].matmul(e);
      log_weight += 0.5 * (e.dot(e) - normals.dot(normals)).item<double>() +
                    0.5 * log_det(g.spread[i].matmul(g.spread[i].t()));
      const Tensor y = s.slice(0, 1), moved = step.decay * y + g.root.matmul(normals);
      const double x = s[0].item<double>();
      Tensor next = at::cat({s.slice(0, 0, 1), moved});
      next[0] = x + line.dt * (line.constant - line.pull * x) +
                line.scale * weight.dot(moved - y).item<double>();
      s = next;
      if (const double v = kSeen[static_cast<size_t>(i) + 1]; !std::isnan(v))
        log_weight -= 0.5 * (std::pow(v - s[0].item<double>(), 2) / line.noise +
                             std::log(2 * std::numbers::pi * line.noise));
    }
    CHECK(log_weight == doctest::Approx(g.log_evidence).epsilon(1e-6));
  }
}

TEST_CASE("fractional filter: profiled constant and scale are the best there are") {
  FractionalLine line = example(0.4, FbmType::mandelbrot_van_ness);
  const double ratio = 0.2;
  const ProfiledLine best = profile_evidence(line, ratio, kSeen);
  const auto at = [&](double constant, double scale) {
    line.constant = constant, line.scale = scale;
    line.noise = ratio * scale * scale * std::pow(line.dt, 2 * 0.4);
    return log_evidence(line, kSeen);
  };
  CHECK(at(best.constant, best.scale) == doctest::Approx(best.log_evidence).epsilon(1e-9));
  for (const double step : {-0.01, 0.01}) {
    CHECK(at(best.constant + step, best.scale) < best.log_evidence);
    CHECK(at(best.constant, best.scale * (1 + step)) < best.log_evidence);
  }
  CHECK(profile_evidence(line, ratio, kSeen, true).log_evidence < best.log_evidence);
}

TEST_CASE("fractional filter: bad input is one line") {
  const FractionalLine line = example(0.5, FbmType::mandelbrot_van_ness);
  CHECK_THROWS_WITH_AS(log_evidence(line, std::vector<double>{1.0}),
                       "fractional filter: 1 values, expected two or more", Error);
  CHECK_THROWS_WITH_AS(log_evidence(line, std::vector<double>{kNone, 1.0}),
                       "fractional filter: the first value is missing", Error);
  FractionalLine exact = line;
  exact.noise = 0;
  CHECK_THROWS_WITH_AS(guide_to(exact, kSeen), "guide_to: noise 0, expected > 0", Error);
}
