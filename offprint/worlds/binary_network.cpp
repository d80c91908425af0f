#include "offprint/worlds/binary_network.h"

#include <algorithm>
#include <cmath>

#include "offprint/core/error.h"

namespace offprint::worlds {
namespace {

using kernels::has;
using kernels::members;
using kernels::node;
using kernels::NodeSet;

constexpr int kMostVariables = 20;

// Values of the variables of `set` in a state, packed: bit k is the k-th member's.
size_t packed(size_t state, const std::vector<int>& of) {
  size_t row = 0;
  for (size_t k = 0; k < of.size(); ++k) row |= ((state >> of[k]) & 1) << k;
  return row;
}

void join_at_random(kernels::CausalGraph& g, double degree, Rng& rng, int most_parents) {
  const int p = g.size();
  const std::vector<int64_t> order = rng.permutation(p);
  const double chance = p > 1 ? std::min(1.0, degree / (p - 1)) : 0;
  for (int below = 1; below < p; ++below) {
    NodeSet& parents = g.parents[static_cast<size_t>(order[static_cast<size_t>(below)])];
    for (const int64_t above : rng.permutation(below))
      if (rng.uniform() < chance && kernels::count_of(parents) < most_parents)
        parents |= node(static_cast<int>(order[static_cast<size_t>(above)]));
  }
}

std::vector<std::string> numbered(const char* letter, int count) {
  std::vector<std::string> names;
  for (int i = 0; i < count; ++i) names.push_back(fmt::format("{}{}", letter, i));
  return names;
}

}  // namespace

kernels::CausalGraph random_graph(int p, double degree, Rng& rng, int most_parents) {
  require(p >= 1, "random_graph: {} variables, expected at least 1", p);
  kernels::CausalGraph g = kernels::unconnected(numbered("x", p));
  join_at_random(g, degree, rng, most_parents);
  return g;
}

kernels::TransferProblem random_problem(const ProblemDraw& draw, Rng& rng) {
  require(draw.stable >= 1 && draw.moving >= 1,
          "random_problem: {} stable and {} mutable variables, expected at least 1 of each",
          draw.stable, draw.moving);
  std::vector<std::string> names = numbered("x", draw.stable);
  for (std::string& m : numbered("m", draw.moving)) names.push_back(std::move(m));
  names.push_back("y");
  kernels::TransferProblem p;
  p.outcome = draw.stable + draw.moving;
  for (int i = 0; i < draw.moving; ++i) p.moving |= node(draw.stable + i);
  for (int attempt = 0; attempt < 10'000; ++attempt) {
    p.graph = kernels::unconnected(names);
    join_at_random(p.graph, draw.degree, rng, 4);
    if (!has(p.graph.parents[static_cast<size_t>(draw.stable)], p.outcome)) continue;
    if (!draw.guaranteed || kernels::whole_set_verdict(p).guaranteed()) return p;
  }
  fail("random_problem: no graph of degree {} has what was asked for", draw.degree);
}

BinaryNetwork random_network(const kernels::CausalGraph& graph, Rng& rng) {
  BinaryNetwork net{graph, {}};
  for (const NodeSet parents : graph.parents) {
    std::vector<double> rows(size_t{1} << kernels::count_of(parents));
    for (double& chance : rows) {
      const double u = rng.uniform();
      chance = 0.02 + 0.96 * (u * u * (3 - 2 * u));
    }
    net.chance.push_back(std::move(rows));
  }
  return net;
}

BinaryTransfer::BinaryTransfer(BinaryNetwork network, kernels::TransferProblem problem)
    : problem_(std::move(problem)) {
  kernels::require_problem(problem_);
  const int p = network.graph.size();
  require(p == problem_.graph.size() && p <= kMostVariables,
          "BinaryTransfer: {} variables, expected the problem's {}, at most {}", p,
          problem_.graph.size(), kMostVariables);
  for (const int i : kernels::causal_order(problem_.graph))
    if (has(problem_.moving, i)) moving_.push_back(i);
  weight_.assign(size_t{1} << p, 1.0);
  for (int i = 0; i < p; ++i) {
    if (has(problem_.moving, i)) continue;
    const std::vector<int> parents = members(network.graph.parents[static_cast<size_t>(i)]);
    const std::vector<double>& chance = network.chance[static_cast<size_t>(i)];
    for (size_t x = 0; x < weight_.size(); ++x) {
      const double one = chance[packed(x, parents)];
      weight_[x] *= has(x, i) ? one : 1 - one;
    }
  }
}

std::vector<double> BinaryTransfer::predictor(NodeSet subset) const {
  const NodeSet seen = (subset & problem_.stable()) | problem_.moving;
  std::vector<double> mass(weight_.size()), sum(weight_.size());
  for (size_t x = 0; x < weight_.size(); ++x) {
    mass[x & seen] += weight_[x];
    if (has(x, problem_.outcome)) sum[x & seen] += weight_[x];
  }
  std::vector<double> f(weight_.size());
  for (size_t x = 0; x < f.size(); ++x) {
    const size_t cell = x & seen;
    f[x] = mass[cell] > 0 ? sum[cell] / mass[cell] : 0;
  }
  return f;
}

WorstCase BinaryTransfer::worst_case(NodeSet subset) const {
  const std::vector<double> f = predictor(subset);
  std::vector<double> loss(f.size());
  for (size_t x = 0; x < f.size(); ++x) {
    const double off = (has(x, problem_.outcome) ? 1.0 : 0.0) - f[x];
    loss[x] = weight_[x] * off * off;
  }
  std::vector<std::vector<int>> parents;
  std::vector<size_t> first_bit{0};
  for (const int m : moving_) {
    parents.push_back(members(problem_.graph.parents[static_cast<size_t>(m)]));
    first_bit.push_back(first_bit.back() + (size_t{1} << parents.back().size()));
  }
  const size_t last = moving_.size() - 1, bits = first_bit[last];
  require(bits <= 16, "worst_case: 2^{} tables of the mutable variables, expected at most 2^16",
          bits);
  const size_t rows = size_t{1} << parents[last].size();
  WorstCase worst;
  worst.risk = -1;
  for (size_t tables = 0; tables < (size_t{1} << bits); ++tables) {
    std::vector<double> of(2 * rows);  // loss by the last one's parents and its value
    for (size_t x = 0; x < loss.size(); ++x) {
      bool agrees = true;
      for (size_t k = 0; k < last && agrees; ++k)
        agrees =
            ((tables >> (first_bit[k] + packed(x, parents[k]))) & 1) == ((x >> moving_[k]) & 1);
      if (agrees) of[2 * packed(x, parents[last]) + ((x >> moving_[last]) & 1)] += loss[x];
    }
    double risk = 0;
    for (size_t c = 0; c < rows; ++c) risk += std::max(of[2 * c], of[2 * c + 1]);
    if (risk <= worst.risk) continue;
    worst.risk = risk, worst.shift.clear();
    for (size_t k = 0; k < last; ++k) {
      std::vector<int> h;
      for (size_t c = 0; c < (size_t{1} << parents[k].size()); ++c)
        h.push_back(static_cast<int>((tables >> (first_bit[k] + c)) & 1));
      worst.shift.push_back(std::move(h));
    }
    std::vector<int> h;
    for (size_t c = 0; c < rows; ++c) h.push_back(of[2 * c + 1] > of[2 * c] ? 1 : 0);
    worst.shift.push_back(std::move(h));
  }
  return worst;
}

double BinaryTransfer::risk(NodeSet subset, const std::vector<std::vector<int>>& shift) const {
  const std::vector<double> f = predictor(subset);
  double sum = 0;
  for (size_t x = 0; x < f.size(); ++x) {
    bool agrees = true;
    for (size_t k = 0; k < moving_.size() && agrees; ++k) {
      const auto parents = members(problem_.graph.parents[static_cast<size_t>(moving_[k])]);
      agrees = shift[k][packed(x, parents)] == static_cast<int>((x >> moving_[k]) & 1);
    }
    const double off = (has(x, problem_.outcome) ? 1.0 : 0.0) - f[x];
    if (agrees) sum += weight_[x] * off * off;
  }
  return sum;
}

}  // namespace offprint::worlds
