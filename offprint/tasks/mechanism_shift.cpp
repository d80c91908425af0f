#include "offprint/tasks/mechanism_shift.h"

#include <ATen/ops/broadcast_tensors.h>
#include <ATen/ops/quantile.h>

#include "offprint/core/error.h"

namespace offprint::tasks {
namespace {

using kernels::has;
using kernels::members;
using kernels::NodeSet;

// Stable variables whose values hang on the mutable mechanisms.
NodeSet below_moving(const kernels::TransferProblem& p) {
  return kernels::descendants(kernels::mutilated(p.graph, p.moving), p.moving) & ~p.moving;
}

Mechanisms begin(const kernels::TransferProblem& problem, const Tensor& data) {
  kernels::require_problem(problem);
  require(data.dim() == 2 && data.size(1) == problem.graph.size() && data.size(0) >= 3,
          "mechanisms: data is {}, expected (N,{}), N at least 3", shape_text(data),
          problem.graph.size());
  Mechanisms m;
  m.problem = problem, m.data = data;
  m.low = at::quantile(data, 0.005, 0), m.high = at::quantile(data, 0.995, 0);
  m.centre = data.mean(0);
  m.scale = (data - m.centre).square().mean(0).sqrt().clamp_min(1e-12);
  m.mean.resize(static_cast<size_t>(problem.graph.size()));
  m.residual = at::zeros_like(data);
  return m;
}

void take_residuals(Mechanisms& m) {
  for (int i = 0; i < m.problem.graph.size(); ++i)
    if (const MechanismMean& mean = m.mean[static_cast<size_t>(i)]) {
      const auto parents = members(m.problem.graph.parents[static_cast<size_t>(i)]);
      m.residual.select(1, i).copy_(m.data.select(1, i) -
                                    mean(beside(columns_of(m.data), parents, m.data.size(0))));
    }
}

}  // namespace

Columns columns_of(const Tensor& data) {
  Columns out;
  for (int64_t i = 0; i < data.size(1); ++i) out.push_back(data.select(1, i));
  return out;
}

Tensor beside(const Columns& columns, const std::vector<int>& of, int64_t rows) {
  if (of.empty()) return at::zeros({rows, 0}, at::kDouble);
  std::vector<Tensor> chosen;
  for (const int i : of) chosen.push_back(columns[static_cast<size_t>(i)]);
  return at::stack(at::broadcast_tensors(chosen), -1);
}

Mechanisms fit_mechanisms(const kernels::TransferProblem& problem, const Tensor& data,
                          int64_t units, const Rng& rng) {
  Mechanisms m = begin(problem, data);
  for (const int i : members(below_moving(problem))) {
    const auto parents = members(problem.graph.parents[static_cast<size_t>(i)]);
    const kernels::FeatureRidge fit = kernels::fit_feature_ridge(
        data.index_select(1, at::tensor(std::vector<int64_t>(parents.begin(), parents.end()))),
        data.select(1, i), units, rng.split(static_cast<uint64_t>(i)));
    m.mean[static_cast<size_t>(i)] = [fit](const Tensor& x) { return kernels::predict(fit, x); };
  }
  take_residuals(m);
  return m;
}

Mechanisms known_mechanisms(const kernels::TransferProblem& problem, const Tensor& data,
                            std::vector<MechanismMean> mean) {
  Mechanisms m = begin(problem, data);
  require(mean.size() == m.mean.size(), "known_mechanisms: {} equations of {} variables",
          mean.size(), m.mean.size());
  for (const int i : members(below_moving(problem)))
    m.mean[static_cast<size_t>(i)] = mean[static_cast<size_t>(i)];
  take_residuals(m);
  return m;
}

Mechanisms some_rows(const Mechanisms& mechanisms, int64_t rows, Rng rng) {
  if (rows >= mechanisms.data.size(0)) return mechanisms;
  std::vector<int64_t> chosen = rng.permutation(mechanisms.data.size(0));
  chosen.resize(static_cast<size_t>(rows));
  Mechanisms m = mechanisms;
  const Tensor index = at::tensor(chosen);
  m.data = m.data.index_select(0, index), m.residual = m.residual.index_select(0, index);
  return m;
}

Columns regenerate(const Mechanisms& m, const Shift& shift) {
  const kernels::CausalGraph& g = m.problem.graph;
  const int64_t rows = m.data.size(0);
  Columns out = columns_of(m.data);
  for (const int i : kernels::causal_order(g)) {
    const auto at = static_cast<size_t>(i);
    const bool moves = has(m.problem.moving, i);
    if (!moves && !m.mean[at]) continue;
    const Tensor parents = beside(out, members(g.parents[at]), rows);
    out[at] = moves ? shift(i, parents).maximum(m.low[i]).minimum(m.high[i])
                    : m.mean[at](parents) + m.residual.select(1, i);
  }
  return out;
}

Columns do_table(const Mechanisms& m, int64_t copies, Rng rng) {
  Mechanisms many = m;
  many.data = m.data.repeat({copies, 1}), many.residual = m.residual.repeat({copies, 1});
  return regenerate(many, [&](int i, const Tensor&) {
    const Tensor u = rng.split(static_cast<uint64_t>(i)).uniform({many.data.size(0)}, at::kDouble);
    return m.low[i] + u * (m.high[i] - m.low[i]);
  });
}

StablePredictor fit_stable_predictor(const kernels::TransferProblem& problem, const Columns& table,
                                     NodeSet subset, int64_t units, const Rng& rng) {
  StablePredictor f;
  f.subset = subset & problem.stable(), f.inputs = members(f.subset | problem.moving);
  const Tensor& y = table[static_cast<size_t>(problem.outcome)];
  f.fit =
      kernels::fit_feature_ridge(beside(table, f.inputs, y.size(0)), y, units, rng.split(f.subset));
  return f;
}

Tensor predict(const StablePredictor& f, const Columns& columns) {
  return kernels::predict(f.fit, beside(columns, f.inputs, columns.front().size(-1)));
}

Tensor risk(const StablePredictor& f, const Columns& columns, int outcome) {
  return (columns[static_cast<size_t>(outcome)] - predict(f, columns)).square().mean(-1);
}

}  // namespace offprint::tasks
