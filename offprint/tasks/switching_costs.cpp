#include "offprint/tasks/switching_costs.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

#include "offprint/core/error.h"
#include "offprint/core/suggest.h"

namespace offprint::tasks {
namespace {

using worlds::LossSequence;

int64_t once_a_batch(int64_t batches, int64_t, int64_t) { return batches; }
int64_t all_a_batch(int64_t batches, int64_t, int64_t arms) { return batches * arms; }
int64_t once_a_round(int64_t, int64_t rounds, int64_t) { return rounds; }
int64_t all_a_round(int64_t, int64_t rounds, int64_t arms) { return rounds * arms; }
int64_t nothing(int64_t, int64_t, int64_t) { return 0; }

constexpr auto kMethods = std::to_array<SwitchingMethod>({
    {"one-slot", "bandit feedback, one round a batch seen, drawn anew each batch (option I)",
     once_a_batch},
    {"full-slot", "all actions of one round a batch, shrinking dartboard (option II)", all_a_batch},
    {"one-arm", "one action of one round a batch, shrinking dartboard (option III)", once_a_batch},
    {"anytime", "one-slot on stretches that double, for rounds that nobody knows", nullptr},
    {"exp3-batched", "Exp3 on the means of batches", once_a_round},
    {"exp3", "Exp3, drawn anew each round", once_a_round},
    {"hedge", "exponential weights, all losses seen, drawn anew each round", all_a_round},
    {"dartboard", "exponential weights, all losses seen, shrinking dartboard", all_a_round},
    {"lazy-leader", "the leader after one draw of handicaps, all losses seen", all_a_round},
    {"tsallis-blocks", "Tsallis-INF on blocks that grow (rates ours)", once_a_round},
    {"random", "one action, drawn once", nothing},
});

// Weights kept as logarithms, the largest at zero.
class Weights {
 public:
  explicit Weights(int64_t arms) : log_(static_cast<size_t>(arms)) {}
  std::vector<double> probabilities() const {
    std::vector<double> p(log_.size());
    double sum = 0;
    for (size_t k = 0; k < p.size(); ++k) sum += p[k] = std::exp(log_[k]);
    for (double& value : p) value /= sum;
    return p;
  }
  void lower(std::span<const double> losses, double rate) {
    for (size_t k = 0; k < log_.size(); ++k) log_[k] -= rate * losses[k];
    const double top = std::ranges::max(log_);
    for (double& value : log_) value -= top;
  }

 private:
  std::vector<double> log_;
};

int64_t drawn(std::span<const double> p, Rng& rng) {
  double u = rng.uniform();
  for (size_t k = 0; k + 1 < p.size(); ++k) {
    if (u < p[k]) return static_cast<int64_t>(k);
    u -= p[k];
  }
  return std::ssize(p) - 1;
}

// What plays: everything a learner does to the tally of a play.
class Table {
 public:
  explicit Table(const LossSequence& losses) : losses_(losses) {
    play_.actions.reserve(static_cast<size_t>(losses.rounds));
  }
  int64_t rounds() const { return losses_.rounds; }
  int64_t arms() const { return losses_.arms; }
  void play(int64_t arm, int64_t rounds) {
    if (!play_.actions.empty() && play_.actions.back() != arm) ++play_.switches;
    for (int64_t i = 0; i < rounds; ++i) {
      play_.loss += losses_.loss(std::ssize(play_.actions), arm);
      play_.actions.push_back(arm);
    }
  }
  double see(int64_t round, int64_t arm) {
    ++play_.observations;
    return losses_.loss(round, arm);
  }
  std::vector<double> see_all(int64_t round) {
    std::vector<double> row;
    for (int64_t k = 0; k < arms(); ++k) row.push_back(see(round, k));
    return row;
  }
  SwitchingPlay result() { return std::move(play_); }

 private:
  const LossSequence& losses_;
  SwitchingPlay play_;
};

int64_t begin_of(int64_t batch, int64_t batches, int64_t rounds) {
  return static_cast<int64_t>(static_cast<__int128>(batch) * rounds / batches);
}

// Options I, II and III, and what plays as they do round by round, in rounds first .. first +
// rounds.
void play_batches(Table& table, const SwitchingLearner& learner, int64_t batches, int64_t first,
                  int64_t rounds, Rng& rng) {
  const int64_t arms = table.arms();
  const std::string& m = learner.method;
  const bool dartboard = m == "full-slot" || m == "one-arm" || m == "dartboard";
  const std::string feedback = m == "exp3" ? "one-slot" : m;
  Weights weights(arms);
  std::vector<double> estimate(static_cast<size_t>(arms));
  int64_t arm = -1;
  for (int64_t b = 0; b < batches; ++b) {
    const int64_t begin = first + begin_of(b, batches, rounds);
    const int64_t end = first + begin_of(b + 1, batches, rounds);
    const std::vector<double> p = weights.probabilities();
    const bool stay = dartboard && arm >= 0 &&
                      rng.uniform() < std::exp(-learner.rate * estimate[static_cast<size_t>(arm)]);
    if (!stay) arm = drawn(p, rng);
    table.play(arm, end - begin);
    if (m == "exp3-batched") {
      double sum = 0;
      for (int64_t t = begin; t < end; ++t) sum += table.see(t, arm);
      const double mean = sum / static_cast<double>(end - begin);
      estimate = slot_estimate(
          "one-slot", [&](int64_t) { return mean; }, p, arm, rng);
    } else {
      const int64_t slot = begin + rng.integer(end - begin);
      estimate = slot_estimate(
          feedback, [&](int64_t k) { return table.see(slot, k); }, p, arm, rng);
    }
    weights.lower(estimate, learner.rate);
  }
}

// Kalai & Vempala 2005: handicaps of the exponential law, drawn once.
void play_leader(Table& table, double rate, Rng& rng) {
  std::vector<double> sums;
  for (int64_t k = 0; k < table.arms(); ++k) sums.push_back(std::log1p(-rng.uniform()) / rate);
  for (int64_t t = 0; t < table.rounds(); ++t) {
    table.play(std::ranges::min_element(sums) - sums.begin(), 1);
    const std::vector<double> row = table.see_all(t);
    for (size_t k = 0; k < row.size(); ++k) sums[k] += row[k];
  }
}

// w_k = 4 / (eta (L_k - x))^2 with sum 1 (Zimmert & Seldin 2021), x by Newton from below.
std::vector<double> tsallis(std::span<const double> losses, double rate) {
  double x = std::ranges::min(losses) - 2 / rate * std::sqrt(static_cast<double>(losses.size()));
  std::vector<double> w(losses.size());
  for (int i = 0; i < 60; ++i) {
    double sum = 0, slope = 0;
    for (size_t k = 0; k < w.size(); ++k) {
      w[k] = 4 / std::pow(rate * (losses[k] - x), 2);
      sum += w[k], slope += rate * std::pow(w[k], 1.5);
    }
    if (std::abs(sum - 1) < 1e-12) break;
    x -= (sum - 1) / slope;
  }
  double sum = 0;
  for (const double value : w) sum += value;
  for (double& value : w) value /= sum;
  return w;
}

// Rouyer, Seldin & Cesa-Bianchi 2021: blocks as long as 3/2 sqrt(n / K), means of blocks as losses.
void play_tsallis(Table& table, Rng& rng) {
  const int64_t arms = table.arms();
  std::vector<double> sums(static_cast<size_t>(arms));
  int64_t begin = 0;
  for (int64_t n = 1; begin < table.rounds(); ++n) {
    const double a = 1.5 * std::sqrt(static_cast<double>(n) / static_cast<double>(arms));
    const int64_t length =
        std::clamp<int64_t>(static_cast<int64_t>(std::ceil(a)), 1, table.rounds() - begin);
    const std::vector<double> p = tsallis(sums, 2 / std::sqrt(static_cast<double>(n)));
    const int64_t arm = drawn(p, rng);
    table.play(arm, length);
    double sum = 0;
    for (int64_t t = begin; t < begin + length; ++t) sum += table.see(t, arm);
    sums[static_cast<size_t>(arm)] +=
        sum / static_cast<double>(length) / p[static_cast<size_t>(arm)];
    begin += length;
  }
}

// Observations of `anytime`.
int64_t play_length(int64_t rounds, int64_t arms, double cost) {
  int64_t seen = 0;
  for (int64_t first = 0, length = 1; first < rounds; first += length, length *= 2)
    seen += std::min(plan_for("one-slot", length, arms, length, cost).learner.batches,
                     std::min(length, rounds - first));
  return seen;
}

const SwitchingMethod& find_method(const std::string& name) {
  std::vector<std::string> names;
  for (const SwitchingMethod& method : kMethods) {
    if (method.name == name) return method;
    names.emplace_back(method.name);
  }
  fail("switching costs: unknown method '{}'{}, expected {}", name, did_you_mean(name, names),
       fmt::join(names, "|"));
}

}  // namespace

std::span<const SwitchingMethod> switching_methods() { return kMethods; }

SwitchingPlay play(const LossSequence& losses, const SwitchingLearner& learner, Rng rng) {
  find_method(learner.method);
  require(learner.rate > 0, "switching costs: rate {}, expected above zero", learner.rate);
  Table table(losses);
  const std::string& m = learner.method;
  if (m == "one-slot" || m == "full-slot" || m == "one-arm" || m == "exp3-batched") {
    require(learner.batches >= 1 && learner.batches <= losses.rounds,
            "switching costs: {} batches, expected 1 to {}", learner.batches, losses.rounds);
    play_batches(table, learner, learner.batches, 0, losses.rounds, rng);
  } else if (m == "exp3" || m == "hedge" || m == "dartboard") {
    play_batches(table, learner, losses.rounds, 0, losses.rounds, rng);
  } else if (m == "anytime") {
    // Rounds 1, 2, 4, ..: what is best for as many, whatever comes.
    for (int64_t first = 0, length = 1; first < losses.rounds; first += length, length *= 2) {
      const SwitchingLearner phase =
          plan_for("one-slot", length, losses.arms, length, learner.cost).learner;
      const int64_t rounds = std::min(length, losses.rounds - first);
      play_batches(table, phase, std::min(phase.batches, rounds), first, rounds, rng);
    }
  } else if (m == "lazy-leader") {
    play_leader(table, learner.rate, rng);
  } else if (m == "tsallis-blocks") {
    play_tsallis(table, rng);
  } else {
    table.play(rng.integer(losses.arms), losses.rounds);
  }
  return table.result();
}

SwitchingPlan plan_for(const std::string& method, int64_t rounds, int64_t arms, int64_t budget,
                       double cost) {
  const SwitchingMethod& row = find_method(method);
  require(rounds >= 1 && arms >= 2 && cost >= 0,
          "switching costs: {} rounds, {} arms, cost {}, expected >= 1, >= 2 and >= 0", rounds,
          arms, cost);
  const auto t = static_cast<double>(rounds), k = static_cast<double>(arms);
  const double log_k = std::log(k);
  SwitchingPlan plan;
  SwitchingLearner& l = plan.learner;
  l.method = method;
  if (method == "one-slot" || method == "anytime" || method == "exp3-batched" || method == "exp3") {
    const double each = std::max(cost * (1 - 1 / k), 1e-12);
    const double best = std::pow(t * std::sqrt(2 * k * log_k) / (2 * each), 2.0 / 3);
    const double most = method == "one-slot" ? static_cast<double>(std::min(budget, rounds)) : t;
    const double n = method == "exp3" ? t : std::clamp(std::round(best), 1.0, std::max(most, 1.0));
    l.batches = static_cast<int64_t>(n);
    l.rate = std::sqrt(2 * log_k / (n * k));
    plan.bound = t * std::sqrt(2 * k * log_k / n) + each * n;
  } else {
    const bool one_arm = method == "one-arm", slots = one_arm || method == "full-slot";
    const int64_t affordable = slots ? (one_arm ? budget : budget / arms) : rounds;
    l.batches = std::clamp<int64_t>(affordable, 1, rounds);
    const auto n = static_cast<double>(l.batches);
    const double length = t / n, second = one_arm ? k : 1;
    l.rate = std::sqrt(2 * log_k / (n * second));
    plan.bound = length * (log_k / l.rate + l.rate * n * second / 2) + cost * l.rate * n;
  }
  l.cost = cost;
  plan.observations = row.observations ? row.observations(l.batches, rounds, arms)
                                       : play_length(rounds, arms, cost);
  return plan;
}

SwitchingPlan plan_with_extra(int64_t rounds, int64_t arms, int64_t extra, double cost) {
  const SwitchingPlan bandit = plan_for("one-slot", rounds, arms, rounds, cost);
  const int64_t batches = extra / (arms - 1);
  if (batches < 1) return bandit;
  const SwitchingPlan full = plan_for("full-slot", rounds, arms, batches * arms, cost);
  return full.bound < bandit.bound ? full : bandit;
}

std::vector<double> slot_estimate(const std::string& method,
                                  const std::function<double(int64_t arm)>& see,
                                  std::span<const double> p, int64_t arm, Rng& rng) {
  std::vector<double> estimate(p.size());
  if (method == "one-slot") {
    estimate[static_cast<size_t>(arm)] = see(arm) / p[static_cast<size_t>(arm)];
  } else if (method == "one-arm") {
    const int64_t seen = rng.integer(std::ssize(p));
    estimate[static_cast<size_t>(seen)] = static_cast<double>(p.size()) * see(seen);
  } else {
    for (int64_t k = 0; k < std::ssize(p); ++k) estimate[static_cast<size_t>(k)] = see(k);
  }
  return estimate;
}

}  // namespace offprint::tasks
