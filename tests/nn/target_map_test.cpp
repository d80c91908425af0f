#include "offprint/nn/target_map.h"

#include <doctest/doctest.h>

#include "offprint/core/error.h"

using namespace offprint;
using namespace offprint::nn;

TEST_CASE("layers: products with the transposed Jacobian are those of automatic gradients") {
  Rng rng{5};
  const Tensor X = rng.normal({9, 4}, at::kDouble);
  for (const bool bias : {false, true})
    for (const Activation activation : {Activation::none, Activation::tanh}) {
      const LayerOptions o{.widths = {4, 6, 5, 2}, .activation = activation, .bias = bias};
      const TargetModel ours = layered_model(X, o);
      const TargetModel recorded =
          recorded_model(ours.parameters, 9, 2, [&](const Tensor& theta, const Tensor& rows) {
            return layered_outputs(X.index_select(0, rows), o, theta);
          });
      const Tensor theta = start_layers(o, rng.split("start")) + 0.1;
      const Tensor rows = at::tensor({7, 0, 3}, at::kLong);
      const auto a = ours.on(rows).record(theta), b = recorded.on(rows).record(theta);
      const Tensor u = rng.normal({3, 2}, at::kDouble);
      CHECK(max_abs_diff(a.outputs, b.outputs) < 1e-14);
      CHECK(max_abs_diff(a.outputs, ours.on(rows).outputs(theta)) < 1e-14);
      CHECK(max_abs_diff(a.pull(u), b.pull(u)) < 1e-13);
    }
}

TEST_CASE("layers: one without bias is linear and says so") {
  Rng rng{6};
  const Tensor X = rng.normal({5, 3}, at::kDouble);
  const TargetModel linear = layered_model(X, {.widths = {3, 2}});
  const Tensor theta = rng.normal({6}, at::kDouble);
  const TargetMap all = linear.on({});
  CHECK(max_abs_diff(all.outputs(theta), all.design.matmul(theta.view({3, 2}))) < 1e-14);
  CHECK(!layered_model(X, {.widths = {3, 4, 2}}).on({}).design.defined());
  CHECK_THROWS_WITH_AS(layered_model(X, {.widths = {4, 2}}),
                       "layers: X is (5,3), expected (N,4) float64", Error);
  CHECK_THROWS_WITH_AS(layered_model(X, {.widths = {3}}), "layers: 1 widths, expected two or more",
                       Error);
}
