#include "offprint/worlds/additive_model.h"

#include <ATen/ops/sinc.h>

#include <array>
#include <cmath>

#include "offprint/core/error.h"

namespace offprint::worlds {
namespace {

Tensor noise_of(const Mechanism& m, int64_t rows, Rng rng) {
  switch (m.kind) {
    case NoiseKind::uniform: {
      const double reach = std::sqrt(3.0) * m.noise;
      return rng.uniform({rows}, -reach, reach, at::kDouble);
    }
    case NoiseKind::two_points:
      return m.noise * (2 * rng.integers({rows}, 2).to(at::kDouble) - 1);
    case NoiseKind::normal:
      break;
  }
  return m.noise * rng.normal({rows}, at::kDouble);
}

}  // namespace

Tensor linked(Link link, const Tensor& x) {
  switch (link) {
    case Link::sigmoid:
      return at::sigmoid(x);
    case Link::tanh:
      return at::tanh(x);
    case Link::sinc:
      return at::sinc(x);
    case Link::absolute:
      return x.abs();
    case Link::identity:
      break;
  }
  return x;
}

AdditiveModel random_additive_model(const kernels::CausalGraph& graph, bool linear, Rng& rng) {
  constexpr std::array kLinks{Link::identity, Link::sigmoid, Link::tanh, Link::sinc};
  AdditiveModel model{graph, {}};
  for (const kernels::NodeSet parents : graph.parents) {
    Mechanism m;
    if (!linear) m.link = kLinks[static_cast<size_t>(rng.integer(std::ssize(kLinks)))];
    for (int k = 0; k < kernels::count_of(parents); ++k)
      m.weights.push_back((rng.uniform() < 0.5 ? -1 : 1) * (0.5 + 1.5 * rng.uniform()));
    m.noise = parents == 0 ? 1.0 : 0.5;
    model.mechanisms.push_back(std::move(m));
  }
  return model;
}

Tensor mechanism_mean(const Mechanism& m, const Tensor& parents) {
  return linked(m.link, at::matmul(parents, at::tensor(m.weights, at::kDouble)));
}

Tensor sample(const AdditiveModel& model, int64_t rows, const Rng& rng,
              const std::map<int, Intervention>& interventions) {
  Tensor x = at::zeros({rows, model.graph.size()}, at::kDouble);
  for (const int i : kernels::causal_order(model.graph)) {
    const Mechanism& m = model.mechanisms[static_cast<size_t>(i)];
    std::vector<Tensor> parents;
    for (const int k : kernels::members(model.graph.parents[static_cast<size_t>(i)]))
      parents.push_back(x.select(1, k));
    require(parents.size() == m.weights.size(), "sample: '{}' has {} parents and {} weights",
            model.graph.names[static_cast<size_t>(i)], parents.size(), m.weights.size());
    const Tensor above =
        parents.empty() ? at::zeros({rows, 0}, at::kDouble) : at::stack(parents, 1);
    const Tensor noise = noise_of(m, rows, rng.split(static_cast<uint64_t>(i)));
    const auto shifted = interventions.find(i);
    if (shifted != interventions.end())
      x.select(1, i).copy_(shifted->second(above, noise));
    else
      x.select(1, i).copy_(parents.empty() ? noise : mechanism_mean(m, above) + noise);
  }
  return x;
}

kernels::CausalGraph paper_graph() {
  kernels::CausalGraph g =
      kernels::unconnected({"x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "m1", "m2", "y"});
  const std::vector<std::pair<const char*, const char*>> edges{
      {"y", "m1"},  {"y", "x1"},  {"m1", "x1"}, {"x6", "x1"}, {"x6", "x5"}, {"x5", "x1"},
      {"x1", "x3"}, {"x3", "x2"}, {"x2", "x4"}, {"x7", "x4"}, {"x8", "x2"}, {"x8", "x4"},
      {"x8", "x7"}, {"x5", "m2"}, {"x3", "m2"}, {"x8", "m2"}};
  for (const auto& [from, to] : edges)
    g.parents[static_cast<size_t>(g.find(to))] |= kernels::node(g.find(from));
  return g;
}

}  // namespace offprint::worlds
