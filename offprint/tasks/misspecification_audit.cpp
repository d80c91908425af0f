#include "offprint/tasks/misspecification_audit.h"

#include <algorithm>
#include <cmath>

#include "offprint/tasks/worst_reward.h"
#include "offprint/worlds/behaviour.h"

namespace offprint::tasks {
namespace {

using kernels::Canonical;
using kernels::RewardSpace;

// Mild and strong forms of every way people are known to differ.
std::vector<DeviationTrial> listed(const RewardModelOptions& o) {
  std::vector<DeviationTrial> all;
  const auto add = [&](const std::string& label, const char* deviation, double amount,
                       bool strong) {
    all.push_back({label, deviation, amount, strong});
  };
  const double left = 1 - o.discount, horizon = 1 / left;
  for (const bool strong : {false, true}) {
    const double times = strong ? 2 : 1.25;
    const double lower = std::max(0.0, 1 - left * times), higher = 1 - left / times;
    add(fmt::format("discounts more, {}", number_text(lower)), "discount", lower, strong);
    add(fmt::format("discounts less, {}", number_text(higher)), "discount", higher, strong);
    const double share = strong ? 0.3 : 0.1;
    add(fmt::format("believes wrong transitions, {:.0f} %", 100 * share), "transition", share,
        strong);
    const double heat = strong ? 3 : 1.5;
    add(fmt::format("temperature times {}", number_text(heat)), "temperature", heat, strong);
    const double k = (strong ? 3 : 1) * left / std::max(o.discount, 0.1);
    add(fmt::format("hyperbolic discounting, k {}", number_text(k, 3)), "hyperbolic", k, strong);
    const double steps = std::max(1.0, std::round(horizon / (strong ? 4 : 1)));
    add(fmt::format("looks {:.0f} step{} ahead", steps, steps == 1 ? "" : "s"), "myopia", steps,
        strong);
    const double noise = strong ? 0.2 : 0.05;
    add(fmt::format("{:.0f} % of steps at random", 100 * noise), "noise", noise, strong);
    const double fear = (strong ? 2 : 0.5) / o.temperature;
    add(fmt::format("risk aversion {}", number_text(fear)), "risk", fear, strong);
    const double power = strong ? 0.61 : 0.8;
    add(fmt::format("overweights the unlikely, {}", number_text(power)), "prospect", power, strong);
    const double stuck = strong ? 0.3 : 0.1;
    add(fmt::format("repeats itself, {:.0f} %", 100 * stuck), "stuck", stuck, strong);
  }
  return all;
}

worlds::DecisionProcesses world_of(const InferredReward& r) {
  worlds::DecisionProcesses w;
  w.transition = r.world.transition.unsqueeze(0);
  w.reward = r.reward.unsqueeze(0).unsqueeze(-1).expand_as(w.transition).contiguous();
  w.discount = at::full({1}, r.world.discount, at::kDouble);
  w.start = at::zeros({1, r.world.transition.size(0)}, at::kDouble);
  int64_t before = -1;
  const auto s = r.log.steps.state.accessor<int64_t, 1>(),
             t = r.log.steps.trajectory.accessor<int64_t, 1>();
  std::vector<bool> begun(static_cast<size_t>(r.log.trajectories));
  for (int64_t i = 0; i < s.size(0); ++i) {
    if (t[i] == before || begun[static_cast<size_t>(t[i])]) continue;
    before = t[i], begun[static_cast<size_t>(t[i])] = true;
    w.start[0][s[i]] += 1 / static_cast<double>(r.log.trajectories);
  }
  return w;
}

class Auditor {
 public:
  Auditor(const InferredReward& r, const Rng& rng, int64_t draws)
      : r_(r),
        rng_(rng),
        draws_(draws),
        world_(world_of(r)),
        space_{world_.transition, world_.discount},
        seen_(r.counts.sum(-1, true)) {}

  void judge(DeviationTrial& trial, Tensor& worst) const {
    const int64_t draws = trial.deviation == "transition" ? draws_ : 1;
    for (int64_t i = 0; i < draws; ++i) {
      const Rng rng = rng_.split(static_cast<uint64_t>(i));
      const Tensor policy = worlds::behave(world_,
                                           {.model = r_.options.model,
                                            .temperature = r_.options.temperature,
                                            .deviation = trial.deviation,
                                            .amount = trial.amount},
                                           rng)[0];
      const RewardFit fit = fit_reward(r_.world, seen_ * policy, fit_options(r_.options));
      trial.distance += distance(fit.reward) / static_cast<double>(draws);
      const bool of_world = trial.deviation == "discount" || trial.deviation == "transition" ||
                            trial.deviation == "prospect";
      if (!of_world) continue;
      const WorstReward w = worst_of(trial, rng);
      const double bound = w.bound.item<double>();
      if (trial.worst && *trial.worst >= bound) continue;
      trial.worst = bound, worst = w.reward[0];
    }
  }

  PolicyAttack attack() const {
    return attack_policy(space_, r_.fit.policy, r_.options.model, 0.5);
  }
  Tensor standard(const Tensor& reward) const {
    return kernels::standardised(space_, reward.unsqueeze(0), Canonical::levelled)[0];
  }

 private:
  double distance(const Tensor& reward) const {
    return kernels::reward_distance(space_, r_.reward.unsqueeze(0), reward.unsqueeze(0),
                                    Canonical::levelled)
        .item<double>();
  }
  // Of all rewards that such a person would have shown the behaviour of the log for.
  WorstReward worst_of(const DeviationTrial& trial, const Rng& rng) const {
    RewardSpace acted = space_;
    if (trial.deviation == "discount") acted.discount = at::full({1}, trial.amount, at::kDouble);
    if (trial.deviation == "transition")
      acted.transition = worlds::mistaken_transition(world_, trial.amount, rng);
    if (trial.deviation == "prospect")
      acted.transition = worlds::weighted_transition(world_.transition, trial.amount);
    return worst_reward(
        space_, acted, r_.reward.unsqueeze(0),
        reward_of_policy(r_.fit.policy, r_.options.model, r_.options.temperature).unsqueeze(0));
  }

  const InferredReward& r_;
  Rng rng_;
  int64_t draws_;
  worlds::DecisionProcesses world_;
  RewardSpace space_;
  Tensor seen_;
};

}  // namespace

MisspecificationAudit audit_misspecification(const MisspecificationRequest& request,
                                             Progress& progress) {
  const MisspecificationOptions& o = request.options;
  require(
      !request.data.empty(),
      "audit: --data is missing, expected a log (CSV): a row a decision, with state and action");
  require(o.draws >= 1, "--draws: {}, expected at least 1", o.draws);
  require(o.reward.model != "optimal",
          "audit: --assumed-model optimal, expected mce|boltzmann: of optimal behaviour too little "
          "is told to compare");
  MisspecificationAudit out;
  out.inferred = infer_reward(request.data, o.reward, progress);
  const Auditor auditor(out.inferred, Rng(request.seed).split("misspecification"), o.draws);
  out.trials = listed(o.reward);
  progress.start("deviations", std::ssize(out.trials));
  double furthest = -1;
  for (size_t i = 0; i < out.trials.size(); ++i) {
    DeviationTrial& trial = out.trials[i];
    Tensor worst;
    auditor.judge(trial, worst);
    // The example is of a mild deviation: what a little can do.
    if (trial.worst && !trial.strong && *trial.worst > furthest) {
      furthest = *trial.worst, out.example_label = trial.label;
      out.example_worst = auditor.standard(worst);
    }
    progress.at(static_cast<int64_t>(i) + 1);
    progress.throw_if_stopped();
  }
  out.example_inferred = auditor.standard(out.inferred.reward);
  progress.start("the least change of behaviour");
  out.attack = auditor.attack();
  return out;
}

}  // namespace offprint::tasks
