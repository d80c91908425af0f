// Structural models with additive noise, x_i = link_i(w_i . pa_i) + noise_i, and what they do when
// some mechanisms are replaced by others. The design of the paper's simulation: Liu et al. 2023,
// arXiv 2107.01876, section 5; Peters, Janzing & Schoelkopf 2017, Elements of Causal Inference,
// section 4.1.
#pragma once
#include <functional>
#include <map>
#include <vector>

#include "offprint/core/rng.h"
#include "offprint/kernels/causal_graph.h"

namespace offprint::worlds {

enum class Link { identity, sigmoid, tanh, sinc, absolute };
Tensor linked(Link link, const Tensor& x);

enum class NoiseKind { normal, uniform, two_points };  // all of the deviation that is asked for

struct Mechanism {
  Link link = Link::identity;
  std::vector<double> weights;  // of the parents, ascending
  double noise = 1;             // standard deviation
  NoiseKind kind = NoiseKind::normal;
};

struct AdditiveModel {
  kernels::CausalGraph graph;
  std::vector<Mechanism> mechanisms;
};

// Weights +-[0.5, 2], noise 0.5 under a parent, 1 of roots; links all identity (linear) or drawn
// from identity, sigmoid, tanh and sinc.
AdditiveModel random_additive_model(const kernels::CausalGraph& graph, bool linear, Rng& rng);

// An intervention function: what a variable becomes of its parents' values (N,K), ascending; the
// noise (N) it would have had is handed over, to be used or not.
using Intervention = std::function<Tensor(const Tensor& parents, const Tensor& noise)>;

// (N,P) float64. The same generator gives the same noise whatever is intervened on.
Tensor sample(const AdditiveModel& model, int64_t rows, const Rng& rng,
              const std::map<int, Intervention>& interventions = {});

// link(w . pa) of one variable, without its noise: (...,K) -> (...).
Tensor mechanism_mean(const Mechanism& mechanism, const Tensor& parents);

// The graph of the paper's simulation: y, eight stable variables x1 .. x8, two mutable ones m1, m2.
kernels::CausalGraph paper_graph();

}  // namespace offprint::worlds
