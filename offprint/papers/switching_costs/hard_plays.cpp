#include "offprint/papers/switching_costs/hard_plays.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "offprint/papers/statistics.h"

namespace offprint::papers::switching_costs {
namespace {

constexpr double kMultiples[] = {0.5, 1, 2, 4};

kernels::SlotFeedback feedback_of(const std::string& method) {
  if (method == "one-slot") return kernels::SlotFeedback::bandit;
  return method == "one-arm" ? kernels::SlotFeedback::one_arm : kernels::SlotFeedback::full;
}

}  // namespace

Point worst_play(int64_t log_rounds, int64_t arms, const tasks::SwitchingLearner& learner,
                 int64_t repetitions, const Rng& rng) {
  const int64_t log_batches = std::countr_zero(static_cast<uint64_t>(learner.batches));
  const kernels::BatchedLearner in_lanes{feedback_of(learner.method), log_batches, learner.rate};
  Point worst;
  worst.regret = -1;
  for (const double multiple : kMultiples) {
    kernels::HardInstance world{.arms = arms, .log_rounds = log_rounds};
    const auto n = static_cast<double>(learner.batches);
    world.gap = std::min(0.25, multiple * std::sqrt(static_cast<double>(arms) / n));
    const kernels::Plays plays = kernels::play_hard_instance(world, in_lanes, repetitions, rng);
    std::vector<double> totals(plays.regret.size());
    for (size_t i = 0; i < totals.size(); ++i) totals[i] = plays.regret[i] + plays.switches[i];
    const double average = mean(totals);
    if (average <= worst.regret) continue;
    double square = 0;
    for (const double total : totals) square += (total - average) * (total - average);
    worst.regret = average;
    worst.error = std::sqrt(square) / static_cast<double>(totals.size());
    worst.switches = mean(plays.switches), worst.gap = world.gap;
    // A keep fails with probability 1 - exp(-eta l) <= eta l; losses are 1/2 in the mean, at most.
    worst.switch_bound = learner.rate * n / 2;
    worst.observations = plays.observations, worst.clipped = plays.clipped;
  }
  worst.batches = learner.batches, worst.learner = learner;
  return worst;
}

tasks::SwitchingLearner in_powers(const tasks::SwitchingPlan& plan, int64_t most_log_batches) {
  tasks::SwitchingLearner learner = plan.learner;
  const auto log_batches = std::clamp<int64_t>(
      std::lround(std::log2(static_cast<double>(learner.batches))), 0, most_log_batches);
  // Less batches for the same bound of the estimates' squares.
  learner.rate *= std::sqrt(static_cast<double>(learner.batches) /
                            static_cast<double>(int64_t{1} << log_batches));
  learner.batches = int64_t{1} << log_batches;
  return learner;
}

double fitted_knee(const std::vector<double>& log_x, const std::vector<double>& log_y) {
  double best = std::numeric_limits<double>::infinity(), knee = 0;
  const auto [low, high] = std::ranges::minmax(log_x);
  for (int step = 0; step <= 400; ++step) {
    const double at = low + (high - low) * step / 400;
    double level = 0, square = 0;
    const auto fall = [&](size_t i) { return std::max(0.0, log_x[i] - at) / 2; };
    for (size_t i = 0; i < log_x.size(); ++i)
      level += (log_y[i] + fall(i)) / static_cast<double>(log_x.size());
    for (size_t i = 0; i < log_x.size(); ++i) square += std::pow(log_y[i] + fall(i) - level, 2);
    if (square < best) best = square, knee = at;
  }
  return knee;
}

}  // namespace offprint::papers::switching_costs
