#include "offprint/nn/grid_mamba.h"

#include "offprint/core/error.h"

namespace offprint::nn {

GridMamba make_grid_mamba(const GridMambaOptions& o, Rng& rng) {
  const MambaOptions& inside = o.mamba;
  require(inside.d_model > 0 && inside.expand > 0,
          "make_grid_mamba: width {}, expand {}, expected positive sizes", inside.d_model,
          inside.expand);
  const int64_t E = inside.expand * inside.d_model;
  Ssm2dOptions head{.channels = E,
                    .states = inside.d_state,
                    .rank = inside.dt_rank > 0 ? inside.dt_rank : (inside.d_model + 15) / 16};
  head.scalar = o.scalar, head.selective = o.selective;
  head.dt_min = inside.dt_min, head.dt_max = inside.dt_max;
  GridMamba m;
  m.input = make_linear(inside.d_model, 2 * E, rng, false);
  m.conv = make_causal_conv(E, inside.taps, 1, rng);
  const int64_t ways = o.two_way ? 2 : 1;
  for (int64_t i = 0; i < ways; ++i) m.trend.push_back(make_ssm2d(head, rng));
  // A season is one step there, and few of them fit into a history: it forgets within some.
  head.period = o.period, head.dt_min = 0.05, head.dt_max = 0.5;
  for (int64_t i = 0; i < ways && o.period > 1; ++i) m.season.push_back(make_ssm2d(head, rng));
  m.output = make_linear(E, inside.d_model, rng, false);
  return m;
}

Tensor forward(const GridMamba& m, const Tensor& u) {
  require_dim(u, 4, "grid mamba", "u", "(B,V,L,D)");
  const int64_t B = u.size(0), V = u.size(1), L = u.size(2);
  const auto parts = forward(m.input, u).chunk(2, -1);  // x, z (B,V,L,E)
  const Tensor seen = forward_steps(m.conv, parts[0].reshape({B * V, L, -1}));
  const Tensor x = at::silu(seen).view({B, V, L, -1});
  Tensor y = forward_ways(m.trend, x);
  if (!m.season.empty()) y = y + forward_ways(m.season, x);
  return forward(m.output, y * at::silu(parts[1]));
}

GridMamba uncoupled(GridMamba m) {
  for (std::vector<Ssm2d>* head : {&m.trend, &m.season})
    for (Ssm2d& way : *head) {
      way.K2 = at::zeros_like(way.K2), way.K3 = at::zeros_like(way.K3);
      const int64_t N = way.K2.size(1);
      for (Tensor* of : {&way.fixed, &way.select.weight, &way.select.bias})  // C2 comes last
        if (of->defined()) {
          *of = of->detach().clone();
          of->slice(0, -N).zero_();
        }
    }
  return m;
}

Mamba along_time(const GridMamba& m) {
  require(m.trend.size() == 1 && m.season.empty() && m.trend[0].select.weight.defined(),
          "along_time: expected one selective head of one way");
  const Ssm2d& head = m.trend[0];
  const int64_t R = head.time.weight.size(1), N = head.K2.size(1);
  const auto along = [&](const Tensor& of) {
    const auto rows = of.split_with_sizes({R, R, N, N, N, N}, 0);
    return at::cat({rows[0], rows[2], rows[4]});
  };
  const Linear select{along(head.select.weight), along(head.select.bias)};
  const Tensor rates = head.A1_log.expand_as(head.K2).contiguous();
  return {m.input, m.conv, select, head.time, rates, head.D, m.output};
}

}  // namespace offprint::nn
