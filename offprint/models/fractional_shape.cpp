#include "offprint/models/fractional_shape.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace offprint::models {
namespace {

Tensor shaped(const nn::Perceptron& net, const Tensor& x) {
  return nn::forward(net, x.unsqueeze(-1)).squeeze(-1);
}

// Weights of the driver at the index now: (K).
Tensor weights_of(const FractionalShape& m, const GuidedSeries& s) {
  return kernels::mfbm_weights(hurst_of(m), s.line.driver)[0];
}

}  // namespace

FractionalShape make_fractional_shape(int64_t hidden, double hurst, Rng& rng) {
  const double share = std::min(1 - 1e-4, std::max(1e-4, (hurst - 0.02) / 0.96));
  return {nn::make_perceptron({1, hidden, 1}, rng, true),
          nn::make_perceptron({1, hidden, 1}, rng, true),
          at::full({1}, std::log(share / (1 - share)))};
}

Tensor hurst_of(const FractionalShape& m) { return 0.02 + 0.96 * at::sigmoid(m.hurst_raw); }

GuidedSeries make_guided_series(const kernels::FractionalLine& line,
                                std::span<const double> values) {
  GuidedSeries s{line, kernels::guide_to(line, values), {}, {}, {}, {}, {}, {}};
  const auto single = [](Tensor& t) { t = t.to(at::kFloat); };
  s.log_det = std::get<0>(at::linalg_eigh(s.guide.spread)).log().sum(1);
  for (Tensor* t : {&s.guide.offset, &s.guide.gain, &s.guide.spread, &s.guide.root,
                    &s.guide.start_mean, &s.guide.start_root, &s.log_det})
    single(*t);
  std::vector<float> seen, is_seen;
  for (const double v : values) {
    seen.push_back(std::isnan(v) ? 0 : static_cast<float>(v));
    is_seen.push_back(std::isnan(v) ? 0 : 1);
  }
  s.seen = at::tensor(seen), s.is_seen = at::tensor(is_seen);
  const Tensor rates = at::tensor(line.driver.rates, at::kDouble) * line.dt;
  s.decay = (-rates).exp().to(at::kFloat), s.lost = (-rates).expm1().to(at::kFloat);
  s.root = s.guide.root;
  return s;
}

Tensor drift_at(const FractionalShape& m, const GuidedSeries& s, const Tensor& x) {
  return s.line.constant - s.line.pull * x + shaped(m.drift, x);
}

Tensor diffusion_at(const FractionalShape& m, const GuidedSeries& s, const Tensor& x) {
  // Within a factor of twenty of the linear equation's: where no values are, shapes run away.
  return s.line.scale * (3 * at::tanh(shaped(m.diffusion, x) / 3)).exp();
}

Tensor guided_states(const GuidedSeries& s, Rng& rng) {
  const at::NoGradGuard none;
  const int64_t steps = s.guide.offset.size(0), n = s.guide.gain.size(2);
  const Tensor weights = at::tensor(s.line.driver.weights, at::kDouble).to(at::kFloat);
  Tensor state = s.guide.start_mean + s.guide.start_root.matmul(rng.normal({n}));
  std::vector<Tensor> all = {state};
  const Tensor draws = rng.normal({steps, s.root.size(1)});
  for (int64_t i = 0; i < steps; ++i) {
    const Tensor z =
        s.guide.offset[i] + s.guide.gain[i].matmul(state) + s.guide.spread[i].matmul(draws[i]);
    const Tensor y = state.slice(0, 1), next = y * s.decay + s.root.matmul(z);
    const Tensor x = state.slice(0, 0, 1);
    const Tensor moved = weights.dot(y * s.lost + s.root.matmul(z));
    state =
        at::cat({x + s.line.dt * (s.line.constant - s.line.pull * x) + s.line.scale * moved, next});
    all.push_back(state);
  }
  return at::stack(all);
}

WindowBound window_bound(const FractionalShape& m, const GuidedSeries& s, const Tensor& from,
                         const Tensor& states, int64_t steps, Rng& rng) {
  const Tensor weights = weights_of(m, s);  // (K), learnt
  const Tensor linear_weights = at::tensor(s.line.driver.weights, at::kDouble).to(at::kFloat);
  const Tensor moves = s.root.t().matmul(weights);                // (R): what a normal moves B by
  const Tensor linear_moves = s.root.t().matmul(linear_weights);  // (R)
  const Tensor along = moves / moves.dot(moves);
  const double noise = s.line.noise, dt = s.line.dt;
  Tensor x = states.select(1, 0), y = states.slice(1, 1);  // (P), (P,K)
  Tensor bound = at::zeros_like(x);
  for (int64_t i = 0; i < steps; ++i) {
    const Tensor row = from + i;
    const Tensor e = rng.normal({x.size(0), s.root.size(1)});
    const Tensor state = at::cat({x.unsqueeze(1), y}, 1).unsqueeze(2);
    const Tensor z = s.guide.offset.index_select(0, row) +
                     at::bmm(s.guide.gain.index_select(0, row), state).squeeze(2) +
                     at::bmm(s.guide.spread.index_select(0, row), e.unsqueeze(2)).squeeze(2);
    const Tensor lost = y * s.lost;
    const Tensor linear = lost.matmul(linear_weights) + z.matmul(linear_moves);
    const Tensor next = x + dt * (s.line.constant - s.line.pull * x) + s.line.scale * linear;
    // The driver has to have moved so that the learnt shapes lead there too.
    const Tensor sigma = diffusion_at(m, s, x);
    const Tensor needed = (next - x - dt * drift_at(m, s, x)) / sigma;
    const Tensor z_needed =
        z + (needed - lost.matmul(weights) - z.matmul(moves)).unsqueeze(1) * along;
    // log p - log q of the normals. The map from z to z_needed keeps all but what moves X, which it
    // scales by (scale linear_moves) / (sigma moves) along itself.
    const Tensor stretch = (s.line.scale * linear_moves.dot(along)) / sigma;
    bound = bound - 0.5 * (z_needed.pow(2).sum(1) - e.pow(2).sum(1)) +
            s.log_det.index_select(0, row) + stretch.abs().log();
    const Tensor missed = (s.seen.index_select(0, row + 1) - next).pow(2) / noise +
                          std::log(2 * std::numbers::pi * noise);
    bound = bound - 0.5 * missed * s.is_seen.index_select(0, row + 1);
    y = y * s.decay + z_needed.matmul(s.root.t());
    x = next;
  }
  return {bound, at::cat({x.unsqueeze(1), y}, 1)};
}

Tensor continue_paths(const FractionalShape& m, const GuidedSeries& s, const Tensor& states,
                      int64_t steps, Rng& rng) {
  const at::NoGradGuard none;
  const Tensor weights = weights_of(m, s), moves = s.root.t().matmul(weights);
  Tensor x = states.select(1, 0), y = states.slice(1, 1);
  std::vector<Tensor> all;
  for (int64_t i = 0; i < steps; ++i) {
    const Tensor z = rng.normal({x.size(0), s.root.size(1)});
    const Tensor moved = (y * s.lost).matmul(weights) + z.matmul(moves);
    x = x + s.line.dt * drift_at(m, s, x) + diffusion_at(m, s, x) * moved;
    y = y * s.decay + z.matmul(s.root.t());
    all.push_back(x);
  }
  return at::stack(all);
}

}  // namespace offprint::models
