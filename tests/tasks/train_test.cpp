#include "offprint/tasks/train.h"

#include <doctest/doctest.h>

#include <atomic>
#include <cmath>
#include <filesystem>
#include <limits>

#include "offprint/core/error.h"
#include "tests/tasks/toy_objective.h"

using namespace offprint;
using tasks::train;
using tasks::TrainOptions;
using tasks::TrainResult;

namespace {

TrainOptions quick(int64_t epochs) {
  TrainOptions options{.epochs = epochs, .batch = 8};
  options.optimizer.lr = 0.01;
  return options;
}

TrainResult silently(tasks::Objective& objective, const TrainOptions& options, uint64_t seed = 1) {
  Progress progress;
  return train(objective, options, Rng(seed), progress);
}

std::vector<Tensor> weights(tasks::Objective& objective) {
  return nn::copy_of(objective.parameters());
}

double difference(const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
  double worst = 0;
  for (size_t i = 0; i < a.size(); ++i) worst = std::max(worst, max_abs_diff(a[i], b[i]));
  return worst;
}

// Validations as told, one after the other.
struct Scripted : ToyObjective {
  std::vector<double> script;
  size_t next = 0;
  std::vector<std::vector<Tensor>> seen;
  std::optional<double> validate() override {
    seen.push_back(nn::copy_of(parameters()));
    return script.at(next++);
  }
};

}  // namespace

TEST_CASE("train: the loss falls and every epoch is reported") {
  ToyObjective objective(0.0);
  const TrainResult result = silently(objective, quick(30));
  CHECK(result.steps == 30 * 7);  // 50 examples in batches of 8: 7 steps
  CHECK(result.epochs == 30);
  REQUIRE(result.losses.size() == 30);
  REQUIRE(result.validations.size() == 30);
  CHECK(result.losses.back() < 0.25 * result.losses.front());
  CHECK(result.best.value() ==
        *std::min_element(result.validations.begin(), result.validations.end()));
}

TEST_CASE("train: without shuffling noise a full batch of plain descent is gradient descent") {
  ToyObjective objective(0.0), by_hand(0.0);
  TrainOptions options{.steps = 3, .batch = 50, .clip = 0.0, .keep_best = false};
  options.optimizer = {.kind = "sgd", .lr = 0.1, .weight_decay = 0.0, .momentum = 0.0};
  options.schedule.kind = "constant";
  options.schedule.warmup = 0.0;
  silently(objective, options);
  Rng rng(0);
  for (int step = 0; step < 3; ++step) {
    const auto parameters = by_hand.parameters();
    by_hand.loss(at::arange(50), rng).backward();
    const at::NoGradGuard no_grad;
    for (const auto& p : parameters) {
      p.tensor.sub_(p.tensor.grad() * 0.1);
      p.tensor.mutable_grad() = Tensor();
    }
  }
  CHECK(difference(weights(objective), weights(by_hand)) < 1e-6);
}

TEST_CASE("train: the same seed gives the same weights bit for bit, another one does not") {
  ToyObjective a, b, c;
  silently(a, quick(3), 5);
  silently(b, quick(3), 5);
  silently(c, quick(3), 6);
  CHECK(difference(weights(a), weights(b)) == 0.0);
  CHECK(difference(weights(a), weights(c)) > 1e-4);
}

TEST_CASE("train: one thread and two end with the same loss to 1e-6") {
  ToyObjective a, b;
  at::set_num_threads(1);
  const double one = silently(a, quick(5)).losses.back();
  at::set_num_threads(2);
  CHECK(std::abs(silently(b, quick(5)).losses.back() - one) < 1e-6);
}

TEST_CASE("train: micro-batches accumulate to the whole batch, uneven ones too") {
  ToyObjective whole(0.0), parts(0.0);
  TrainOptions options = quick(4);
  options.keep_best = false;
  const auto a = silently(whole, options);
  options.accumulate = 3;  // 8 = 2 + 3 + 3; the last batch has 2 examples
  const auto b = silently(parts, options);
  CHECK(difference(weights(whole), weights(parts)) < 1e-6);
  CHECK(std::abs(a.losses.back() - b.losses.back()) < 1e-6);
}

TEST_CASE(
    "train: it stops early after `patience` validations without gain, with the best weights") {
  Scripted objective;
  objective.script = {5.0, 3.0, 4.0, 3.5, 3.2, 1.0};
  TrainOptions options = quick(20);
  options.patience = 3;
  const TrainResult result = silently(objective, options);
  CHECK(result.epochs == 5);
  CHECK(result.best.value() == 3.0);
  CHECK_FALSE(result.stopped);
  CHECK(difference(weights(objective), objective.seen[1]) == 0.0);
}

TEST_CASE("train: without keep_best it ends with the last weights") {
  Scripted objective;
  objective.script = {1.0, 2.0};
  TrainOptions options = quick(2);
  options.keep_best = false;
  silently(objective, options);
  CHECK(difference(weights(objective), objective.seen[1]) == 0.0);
}

TEST_CASE("train: a stop request keeps what is finished and the checkpoint goes on from there") {
  const auto folder = std::filesystem::temp_directory_path() / "offprint_train_stop";
  std::filesystem::remove_all(folder);
  ToyObjective straight, stopped;
  TrainOptions options = quick(6);
  const auto expected = silently(straight, options);

  options.checkpoint = folder;
  std::atomic<bool> stop = false;
  Progress progress([&](const ProgressUpdate& u) { stop = u.step >= 10; }, &stop);
  const TrainResult first = train(stopped, options, Rng(1), progress);
  CHECK(first.stopped);
  CHECK(first.steps == 10);
  CHECK(first.losses.size() == 1);

  ToyObjective fresh;  // resumes into newly made weights
  const TrainResult second = silently(fresh, options);
  CHECK(second.steps == expected.steps);
  CHECK(second.losses == expected.losses);
  CHECK(second.validations == expected.validations);
  CHECK(difference(weights(fresh), weights(straight)) == 0.0);

  ToyObjective again;  // a finished run has nothing left to do
  CHECK(silently(again, options).losses == expected.losses);
  CHECK(difference(weights(again), weights(straight)) == 0.0);
  std::filesystem::remove_all(folder);
}

TEST_CASE("train: a checkpoint of another run is refused with what differs") {
  const auto folder = std::filesystem::temp_directory_path() / "offprint_train_other";
  std::filesystem::remove_all(folder);
  ToyObjective objective;
  TrainOptions options = quick(1);
  options.checkpoint = folder;
  silently(objective, options);
  options.batch = 10;
  const std::string message = (folder / "checkpoint.safetensors").string() +
                              ": made by a run with batch 8, this one has 10; give another folder "
                              "or remove it";
  CHECK_THROWS_WITH_AS(silently(objective, options), message.c_str(), Error);
  std::filesystem::remove_all(folder);
}

TEST_CASE("train: the time limit ends the run at a step and validates it") {
  ToyObjective objective;
  TrainOptions options = quick(1'000'000);
  options.time_limit_seconds = 0.2;
  const TrainResult result = silently(objective, options);
  CHECK(result.steps > 0);
  CHECK(result.steps < 1'000'000);
  CHECK(result.seconds < 2.0);
  CHECK_FALSE(result.stopped);
  CHECK(result.best.has_value());
}

TEST_CASE("train: a loss that is not a number is an error that names the step") {
  struct Poisoned : ToyObjective {
    int calls = 0;
    Tensor loss(const Tensor& examples, Rng& rng) override {
      const Tensor loss = ToyObjective::loss(examples, rng);
      return ++calls == 5 ? loss * std::numeric_limits<double>::quiet_NaN() : loss;
    }
  } objective;
  CHECK_THROWS_WITH_AS(silently(objective, quick(3)),
                       "train: the loss is nan at step 4; a smaller rate or clean data may help",
                       Error);
}

TEST_CASE("train: progress tells the loss, the rate and the speed") {
  ToyObjective objective;
  std::vector<ProgressUpdate> updates;
  Progress progress([&](const ProgressUpdate& u) { updates.push_back(u); });
  TrainOptions options = quick(1);
  options.schedule.kind = "constant";
  train(objective, options, Rng(1), progress);
  REQUIRE(updates.size() == 8);  // the start and 7 steps
  CHECK(updates.back().step == 7);
  CHECK(updates.back().total == 7);
  CHECK(updates.back().values[0].first == "loss");
  CHECK(updates.back().values[1].second == doctest::Approx(0.01));
  CHECK(updates.back().values[2].second > 0.0);
}

TEST_CASE("train: sizes that make no sense are refused") {
  ToyObjective objective;
  TrainOptions options = quick(1);
  options.batch = 0;
  CHECK_THROWS_WITH_AS(silently(objective, options), "train: batch is 0, expected > 0", Error);
  options = quick(0);
  CHECK_THROWS_WITH_AS(silently(objective, options), "train: epochs is 0, expected > 0", Error);
  struct Empty : ToyObjective {
    int64_t size() const override { return 0; }
  } empty;
  CHECK_THROWS_WITH_AS(silently(empty, quick(1)), "train: no training examples", Error);
}
