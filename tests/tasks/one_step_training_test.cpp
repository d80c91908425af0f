#include "offprint/tasks/one_step_training.h"

#include <doctest/doctest.h>

#include "offprint/core/error.h"
#include "offprint/worlds/linear_process.h"

using namespace offprint;
using namespace offprint::tasks;

namespace {

double error_on(const models::HankelAttention& model, const Tensor& w) {
  const int64_t N = w.size(1) - 1;
  return (foretell(model, w.slice(1, 0, N)) - w.select(1, N)).square().mean().item<double>();
}

}  // namespace

TEST_CASE("one-step training: each layer more foretells the training windows no worse") {
  Rng rng(1);
  const worlds::LinearProcess process{.rho = {1.1, -0.4}};
  const Tensor w = worlds::sample_windows(process, 1500, 19, rng) / 2;
  Progress progress;
  const auto by_depth = train_by_depth({.train = w, .validation = w}, 2, 2,
                                       {.steps = 120, .batch = 256}, rng, progress);
  REQUIRE(by_depth.size() == 2);
  const double one = error_on(by_depth[0], w), two = error_on(by_depth[1], w);
  CHECK(one < w.select(1, 18).square().mean().item<double>());
  CHECK(two < one);
  CHECK(two > 0.9 * 0.25);  // the shocks cannot be foretold
}

TEST_CASE("one-step training: outliers are bounded, and no windows are an error") {
  Rng rng(2);
  models::HankelAttention model = models::make_hankel_attention({.lags = 2}, rng);
  Tensor w = rng.normal({64, 11});
  w[3].fill_(1e9);
  w.select(1, 10).fill_(0);
  OneStepObjective objective(model, {.train = w, .bound = 4});
  CHECK(objective.loss(at::tensor({int64_t{3}}, at::kLong), rng).item<double>() ==
        doctest::Approx(16));
  CHECK_THROWS_AS(OneStepObjective(model, {}), Error);
}
