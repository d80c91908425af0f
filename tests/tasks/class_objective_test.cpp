#include "offprint/tasks/class_objective.h"

#include <doctest/doctest.h>

#include "offprint/core/error.h"
#include "offprint/nn/linear.h"

using namespace offprint;
using namespace offprint::tasks;

TEST_CASE(
    "class objective: a linear map learns classes that a line parts, and accuracy counts them") {
  Rng rng(1);
  const Tensor x = rng.normal({200, 2});
  const LabelledExamples all{x, (x.select(1, 0) > x.select(1, 1)).to(at::kLong)};
  nn::Linear map = nn::make_linear(2, 2, rng);
  const Logits logits = [&](const Tensor& t, Rng*) { return nn::forward(map, t); };
  ClassObjective objective(nn::parameters_of(map), logits, all);
  TrainOptions options;
  options.epochs = 30, options.optimizer.lr = 0.05;
  Progress progress;
  train(objective, options, Rng(2), progress);
  CHECK(accuracy(logits, all, 64) > 97);
}

TEST_CASE("accuracy: by hand, over batches that do not divide the examples") {
  const LabelledExamples all{at::eye(3), at::tensor({0, 1, 0}, at::kLong)};
  const Logits itself = [](const Tensor& t, Rng*) { return t; };
  CHECK(accuracy(itself, all, 2) == doctest::Approx(200.0 / 3));
  CHECK_THROWS_AS(accuracy(itself, {}, 2), Error);
}
