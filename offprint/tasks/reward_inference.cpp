#include "offprint/tasks/reward_inference.h"

#include <algorithm>
#include <cmath>

#include "offprint/core/error.h"
#include "offprint/kernels/mdp_solve.h"

namespace offprint::tasks {
namespace {

void check(const AssumedWorld& world, const Tensor& counts, const RewardFitOptions& o) {
  require_dim(world.transition, 3, "infer reward", "transition", "(S,A,S)");
  require(counts.dim() == 2 && counts.size(0) == world.transition.size(0) &&
              counts.size(1) == world.transition.size(1),
          "infer reward: counts are {}, expected ({},{})", shape_text(counts),
          world.transition.size(0), world.transition.size(1));
  const double least = counts.min().item<double>(), sum = counts.sum().item<double>();
  require(std::isfinite(sum) && least >= 0 && sum > 0,
          "infer reward: counts from {} with sum {}, expected numbers from zero and some above it",
          least, sum);
  require(o.model == "mce" || o.model == "boltzmann",
          "infer reward: unknown model '{}', expected mce|boltzmann", o.model);
  require(o.temperature > 0 && o.ridge > 0,
          "infer reward: temperature {} and ridge {}, expected above zero", o.temperature, o.ridge);
}

// Rewards are linear in parameters: (S A, K).
Tensor features(int64_t states, int64_t actions, RewardForm form) {
  if (form == RewardForm::state_action) return at::eye(states * actions, at::kDouble);
  return at::eye(states, at::kDouble)
      .unsqueeze(1)
      .expand({states, actions, states})
      .reshape({states * actions, states});
}

struct Point {
  double value = 0;
  Tensor log_policy, policy;  // (S,A)
  Tensor backup;              // (S,A) the policy through which values flow back
};

class Problem {
 public:
  Problem(const AssumedWorld& world, const Tensor& counts, const RewardFitOptions& options)
      : options_(options),
        states_(counts.size(0)),
        actions_(counts.size(1)),
        counts_(counts.to(at::kDouble)),
        features_(features(states_, actions_, options.form)),
        world_(world) {}

  int64_t parameters() const { return features_.size(1); }
  Tensor reward(const Tensor& theta) const {
    return at::matmul(features_, theta).view({states_, actions_});
  }

  Point at(const Tensor& theta) const {
    const kernels::DecisionBatch mdp{world_.transition.unsqueeze(0), reward(theta).unsqueeze(0),
                                     at::full({1}, world_.discount, at::kDouble)};
    const bool soft = options_.model == "mce";
    const kernels::SolvedBatch s =
        soft ? kernels::solve_soft(mdp, at::full({1}, options_.temperature, at::kDouble))
             : kernels::solve_optimal(mdp);
    Point p;
    p.log_policy = at::log_softmax(s.q[0] / options_.temperature, -1);
    p.policy = p.log_policy.exp();
    p.backup = soft ? p.policy : (s.q[0] == s.q[0].amax(-1, true)).to(at::kDouble);
    p.backup = p.backup / p.backup.sum(-1, true);
    p.value = (counts_ * p.log_policy).sum().item<double>() -
              options_.ridge / 2 * theta.square().sum().item<double>();
    return p;
  }

  // d log policy / d theta (S A, K): values answer a change of reward through (I - g P_pi)^-1.
  Tensor jacobian(const Point& p) const {
    const Tensor q = value_jacobian(world_, p.backup, options_.form);
    const Tensor mean = (p.policy.unsqueeze(-1) * q).sum(1, true);
    return ((q - mean) / options_.temperature).view({states_ * actions_, -1});
  }

  Tensor gradient(const Tensor& jacobian, const Tensor& theta) const {
    return at::matmul(jacobian.t(), counts_.flatten()) - options_.ridge * theta;
  }
  // The expected information: states count as often as they were seen.
  Tensor information(const Tensor& jacobian, const Point& p) const {
    const Tensor weight = (counts_.sum(-1, true) * p.policy).view({-1, 1});
    return at::matmul(jacobian.t(), weight * jacobian) +
           options_.ridge * at::eye(parameters(), at::kDouble);
  }

 private:
  RewardFitOptions options_;
  int64_t states_, actions_;
  Tensor counts_, features_;
  AssumedWorld world_;
};

}  // namespace

Tensor value_jacobian(const AssumedWorld& world, const Tensor& policy, RewardForm form) {
  const int64_t states = policy.size(0), actions = policy.size(1);
  const Tensor of = features(states, actions, form).view({states, actions, -1});
  const Tensor through = (policy.unsqueeze(-1) * world.transition).sum(1);  // (S,S)
  const Tensor gain = (policy.unsqueeze(-1) * of).sum(1);                   // (S,K)
  const Tensor v =
      at::linalg_solve(at::eye(states, at::kDouble) - world.discount * through, gain);  // (S,K)
  return of + world.discount * at::matmul(world.transition, v);
}

RewardFit fit_reward(const AssumedWorld& world, const Tensor& counts,
                     const RewardFitOptions& options) {
  check(world, counts, options);
  const Problem problem(world, counts, options);
  Tensor theta = at::zeros({problem.parameters()}, at::kDouble);
  Point now = problem.at(theta);
  RewardFit fit;
  const double enough = 1e-9 * std::max(1.0, counts.sum().item<double>());
  while (true) {
    const Tensor jacobian = problem.jacobian(now);
    const Tensor gradient = problem.gradient(jacobian, theta);
    fit.hessian = problem.information(jacobian, now);
    fit.gradient = gradient.abs().max().item<double>();
    if (fit.gradient <= enough || fit.steps == options.most_steps) break;
    const Tensor step = at::linalg_solve(fit.hessian, gradient);
    const double slope = (step * gradient).sum().item<double>();
    double share = 1;
    Point next = problem.at(theta + step);
    while (next.value < now.value + 1e-4 * share * slope && share > 1e-10) {
      share /= 2;
      next = problem.at(theta + share * step);
    }
    if (next.value <= now.value) break;  // rounding, or a kink that is the maximum
    theta = theta + share * step, now = next, ++fit.steps;
  }
  fit.parameters = theta, fit.reward = problem.reward(theta), fit.policy = now.policy;
  fit.log_likelihood = (counts * now.log_policy).sum().item<double>();
  return fit;
}

Likelihood reward_likelihood(const AssumedWorld& world, const Tensor& counts,
                             const Tensor& parameters, const RewardFitOptions& options) {
  check(world, counts, options);
  const Problem problem(world, counts, options);
  const Point p = problem.at(parameters);
  return {p.value, problem.gradient(problem.jacobian(p), parameters)};
}

Tensor reward_of_policy(const Tensor& policy, const std::string& model, double temperature) {
  const double least = policy.min().item<double>();
  require(least > 0, "reward of a policy: an action has probability {}, expected above zero",
          least);
  return reward_of_log_policy(temperature * policy.log(), model);
}

Tensor reward_of_log_policy(const Tensor& heated, const std::string& model) {
  return model == "boltzmann" ? heated - heated.amax(-1, true) : heated;
}

Tensor standard_errors(const AssumedWorld& world, const worlds::Steps& steps, const RewardFit& fit,
                       const RewardFitOptions& options, const Tensor& of) {
  const int64_t states = world.transition.size(0), actions = world.transition.size(1);
  const Tensor counts = worlds::visit_counts(steps, states, actions);
  check(world, counts, options);
  const Problem problem(world, counts, options);
  const Tensor jacobian = problem.jacobian(problem.at(fit.parameters));
  const Tensor bread = at::linalg_solve(fit.hessian, of.t());  // (K,M)
  // What one step moves of each entry, and a trajectory's part of the prior, with which all sum to
  // nothing.
  const Tensor moves = at::matmul(jacobian, bread).contiguous();  // (SA,M)
  const int64_t many = steps.trajectory.max().item<int64_t>() + 1, entries = of.size(0);
  const Tensor prior =
      (at::matmul(fit.parameters, bread) * (options.ridge / static_cast<double>(many)))
          .contiguous();
  const auto s = steps.state.accessor<int64_t, 1>(), a = steps.action.accessor<int64_t, 1>(),
             t = steps.trajectory.accessor<int64_t, 1>();
  const auto move = moves.accessor<double, 2>();
  Tensor out = at::empty({entries}, at::kDouble);
  std::vector<double> sums(static_cast<size_t>(many));
  const double few = many > 1 ? static_cast<double>(many) / static_cast<double>(many - 1) : 1;
  for (int64_t m = 0; m < entries; ++m) {
    std::ranges::fill(sums, -prior[m].item<double>());
    for (int64_t i = 0; i < s.size(0); ++i)
      sums[static_cast<size_t>(t[i])] += move[s[i] * actions + a[i]][m];
    double square = 0;
    for (const double sum : sums) square += sum * sum;
    out[m] = std::sqrt(few * square);
  }
  return out;
}

}  // namespace offprint::tasks
