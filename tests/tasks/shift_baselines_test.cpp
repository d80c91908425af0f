// Baselines against shifts: identities at their limits, and what each is for.
#include "offprint/tasks/shift_baselines.h"

#include <doctest/doctest.h>

#include "offprint/core/error.h"

using namespace offprint;
using namespace offprint::tasks;

namespace {

// y of a cause c; an effect m of y whose strength and level differ by environment.
EnvironmentData sites(int64_t count, Rng rng) {
  std::vector<Tensor> x, y, of;
  for (int64_t e = 0; e < count; ++e) {
    const Tensor c = rng.normal({600}, at::kDouble);
    const Tensor outcome = c + rng.normal({600}, at::kDouble);
    const double level = static_cast<double>(e) * 2 - 1;
    const Tensor m =
        (1 + static_cast<double>(e)) * outcome + level + 0.3 * rng.normal({600}, at::kDouble);
    x.push_back(at::stack({c, m}, 1)), y.push_back(outcome);
    of.push_back(at::full({600}, e, at::kLong));
  }
  return {at::cat(x), at::cat(y), at::cat(of), count};
}

double error_by_site(const kernels::FeatureRidge& f, const EnvironmentData& d, int64_t e) {
  const Tensor rows = d.environment.eq(e);
  return (d.y.masked_select(rows) - kernels::predict(f, d.x.index({rows})))
      .square()
      .mean()
      .item<double>();
}

}  // namespace

TEST_CASE("baselines: group DRO lowers the worst site's error, ERM the mean's") {
  const EnvironmentData d = sites(3, Rng(1));
  const auto erm = fit_baseline(ShiftBaseline::erm, d, 0, Rng(2));
  const auto dro = fit_baseline(ShiftBaseline::group_dro, d, 0, Rng(2));
  double erm_worst = 0, dro_worst = 0, erm_sum = 0, dro_sum = 0;
  for (int64_t e = 0; e < 3; ++e) {
    erm_worst = std::max(erm_worst, error_by_site(erm, d, e));
    dro_worst = std::max(dro_worst, error_by_site(dro, d, e));
    erm_sum += error_by_site(erm, d, e), dro_sum += error_by_site(dro, d, e);
  }
  CHECK(dro_worst < erm_worst);
  CHECK(erm_sum <= dro_sum + 1e-9);
}

TEST_CASE("baselines: invariance penalties trust what shifts less than ERM does") {
  const EnvironmentData d = sites(4, Rng(3));
  // Change of the prediction a unit of m.
  const auto trust = [&](ShiftBaseline b) {
    const auto f = fit_baseline(b, d, 0, Rng(4));
    const Tensor at_points = at::tensor({0.0, 0.0, 0.0, 1.0}, at::kDouble).view({2, 2});
    const Tensor p = kernels::predict(f, at_points);
    return std::abs((p[1] - p[0]).item<double>());
  };
  const double erm = trust(ShiftBaseline::erm);
  CHECK(erm > 0.1);
  CHECK(trust(ShiftBaseline::anchor) < erm);
  CHECK(trust(ShiftBaseline::core) < erm);
  CHECK(trust(ShiftBaseline::irm) < erm);
}

TEST_CASE("baselines: one environment is refused where a second is needed") {
  const EnvironmentData d = sites(1, Rng(5));
  CHECK_NOTHROW(fit_baseline(ShiftBaseline::erm, d, 0, Rng(1)));
  CHECK_THROWS_AS(fit_baseline(ShiftBaseline::irm, d, 0, Rng(1)), Error);
}
