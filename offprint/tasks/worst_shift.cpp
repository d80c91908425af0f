#include "offprint/tasks/worst_shift.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "offprint/core/numbers.h"
#include "offprint/kernels/ridge_solve.h"
#include "offprint/nn/optimizer.h"

namespace offprint::tasks {
namespace {

template <typename F>
ShiftLayer each(const ShiftLayer& a, F&& f) {
  return {f(a.w1), f(a.b1), f(a.w2), f(a.b2)};
}

template <typename F>
ShiftLayer each(const ShiftLayer& a, const ShiftLayer& b, F&& f) {
  return {f(a.w1, b.w1), f(a.b1, b.b1), f(a.w2, b.w2), f(a.b2, b.b2)};
}

constexpr double kRidge = 1e-8;

Tensor parents_of(const Mechanisms& m, int variable, const Columns& columns) {
  return beside(columns, kernels::members(m.problem.graph.parents[static_cast<size_t>(variable)]),
                m.data.size(0));
}

Tensor standard_parents(const Mechanisms& m, int variable, const Tensor& parents) {
  const std::vector<int> above =
      kernels::members(m.problem.graph.parents[static_cast<size_t>(variable)]);
  const Tensor index = at::tensor(std::vector<int64_t>(above.begin(), above.end()), at::kLong);
  return (parents - m.centre.index_select(0, index)) / m.scale.index_select(0, index);
}

Tensor hidden_units(const ShiftLayer& layer, const Tensor& z) {  // (N,K) or (R,N,K) -> (R,N,H)
  return at::tanh(at::matmul(z, layer.w1) + layer.b1);
}

Tensor inverse_tanh(const Tensor& x) { return 0.5 * ((1 + x) / (1 - x)).log(); }

// Which rows have the same parents (N,K): of each the index of its group, or nothing where most
// rows have parents of their own.
std::optional<Tensor> groups_of(const Tensor& parents) {
  constexpr size_t kMost = 64;
  std::map<std::vector<double>, int64_t> known;
  std::vector<int64_t> group;
  for (int64_t r = 0; r < parents.size(0) && known.size() <= kMost; ++r)
    group.push_back(known.try_emplace(numbers(parents[r]), std::ssize(known)).first->second);
  if (known.size() > kMost) return std::nullopt;
  return at::tensor(group, at::kLong);
}

Tensor mean_of_groups(const Tensor& values, const Tensor& group) {
  const Tensor zero = at::zeros({group.max().item<int64_t>() + 1}, at::kDouble);
  const Tensor sum = zero.index_add(0, group, values),
               count = zero.index_add(0, group, at::ones_like(values));
  return (sum / count).index_select(0, group);
}

// Leads the first `count` networks to the values (N,P) at the rows' own parents, by least squares
// in their last layer; the others stay.
void lead_to(ShiftNetworks& networks, const Mechanisms& m, const Tensor& values, int64_t count) {
  constexpr double kEdge = 0.999;  // of the range; tanh never reaches it
  const at::NoGradGuard none;
  const Columns known = columns_of(values);
  for (size_t at = 0; at < networks.layers.size(); ++at) {
    const int i = networks.variables[at];
    ShiftLayer& layer = networks.layers[at];
    const Tensor hidden =
        hidden_units(layer, standard_parents(m, i, parents_of(m, i, known))).slice(0, 0, count);
    const Tensor design = at::cat({hidden, at::ones_like(hidden.slice(2, 0, 1))}, 2);
    const Tensor place = (2 * values.select(1, i) - m.high[i] - m.low[i]) / (m.high[i] - m.low[i]);
    const Tensor wanted = inverse_tanh(place.clamp(-kEdge, kEdge)).unsqueeze(-1);
    for (int64_t k = 0; k < count; ++k) {
      const Tensor transposed = design[k].t();
      const Tensor last =
          kernels::ridge_solve(transposed.mm(design[k]), transposed.mm(wanted), kRidge);
      layer.w2[k].copy_(last.slice(0, 0, -1)), layer.b2[k].copy_(last.slice(0, -1));
    }
  }
}

}  // namespace

Tensor best_reply(const Mechanisms& m, const StablePredictor& predictor, const Rng& rng) {
  constexpr int64_t kGrid = 25, kUnits = 40;
  const at::NoGradGuard none;
  Tensor values = m.data.clone();
  for (const int i : kernels::causal_order(m.problem.graph)) {
    if (!kernels::has(m.problem.moving, i)) continue;
    const Shift held = [&](int variable, const Tensor&) { return values.select(1, variable); };
    const Tensor parents = parents_of(m, i, regenerate(m, held));
    const std::optional<Tensor> group = groups_of(parents);
    std::vector<Tensor> losses;
    for (int64_t k = 0; k < kGrid; ++k) {
      const double share = static_cast<double>(k) / (kGrid - 1);
      values.select(1, i).fill_((m.low[i] + share * (m.high[i] - m.low[i])).item<double>());
      const Columns shifted = regenerate(m, held);
      const Tensor loss =
          (shifted[static_cast<size_t>(m.problem.outcome)] - predict(predictor, shifted)).square();
      losses.push_back(
          group ? mean_of_groups(loss, *group)
                : kernels::predict(kernels::fit_feature_ridge(parents, loss, kUnits,
                                                              rng.split(static_cast<uint64_t>(i))),
                                   parents));
    }
    const Tensor best = at::stack(losses).argmax(0).to(at::kDouble) / (kGrid - 1);
    values.select(1, i).copy_(m.low[i] + best * (m.high[i] - m.low[i]));
  }
  const Columns all = regenerate(m, [&](int i, const Tensor&) { return values.select(1, i); });
  return at::stack(all, 1);
}

ShiftNetworks random_shifts(const Mechanisms& m, int64_t count, int64_t hidden, Rng rng) {
  ShiftNetworks out;
  out.variables = kernels::members(m.problem.moving);
  // Steepness of the networks, start by start: 0.5 .. 4.
  const Tensor steep = (at::arange(count, at::kDouble) /
                            static_cast<double>(std::max<int64_t>(1, count - 1)) * std::log(8.0) +
                        std::log(0.5))
                           .exp()
                           .view({count, 1, 1});
  for (const int i : out.variables) {
    const int64_t k = kernels::count_of(m.problem.graph.parents[static_cast<size_t>(i)]);
    ShiftLayer layer;
    layer.w1 = rng.normal({count, k, hidden}, at::kDouble) * steep;
    layer.b1 = rng.normal({count, 1, hidden}, at::kDouble) * steep;
    layer.w2 = rng.normal({count, hidden, 1}, at::kDouble) * steep /
               std::sqrt(static_cast<double>(hidden));
    layer.b2 = rng.normal({count, 1, 1}, at::kDouble);
    out.layers.push_back(std::move(layer));
  }
  return out;
}

Shift shift_of(const ShiftNetworks& networks, const Mechanisms& m) {
  return [networks, &m](int variable, const Tensor& parents) {
    size_t at = 0;
    while (networks.variables[at] != variable) ++at;
    const ShiftLayer& layer = networks.layers[at];
    const Tensor hidden = hidden_units(layer, standard_parents(m, variable, parents));
    const Tensor out = (at::matmul(hidden, layer.w2) + layer.b2).squeeze(-1);
    return 0.5 * (m.high[variable] + m.low[variable]) +
           0.5 * (m.high[variable] - m.low[variable]) * at::tanh(out);
  };
}

ShiftNetworks joined(const ShiftNetworks& a, const ShiftNetworks& b) {
  if (a.layers.empty()) return b;
  ShiftNetworks out{a.variables, {}};
  for (size_t i = 0; i < a.layers.size(); ++i)
    out.layers.push_back(each(a.layers[i], b.layers[i], [](const Tensor& x, const Tensor& y) {
      return at::cat({x, y});
    }));
  return out;
}

ShiftNetworks only(const ShiftNetworks& n, int64_t which) {
  ShiftNetworks out{n.variables, {}};
  const auto of = [&](const Tensor& t) { return t.slice(0, which, which + 1).detach().clone(); };
  for (const ShiftLayer& layer : n.layers) out.layers.push_back(each(layer, of));
  return out;
}

WorstShift worst_shift(const Mechanisms& mechanisms, const StablePredictor& predictor,
                       const ShiftSearch& options, const Rng& rng) {
  const Mechanisms m = some_rows(mechanisms, options.rows, rng.split("rows"));
  ShiftNetworks now = random_shifts(m, options.starts, options.hidden, rng.split("starts"));
  lead_to(now, m, best_reply(m, predictor, rng.split("reply")), (options.starts + 1) / 2);
  ShiftNetworks best = now;
  for (ShiftLayer& layer : best.layers)
    layer = each(layer, [](const Tensor& t) { return t.detach().clone(); });
  Tensor highest = at::full({options.starts}, -1.0, at::kDouble);
  nn::Parameters parameters = nn::parameters_of(now);
  nn::Optimizer adam(parameters, {.kind = "adam", .lr = options.rate, .weight_decay = 0});
  for (int64_t step = 0; step <= options.steps; ++step) {
    const Tensor reached = risk(predictor, regenerate(m, shift_of(now, m)), m.problem.outcome)
                               .expand({options.starts});
    const Tensor improved = reached.detach() > highest;
    highest = at::where(improved, reached.detach(), highest);
    const auto better = [&](const Tensor& fresh, const Tensor& kept) {
      return at::where(improved.view({-1, 1, 1}), fresh.detach(), kept);
    };
    for (size_t i = 0; i < now.layers.size(); ++i)
      best.layers[i] = each(now.layers[i], best.layers[i], better);
    if (step == options.steps || !reached.requires_grad()) break;
    adam.zero_gradients();
    (-reached.sum()).backward();
    adam.step(1.0 - 0.9 * static_cast<double>(step) / static_cast<double>(options.steps));
  }
  const int64_t which = highest.argmax().item<int64_t>();
  return {highest[which].item<double>(), only(best, which)};
}

}  // namespace offprint::tasks
