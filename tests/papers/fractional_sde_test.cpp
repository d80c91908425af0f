#include <doctest/doctest.h>

#include <cmath>

#include "offprint/papers/fractional_sde/bridge.h"

using namespace offprint;
using namespace offprint::papers;

TEST_CASE("fractional-sde: the bridge's prior is the Ornstein-Uhlenbeck process at H 1/2") {
  const Tensor c = fractional_sde::bridge_covariance(0.5, 1.5, 2, 40);
  const auto exact = [](double s, double t) {
    return (std::exp(-1.5 * (t - s)) - std::exp(-1.5 * (t + s))) / 3;
  };
  CHECK(c[40][40].item<double>() == doctest::Approx(exact(2, 2)).epsilon(1e-3));
  CHECK(c[10][30].item<double>() == doctest::Approx(exact(0.5, 1.5)).epsilon(1e-3));
}

TEST_CASE("fractional-sde: a bridge, timed") {
  Progress progress;
  for (const double h : {0.3, 0.7}) {
    fractional_sde::BridgeOptions o;
    if (const char* v = getenv("BR_LR")) o.lr = atof(v);
    if (const char* v = getenv("BR_N")) o.train_steps = atoi(v);
    if (const char* v = getenv("BR_K")) o.knots = atoi(v);
    if (const char* v = getenv("BR_P")) o.paths = atoi(v);
    if (const char* v = getenv("BR_H")) o.hidden = atoi(v);
    const auto b = fractional_sde::run_bridge(h, o, Rng(1), progress);
    MESSAGE(h << " mean " << b.mean_error << " var " << b.variance_error << " guided "
              << b.guided_mean_error << " " << b.guided_variance_error << " bound " << b.bound
              << " evidence " << b.evidence);
  }
}
