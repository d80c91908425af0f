#include "offprint/kernels/mdp_solve.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "offprint/core/error.h"
#include "offprint/kernels/dense_lu.h"

namespace offprint::kernels {
namespace {

// A batch as pointers; a batch of one is read again and again.
struct Batch {
  Tensor transition, reward, discount;
  int64_t count = 1, states = 0, actions = 0;

  const double* transition_of(int64_t i) const {
    return transition.const_data_ptr<double>() +
           (transition.size(0) == 1 ? 0 : i * states * actions * states);
  }
  const double* reward_of(int64_t i) const {
    return reward.const_data_ptr<double>() + (reward.size(0) == 1 ? 0 : i * states * actions);
  }
  double discount_of(int64_t i) const {
    return discount.const_data_ptr<double>()[discount.size(0) == 1 ? 0 : i];
  }
};

int64_t joined(int64_t a, int64_t b, const char* name) {
  require(a == b || a == 1 || b == 1, "decision batch: {} has {} processes, expected {} or 1", name,
          b, a);
  return std::max(a, b);
}

void check(const Batch& b) {
  for (int64_t i = 0; i < b.discount.size(0); ++i) {
    const double g = b.discount_of(i);
    require(g >= 0 && g < 1, "decision batch: discount {}, expected in [0,1)", g);
  }
  const double* p = b.transition.const_data_ptr<double>();
  for (int64_t row = 0; row < b.transition.numel() / b.states; ++row) {
    double sum = 0, least = 0;
    for (int64_t s = 0; s < b.states; ++s) sum += p[s], least = std::min(least, p[s]);
    p += b.states;
    require(std::abs(sum - 1) < 1e-9 && least >= 0,
            "decision batch: transition row {} sums to {} with least {}, expected a distribution",
            row, sum, least);
  }
  const double* r = b.reward.const_data_ptr<double>();
  for (int64_t i = 0; i < b.reward.numel(); ++i)
    require(std::isfinite(r[i]), "decision batch: reward {} at {}, expected finite numbers", r[i],
            i);
}

Batch batch_of(const DecisionBatch& mdp) {
  require_dim(mdp.transition, 4, "decision batch", "transition", "(B,S,A,S)");
  require_dim(mdp.reward, 3, "decision batch", "reward", "(B,S,A)");
  require_dim(mdp.discount, 1, "decision batch", "discount", "(B)");
  Batch b{mdp.transition.contiguous(), mdp.reward.contiguous(), mdp.discount.contiguous()};
  for (const Tensor* t : {&b.transition, &b.reward, &b.discount})
    require(t->scalar_type() == at::kDouble && t->is_cpu() && t->numel() > 0,
            "decision batch: {} numbers of another kind, expected float64 on the CPU", t->numel());
  b.states = b.reward.size(1), b.actions = b.reward.size(2);
  require(b.transition.size(1) == b.states && b.transition.size(2) == b.actions &&
              b.transition.size(3) == b.states,
          "decision batch: transition is {}, expected (B,{},{},{})", shape_text(b.transition),
          b.states, b.actions, b.states);
  b.count = joined(b.transition.size(0), b.reward.size(0), "reward");
  b.count = joined(b.count, b.discount.size(0), "discount");
  check(b);
  return b;
}

Tensor doubles(at::IntArrayRef shape) { return at::empty(shape, at::kDouble); }

// What one thread works in.
struct Desk {
  Desk(int64_t states, int64_t actions)
      : matrix(static_cast<size_t>(states * states)),
        policy(static_cast<size_t>(states * actions)),
        before(policy.size()),
        right(static_cast<size_t>(states)) {}
  std::vector<double> matrix, policy, before, right;
};

struct Problem {
  const double *transition, *reward;
  double discount;
  int64_t states, actions;
};

Problem problem_of(const Batch& b, int64_t i) {
  return {b.transition_of(i), b.reward_of(i), b.discount_of(i), b.states, b.actions};
}

// I - discount P_pi into the desk's matrix.
void bellman_matrix(const Problem& p, const double* policy, std::vector<double>& matrix) {
  std::ranges::fill(matrix, 0.0);
  std::vector<double> weights(static_cast<size_t>(p.actions));
  for (int64_t s = 0; s < p.states; ++s) {
    double* row = matrix.data() + s * p.states;
    for (int64_t a = 0; a < p.actions; ++a)
      weights[static_cast<size_t>(a)] = -p.discount * policy[s * p.actions + a];
    add_weighted_rows(p.transition + s * p.actions * p.states, p.actions, p.states, weights.data(),
                      row);
    row[s] += 1;
  }
}

// q = R + discount P v; the largest |q|.
double sweep(const Problem& p, const double* v, double* q) {
  multiply_rows(p.transition, p.states * p.actions, p.states, v, q);
  double largest = 0;
  for (int64_t i = 0; i < p.states * p.actions; ++i) {
    q[i] = p.reward[i] + p.discount * q[i];
    largest = std::max(largest, std::abs(q[i]));
  }
  return largest;
}

// v from q and the policy that reaches it; entropy terms (soft) are added to `gain` (S). Returns
// the largest change of v.
double improve(const Problem& p, const double* q, double temperature, double* v, double* policy,
               double* gain) {
  double change = 0;
  for (int64_t s = 0; s < p.states; ++s, q += p.actions, policy += p.actions) {
    const double* top = std::max_element(q, q + p.actions);
    double value = *top, entropy = 0;
    if (temperature == 0) {
      std::fill_n(policy, p.actions, 0.0);
      policy[top - q] = 1;
    } else {
      double sum = 0;
      for (int64_t a = 0; a < p.actions; ++a)
        sum += policy[a] = std::exp((q[a] - *top) / temperature);
      const double log_sum = std::log(sum);
      value += temperature * log_sum;
      for (int64_t a = 0; a < p.actions; ++a) {
        policy[a] /= sum;
        entropy -= policy[a] * ((q[a] - *top) / temperature - log_sum);
      }
    }
    gain[s] = temperature * entropy;
    change = std::max(change, std::abs(value - v[s]));
    v[s] = value;
  }
  return change;
}

struct Solution {
  double *q, *v;
  double error = 0;
  int64_t steps = 0;
};

void solve_one(const Problem& p, double temperature, const SolveOptions& options, Desk& desk,
               Solution& out) {
  std::fill_n(out.v, p.states, 0.0);
  sweep(p, out.v, out.q);
  improve(p, out.q, temperature, out.v, desk.policy.data(), desk.right.data());
  double change = std::numeric_limits<double>::infinity();
  while (true) {
    require(out.steps < options.most_steps,
            "decision batch: not solved in {} steps, error {}, expected a tolerance above rounding",
            out.steps, out.error);
    ++out.steps;
    bellman_matrix(p, desk.policy.data(), desk.matrix);
    for (int64_t i = 0; i < p.states * p.actions; ++i)
      desk.right[static_cast<size_t>(i / p.actions)] +=
          desk.policy[static_cast<size_t>(i)] * p.reward[i];
    solve_dominant(desk.matrix.data(), p.states, p.states, desk.right.data());
    std::ranges::copy(desk.right, out.v);
    const double largest = sweep(p, out.v, out.q), last = change;
    std::swap(desk.policy, desk.before);
    change = improve(p, out.q, temperature, out.v, desk.policy.data(), desk.right.data());
    out.error = p.discount / (1 - p.discount) * change;
    // The second way out is rounding: changes that no longer shrink.
    if (out.error <= options.tolerance * largest ||
        (change <= 1e-9 * largest && change >= last / 2))
      return;
    if (temperature == 0 && desk.policy == desk.before) return;
  }
}

SolvedBatch solve(const DecisionBatch& mdp, const Tensor* temperature,
                  const SolveOptions& options) {
  const Batch b = batch_of(mdp);
  int64_t count = b.count;
  if (temperature != nullptr) count = joined(count, temperature->size(0), "temperature");
  SolvedBatch out{doubles({count, b.states, b.actions}), doubles({count, b.states}),
                  doubles({count}), at::empty({count}, at::kLong)};
  double* q = out.q.mutable_data_ptr<double>();
  double* v = out.v.mutable_data_ptr<double>();
  double* error = out.error.mutable_data_ptr<double>();
  int64_t* steps = out.steps.mutable_data_ptr<int64_t>();
  const double* heat = temperature == nullptr ? nullptr : temperature->const_data_ptr<double>();
  at::parallel_for(0, count, 1, [&](int64_t begin, int64_t end) {
    Desk desk(b.states, b.actions);
    for (int64_t i = begin; i < end; ++i) {
      Solution one{q + i * b.states * b.actions, v + i * b.states};
      const double t = heat == nullptr ? 0 : heat[temperature->size(0) == 1 ? 0 : i];
      solve_one(problem_of(b, i), t, options, desk, one);
      error[i] = one.error, steps[i] = one.steps;
    }
  });
  return out;
}

Tensor checked_temperature(const Tensor& temperature) {
  require_dim(temperature, 1, "decision batch", "temperature", "(B)");
  const Tensor t = temperature.contiguous();
  require(t.scalar_type() == at::kDouble && (t > 0).all().item<bool>(),
          "decision batch: temperature of another kind, expected float64 above zero");
  return t;
}

Tensor checked_policy(const Batch& b, const Tensor& policy, int64_t& count) {
  require_dim(policy, 3, "decision batch", "policy", "(B,S,A)");
  require(policy.scalar_type() == at::kDouble && policy.size(1) == b.states &&
              policy.size(2) == b.actions,
          "decision batch: policy is {}, expected (B,{},{}) float64", shape_text(policy), b.states,
          b.actions);
  require((policy.sum(-1) - 1).abs().max().item<double>() < 1e-9,
          "decision batch: a row of the policy does not sum to one");
  count = joined(b.count, policy.size(0), "policy");
  return policy.contiguous();
}

}  // namespace

SolvedBatch solve_optimal(const DecisionBatch& mdp, const SolveOptions& options) {
  return solve(mdp, nullptr, options);
}

SolvedBatch solve_soft(const DecisionBatch& mdp, const Tensor& temperature,
                       const SolveOptions& options) {
  const Tensor t = checked_temperature(temperature);
  return solve(mdp, &t, options);
}

SolvedBatch evaluate_policy(const DecisionBatch& mdp, const Tensor& policy) {
  const Batch b = batch_of(mdp);
  int64_t count = 0;
  const Tensor held = checked_policy(b, policy, count);
  SolvedBatch out{doubles({count, b.states, b.actions}), doubles({count, b.states}),
                  doubles({count}), at::ones({count}, at::kLong)};
  double* qs = out.q.mutable_data_ptr<double>();
  double* vs = out.v.mutable_data_ptr<double>();
  double* errors = out.error.mutable_data_ptr<double>();
  const double* policies = held.const_data_ptr<double>();
  const int64_t cells = b.states * b.actions, stride = held.size(0) == 1 ? 0 : cells;
  at::parallel_for(0, count, 1, [&](int64_t begin, int64_t end) {
    Desk desk(b.states, b.actions);
    for (int64_t i = begin; i < end; ++i) {
      const Problem p = problem_of(b, i);
      const double* pi = policies + i * stride;
      double *q = qs + i * cells, *v = vs + i * b.states;
      bellman_matrix(p, pi, desk.matrix);
      std::fill_n(v, b.states, 0.0);
      for (int64_t k = 0; k < cells; ++k) v[k / b.actions] += pi[k] * p.reward[k];
      solve_dominant(desk.matrix.data(), b.states, b.states, v);
      sweep(p, v, q);
      double change = 0;
      for (int64_t s = 0; s < b.states; ++s) {
        double value = 0;
        for (int64_t a = 0; a < b.actions; ++a)
          value += pi[s * b.actions + a] * q[s * b.actions + a];
        change = std::max(change, std::abs(value - v[s]));
      }
      errors[i] = change / (1 - p.discount);
    }
  });
  return out;
}

Tensor discounted_visits(const DecisionBatch& mdp, const Tensor& policy, const Tensor& start) {
  const Batch b = batch_of(mdp);
  int64_t count = 0;
  const Tensor held = checked_policy(b, policy, count);
  require_dim(start, 2, "discounted visits", "b", "(B,S)");
  require(start.size(1) == b.states && start.scalar_type() == at::kDouble,
          "discounted visits: b is {}, expected (B,{}) float64", shape_text(start), b.states);
  count = joined(count, start.size(0), "b");
  Tensor out = start.expand({count, b.states}).contiguous().clone();
  double* xs = out.mutable_data_ptr<double>();
  const double* policies = held.const_data_ptr<double>();
  const int64_t stride = held.size(0) == 1 ? 0 : b.states * b.actions;
  at::parallel_for(0, count, 1, [&](int64_t begin, int64_t end) {
    Desk desk(b.states, b.actions);
    for (int64_t i = begin; i < end; ++i) {
      bellman_matrix(problem_of(b, i), policies + i * stride, desk.matrix);
      for (int64_t s = 0; s < b.states; ++s)
        for (int64_t t = 0; t < s; ++t)
          std::swap(desk.matrix[static_cast<size_t>(s * b.states + t)],
                    desk.matrix[static_cast<size_t>(t * b.states + s)]);
      solve_dominant(desk.matrix.data(), b.states, b.states, xs + i * b.states);
    }
  });
  return out;
}

Tensor expected_reward(const Tensor& transition, const Tensor& reward) {
  if (reward.dim() == 3) return reward;
  require_dim(reward, 4, "expected reward", "reward", "(B,S,A) or (B,S,A,S)");
  return (transition * reward).sum(-1);
}

SolvedBatch sweep_values(const DecisionBatch& mdp, const Tensor& temperature, double tolerance) {
  const Batch b = batch_of(mdp);
  const Tensor g = b.discount.view({-1, 1, 1});
  Tensor v = at::zeros({b.count, b.states}, at::kDouble), q, error;
  for (int64_t steps = 1;; ++steps) {
    q = b.reward +
        g * at::matmul(b.transition.view({-1, b.states * b.actions, b.states}), v.unsqueeze(-1))
                .view({b.count, b.states, b.actions});
    Tensor next;
    if (temperature.defined()) {
      const Tensor t = temperature.view({-1, 1, 1});
      next = (t * (q / t).logsumexp(-1, true)).squeeze(-1);
    } else {
      next = q.amax(-1);
    }
    error = b.discount / (1 - b.discount) * (next - v).abs().amax(-1);
    v = next;
    if (error.max().item<double>() <= tolerance)
      return {q, v, error, at::full({b.count}, steps, at::kLong)};
  }
}

}  // namespace offprint::kernels
