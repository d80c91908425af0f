#include "offprint/nn/ssm2d.h"

#include <ATen/ops/log.h>

#include "offprint/core/error.h"
#include "offprint/kernels/scan2d.h"
#include "offprint/nn/mamba.h"

namespace offprint::nn {
namespace {

// (B,V,L,E) -> (B period,V,ceil(L/period),E): a phase of the period a grid, zeros before the start.
Tensor fold(const Tensor& x, int64_t period) {
  const int64_t B = x.size(0), V = x.size(1), L = x.size(2), E = x.size(3);
  const int64_t seasons = (L + period - 1) / period;
  return at::pad(x, {0, 0, seasons * period - L, 0})
      .view({B, V, seasons, period, E})
      .permute({0, 3, 1, 2, 4})
      .reshape({B * period, V, seasons, E});
}

Tensor unfold(const Tensor& y, int64_t period, int64_t L) {
  const int64_t B = y.size(0) / period, V = y.size(1), seasons = y.size(2), E = y.size(3);
  return y.view({B, period, V, seasons, E})
      .permute({0, 2, 3, 1, 4})
      .reshape({B, V, seasons * period, E})
      .slice(2, seasons * period - L);
}

struct Selected {
  Tensor dt1, dt2, B1, B2, C1, C2;
};

Selected select(const Ssm2d& m, const Tensor& x) {
  const int64_t N = m.K2.size(1);
  if (m.fixed.defined()) {
    std::vector<int64_t> a_cell = x.sizes().vec();
    a_cell.back() = N;
    const auto part = m.fixed.chunk(4);
    const auto steps = [&](const Linear& of) { return at::softplus(of.bias).expand_as(x); };
    return {steps(m.time),          steps(m.across),        part[0].expand(a_cell),
            part[1].expand(a_cell), part[2].expand(a_cell), part[3].expand(a_cell)};
  }
  const int64_t R = m.time.weight.size(1);
  const auto part = forward(m.select, x).split_with_sizes({R, R, N, N, N, N}, -1);
  return {at::softplus(forward(m.time, part[0])),
          at::softplus(forward(m.across, part[1])),
          part[2],
          part[3],
          part[4],
          part[5]};
}

Tensor scan(const Ssm2d& m, const Tensor& x) {
  const Selected s = select(m, x);
  const auto rates = [&](const Tensor& log) { return (-at::exp(log)).expand_as(m.K2); };
  const Tensor y = kernels::scan2d({x, s.dt1, s.dt2, rates(m.A1_log), rates(m.A4_log),
                                    at::tanh(m.K2), at::tanh(m.K3), s.B1, s.B2, s.C1, s.C2});
  return y + m.D * x;
}

}  // namespace

Ssm2d make_ssm2d(const Ssm2dOptions& o, Rng& rng) {
  require(o.channels >= 1 && o.states >= 1 && o.rank >= 0 && o.period >= 1,
          "2-D state space: {} channels of {} states, rank {}, period {}, expected positive sizes",
          o.channels, o.states, o.rank, o.period);
  const int64_t E = o.channels, N = o.states;
  const int64_t rank = o.rank > 0 ? o.rank : (E + 15) / 16;
  Ssm2d m;
  if (o.selective) {
    m.select = make_linear(E, 2 * rank + 4 * N, rng);
    m.select.bias = at::cat({at::zeros({2 * rank}), at::ones({2 * N}), rng.normal({2 * N})});
    m.time = make_linear(rank, E, rng), m.across = make_linear(rank, E, rng);
  } else {
    m.fixed = at::cat({at::ones({2 * N}), rng.normal({2 * N})});
  }
  m.time.bias = step_bias(E, o.dt_min, o.dt_max, rng);
  m.across.bias = step_bias(E, o.across_min, o.across_max, rng);
  const int64_t rates = o.scalar ? 1 : N;
  m.A1_log = at::log(at::arange(1, rates + 1, at::TensorOptions().dtype(at::kFloat)))
                 .expand({E, rates})
                 .contiguous();
  m.A4_log = m.A1_log.clone();
  m.K2 = rng.uniform({E, N}, -0.5, 0.5), m.K3 = rng.uniform({E, N}, -0.5, 0.5);
  m.D = at::ones({E});
  m.period = o.period;
  return m;
}

Tensor forward(const Ssm2d& m, const Tensor& x) {
  require(x.dim() == 4 && x.size(3) == m.D.size(0), "2-D state space: x is {}, expected (B,V,L,{})",
          shape_text(x), m.D.size(0));
  if (m.period == 1) return scan(m, x);
  return unfold(scan(m, fold(x, m.period)), m.period, x.size(2));
}

Tensor forward_ways(const std::vector<Ssm2d>& ways, const Tensor& x) {
  const Tensor y = forward(ways.front(), x);
  return ways.size() == 1 ? y : y + forward(ways.back(), x.flip(1)).flip(1);
}

}  // namespace offprint::nn
