#include "offprint/nn/mamba.h"

#include <ATen/ops/log.h>

#include <cmath>

#include "offprint/core/error.h"
#include "offprint/kernels/selective_scan.h"

namespace offprint::nn {
namespace {

struct Selected {
  Tensor dt, B, C;
};

Selected select(const Mamba& m, const Tensor& x) {  // (...,E)
  const int64_t rank = m.step.weight.size(1), N = m.A_log.size(1);
  const Tensor parts = forward(m.select, x);
  const Tensor dt = at::softplus(forward(m.step, parts.narrow(-1, 0, rank)));
  return {dt, parts.narrow(-1, rank, N), parts.narrow(-1, rank + N, N)};
}

}  // namespace

Tensor step_bias(int64_t channels, double dt_min, double dt_max, Rng& rng) {
  require(0 < dt_min && dt_min <= dt_max, "step sizes from {} to {}, expected 0 < min <= max",
          dt_min, dt_max);
  const Tensor dt =
      at::exp(rng.uniform({channels}, std::log(dt_min), std::log(dt_max), at::kDouble));
  return (dt + at::log(-(-dt).expm1())).to(at::kFloat);
}

Mamba make_mamba(const MambaOptions& o, Rng& rng) {
  require(o.d_model > 0 && o.d_state > 0 && o.expand > 0 && o.taps > 0 && o.dt_rank >= 0,
          "make_mamba: width {}, state {}, expand {}, taps {}, rank {}, expected positive sizes",
          o.d_model, o.d_state, o.expand, o.taps, o.dt_rank);
  const int64_t E = o.expand * o.d_model;
  const int64_t rank = o.dt_rank > 0 ? o.dt_rank : (o.d_model + 15) / 16;
  Mamba m;
  m.input = make_linear(o.d_model, 2 * E, rng, false);
  m.conv = make_causal_conv(E, o.taps, 1, rng);
  m.select = make_linear(E, rank + 2 * o.d_state, rng, false);
  m.step = make_linear(rank, E, rng);
  m.step.bias = step_bias(E, o.dt_min, o.dt_max, rng);
  const Tensor rates = at::arange(1, o.d_state + 1, at::TensorOptions().dtype(at::kFloat));
  m.A_log = at::log(rates).expand({E, o.d_state}).contiguous();
  m.D = at::ones({E});
  m.output = make_linear(E, o.d_model, rng, false);
  return m;
}

Tensor forward(const Mamba& m, const Tensor& u) {
  require_dim(u, 3, "mamba", "u", "(B,L,D)");
  const auto parts = forward(m.input, u).chunk(2, -1);  // x, z (B,L,E)
  const Tensor x = at::silu(forward_steps(m.conv, parts[0]));
  const Selected s = select(m, x);
  const Tensor y = kernels::selective_scan(x, s.dt, -at::exp(m.A_log), s.B, s.C, m.D);
  return forward(m.output, y * at::silu(parts[1]));
}

MambaState start(const Mamba& m, int64_t batch) {
  const int64_t E = m.A_log.size(0);
  return {at::zeros({batch, m.conv.weight.size(2) - 1, E}, m.D.options()),
          at::zeros({batch, E, m.A_log.size(1)}, m.D.options())};
}

Tensor step(const Mamba& m, MambaState& state, const Tensor& u) {
  require_dim(u, 2, "mamba", "u", "(B,D)");
  const auto parts = forward(m.input, u).chunk(2, -1);
  const Tensor seen = at::cat({state.recent, parts[0].unsqueeze(1)}, 1);  // (B,K,E)
  state.recent = seen.slice(1, 1);
  const Tensor taps = m.conv.weight.squeeze(1).t();  // (K,E)
  const Tensor x = at::silu((seen * taps).sum(1) + m.conv.bias);
  const Selected s = select(m, x);
  const Tensor decay = at::exp(s.dt.unsqueeze(-1) * -at::exp(m.A_log));  // (B,E,N)
  state.h = decay * state.h + (s.dt * x).unsqueeze(-1) * s.B.unsqueeze(1);
  const Tensor y = at::matmul(state.h, s.C.unsqueeze(-1)).squeeze(-1) + m.D * x;
  return forward(m.output, y * at::silu(parts[1]));
}

}  // namespace offprint::nn
