#include "offprint/tasks/optimal_reward.h"

#include <limits>

#include "offprint/core/error.h"
#include "offprint/kernels/mixed_integer.h"

namespace offprint::tasks {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// (Q(s,a) - Q(s,b)) theta - margin(s), margin only where its column is given.
kernels::LinearRow difference(const Tensor& jacobian, int64_t s, int64_t a, int64_t b,
                              int64_t margin) {
  kernels::LinearRow row;
  const Tensor d = (jacobian[s][a] - jacobian[s][b]).contiguous();
  const double* values = d.const_data_ptr<double>();
  for (int64_t k = 0; k < d.size(0); ++k) {
    if (std::abs(values[k]) < 1e-14) continue;
    row.columns.push_back(static_cast<int>(k)), row.values.push_back(values[k]);
  }
  if (margin >= 0) row.columns.push_back(static_cast<int>(margin)), row.values.push_back(-1);
  row.high = margin >= 0 ? kInfinity : 0;
  return row;
}

}  // namespace

OptimalReward optimal_reward(const AssumedWorld& world, const Tensor& held, RewardForm form,
                             double penalty) {
  require_dim(world.transition, 3, "optimal reward", "transition", "(S,A,S)");
  const int64_t states = world.transition.size(0), actions = world.transition.size(1);
  require(held.dim() == 2 && held.size(0) == states && held.size(1) == actions,
          "optimal reward: held is {}, expected ({},{})", shape_text(held), states, actions);
  require(penalty >= 0, "optimal reward: penalty {}, expected 0 or more", penalty);
  const Tensor chosen = (held > 0).to(at::kDouble), many = chosen.sum(-1, true);
  require((many > 0).all().item<bool>(),
          "optimal reward: a state without an action, expected one in each");
  const Tensor jacobian = value_jacobian(world, chosen / many, form);
  const int64_t parameters = jacobian.size(2);

  kernels::MixedInteger program;
  const auto column = [&](double objective, double low, double high) {
    program.objective.push_back(objective);
    program.low.push_back(low), program.high.push_back(high), program.integer.push_back(false);
  };
  for (int64_t k = 0; k < parameters; ++k) column(0, -1, 1);
  for (int64_t k = 0; k < parameters; ++k) column(-penalty, 0, 1);
  // No difference of values is greater than this.
  const double most = 2 / (1 - world.discount);
  for (int64_t s = 0; s < states; ++s) column(1, 0, many[s].item<double>() < actions ? most : 0);
  for (int64_t k = 0; k < parameters; ++k)  // sum column >= |parameter|
    for (const double sign : {1.0, -1.0})
      program.rows.push_back(
          {{static_cast<int>(k), static_cast<int>(parameters + k)}, {sign, 1.0}, 0, kInfinity});
  const auto in = chosen.accessor<double, 2>();
  for (int64_t s = 0; s < states; ++s) {
    int64_t first = 0;
    while (in[s][first] == 0) ++first;
    for (int64_t b = 0; b < actions; ++b)
      if (b != first)
        program.rows.push_back(
            difference(jacobian, s, first, b, in[s][b] > 0 ? -1 : 2 * parameters + s));
  }
  const kernels::MixedIntegerResult solved = kernels::solve(program);
  require(solved.best.has_value(), "optimal reward: the linear program was not solved");
  OptimalReward out;
  const Tensor theta = at::tensor(
      std::vector<double>(solved.best->x.begin(),
                          solved.best->x.begin() + static_cast<std::ptrdiff_t>(parameters)),
      at::kDouble);
  for (int64_t s = 0; s < states; ++s)
    out.margin += solved.best->x[static_cast<size_t>(2 * parameters + s)];
  out.found = out.margin > 1e-7;
  out.reward = form == RewardForm::state ? theta.unsqueeze(1).expand({states, actions}).contiguous()
                                         : theta.view({states, actions});
  return out;
}

}  // namespace offprint::tasks
