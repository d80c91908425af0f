#include "offprint/papers/monotone_dbm/identities.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "offprint/core/autograd.h"
#include "offprint/core/clock.h"
#include "offprint/core/table.h"
#include "offprint/kernels/entropy_prox.h"
#include "offprint/worlds/boltzmann.h"

namespace offprint::papers::monotone_dbm {
namespace {

models::MonotoneDbm in_double(const models::MonotoneDbm& given) {
  const at::NoGradGuard no_grad;
  models::MonotoneDbm m = given;
  m.bias = m.bias.to(at::kDouble, false, true);
  if (m.factor.defined()) m.factor = m.factor.to(at::kDouble, false, true);
  for (Tensor& f : m.filters) f = f.to(at::kDouble, false, true);
  return m;
}

// The prox by a fixed number of Newton steps in tensor operations, as one would write it in Python:
// log z from lambda inside, lambda outside.
Tensor prox_by_operations(const Tensor& x, double alpha) {
  Tensor lambda = x.amax(-1, true) - (1 - alpha) / static_cast<double>(x.size(-1)) +
                  alpha * std::log(static_cast<double>(x.size(-1)));
  Tensor u = ((x - lambda) / alpha).clamp_max(0);
  for (int outer = 0; outer < 8; ++outer) {
    for (int inner = 0; inner < 4; ++inner) {
      const Tensor e = u.exp();
      u = (u - (alpha * u + (1 - alpha) * e - (x - lambda)) / (alpha + (1 - alpha) * e))
              .clamp_max(0);
    }
    const Tensor e = u.exp(), sum = e.sum(-1, true);
    lambda = lambda + sum.log() * sum / (e / (alpha + (1 - alpha) * e)).sum(-1, true);
  }
  return at::softmax(u, -1);
}

Tensor unrolled(const models::MonotoneDbm& m, const Tensor& phi, const models::Evidence& evidence,
                int64_t iterations) {
  const double step = models::mean_field_step(phi, m.options);
  Tensor z = models::group_softmax(m.spans, at::zeros_like(evidence.values));
  for (int64_t i = 0; i < iterations; ++i) {
    const Tensor x = (1 - step) * z + step * (at::matmul(z, phi) + m.bias);
    std::vector<Tensor> parts;
    int64_t from = 0;
    for (const models::GroupSpan& span : m.spans) {
      const Tensor part =
          x.slice(1, from, from + span.width()).reshape({x.size(0), span.groups, span.states});
      parts.push_back(prox_by_operations(part, step).reshape({x.size(0), span.width()}));
      from += span.width();
    }
    z = at::where(evidence.known > 0, evidence.values, at::cat(parts, 1));
  }
  return z;
}

double step_seconds(
    models::MonotoneDbm& m, const Tensor& states,
    const std::function<Tensor(const Tensor& phi, const models::Evidence&)>& field) {
  const Stopwatch watch;
  const models::Evidence evidence = models::evidence_of(m, states);
  const Tensor phi = models::coupling(m);
  gradients({field(phi, evidence).square().sum()}, {m.factor, m.bias});
  return watch.seconds();
}

}  // namespace

Measurement prox_residual(int64_t groups, const Rng& rng) {
  double worst = 0;
  int64_t count = 0;
  for (const double alpha : {0.05, 0.2, 0.5, 0.9, 1.2, 1.5})
    for (const int64_t k : {2, 3, 10, 64, 256}) {
      const int64_t rows = std::max<int64_t>(1, groups * 8 / (k + 6));
      const Tensor x = 8 * rng.split(fmt::format("{} {}", alpha, k)).normal({rows, k}, at::kDouble);
      const kernels::EntropyProx p = kernels::entropy_prox_solution(x, alpha);
      const Tensor off = (1 - alpha) * p.z + alpha * p.log_z + p.lambda.unsqueeze(-1) - x;
      worst = std::max({worst, (off.abs() / (1 + x.abs())).max().item<double>(),
                        (p.z.sum(-1) - 1).abs().max().item<double>()});
      count += rows;
    }
  return {worst, "", fmt::format("largest of {} groups", count), ""};
}

Measurement gradient_gap(const Rng& rng) {
  Rng init = rng.split("init");
  models::MonotoneDbmOptions o{.rank = 6, .hidden = 2, .iterations = 5000, .tolerance = 1e-13};
  const models::MonotoneDbm made = in_double(models::make_monotone_dbm({2, 3, 4}, o, init));
  const auto evidence =
      models::evidence_of(made, at::tensor({1, -1, -1, -1, 2, -1}, at::kLong).view({2, 3}));
  const auto field = [&](const Tensors& in) {
    models::MonotoneDbm m = made;
    m.factor = in[0], m.bias = in[1];
    return models::mean_field(m, models::coupling(m), evidence).log_seen;
  };
  const Tensors in = {(3 * made.factor).requires_grad_(), made.bias.clone().requires_grad_()};
  return {gradient_check(field, in), "central differences",
          fmt::format("{} weights", made.factor.numel() + made.bias.numel()), ""};
}

Measurement start_gap(const models::MonotoneDbm& given, int64_t starts, Rng rng) {
  const at::NoGradGuard no_grad;
  models::MonotoneDbm m = in_double(given);
  m.options.iterations = 20000, m.options.tolerance = 1e-10;
  const Tensor start =
      models::group_softmax(m.spans, 10 * rng.normal({starts, m.width()}, at::kDouble));
  const Tensor nothing = at::full({starts, std::ssize(m.seen)}, -1, at::kLong);
  const auto field =
      models::mean_field(m, models::coupling(m), models::evidence_of(m, nothing), start);
  const Tensor q = field.marginals;
  return {(q.amax(0) - q.amin(0)).max().item<double>(), "",
          fmt::format("{} starts, {} groups, float64", starts,
                      given.spans.size() > 0 ? m.width() / 2 : 0),
          field.report.converged ? "" : "not all starts came within the tolerance"};
}

Ends plain_ends(const models::MonotoneDbm& like, int64_t starts, Rng rng) {
  const at::NoGradGuard no_grad;
  constexpr int64_t kIterations = 600;
  const models::MonotoneDbm& m = like;
  // Couplings of either sign, free of the cap. Biases undo what undecided groups push each other
  // to, but for a little noise, so that only the couplings decide.
  Tensor a = rng.normal({m.width(), m.width()}, at::kDouble);
  const Tensor blocks = models::group_blocks(m.spans).to(at::kDouble);
  const Tensor phi = (a + a.t()) * (1 - blocks) * (4 / std::sqrt(static_cast<double>(m.width())));
  const Tensor undecided = models::group_softmax(m.spans, at::zeros({1, m.width()}, at::kDouble));
  const Tensor bias =
      0.1 * rng.normal({m.width()}, at::kDouble) - at::matmul(undecided, phi).squeeze(0);
  Tensor q = models::group_softmax(m.spans, 10 * rng.normal({starts, m.width()}, at::kDouble));
  Ends ends;
  ends.changes.resize(static_cast<size_t>(std::min<int64_t>(starts, 5)));
  Tensor before = q, before_that = q;
  for (int64_t i = 0; i < kIterations; ++i) {
    before_that = before, before = q;
    q = models::group_softmax(m.spans, at::matmul(q, phi) + bias);
    const Tensor change = (q - before).abs().amax(1);
    for (size_t s = 0; s < ends.changes.size(); ++s)
      ends.changes[s].push_back(std::max(change[static_cast<int64_t>(s)].item<double>(), 1e-16));
  }
  std::vector<Tensor> points, pairs;
  const auto add = [](std::vector<Tensor>& known, const Tensor& one, const Tensor& other) {
    const bool seen = std::ranges::any_of(known, [&](const Tensor& t) {
      return max_abs_diff(t, one) < 1e-4 || max_abs_diff(t, other) < 1e-4;
    });
    if (!seen) known.push_back(one);
  };
  for (int64_t s = 0; s < starts; ++s) {
    if (max_abs_diff(q[s], before[s]) < 1e-6)
      add(points, q[s], q[s]);
    else if (max_abs_diff(q[s], before_that[s]) < 1e-6)
      add(pairs, q[s], before[s]);
    else
      ++ends.unsettled;
  }
  ends.fixed_points = std::ssize(points), ends.cycles = std::ssize(pairs);
  return ends;
}

std::vector<SmallModel> small_models(int64_t count, const Rng& rng) {
  std::vector<SmallModel> all;
  const std::vector<int64_t> seen(16, 2);
  for (int64_t i = 0; i < count; ++i) {
    Rng own = rng.split(static_cast<uint64_t>(i));
    models::MonotoneDbmOptions o{.rank = 16, .hidden = 0, .iterations = 5000, .tolerance = 1e-9};
    models::MonotoneDbm m = in_double(models::make_monotone_dbm(seen, o, own));
    // From weak couplings to those the cap allows at most.
    const double size =
        0.5 + 3.5 * static_cast<double>(i) / static_cast<double>(std::max<int64_t>(count - 1, 1));
    m.factor = m.factor * size, m.bias = own.normal({m.width()}, at::kDouble);
    const at::NoGradGuard no_grad;
    const Tensor phi = models::coupling(m);
    const Tensor open = at::full({16}, -1, at::kLong);
    const Tensor q = models::mean_field(m, phi, models::evidence_of(m, open.unsqueeze(0)))
                         .marginals.reshape({16, 2})
                         .select(1, 1);
    const worlds::BinaryMachine machine = worlds::binary_machine(phi, m.bias);
    const Tensor exact = worlds::exact_marginals(machine, open);
    const auto naive =
        worlds::naive_mean_field(machine, open, own.uniform({50, 16}, at::kDouble), 500, false);
    const Tensor best = naive.q[naive.free_energy.argmin()];
    all.push_back({worlds::mean_kl(exact, q, open), worlds::mean_kl(exact, best, open),
                   phi.abs().max().item<double>()});
  }
  return all;
}

Measurement speed(const models::MonotoneDbm& given, const Tensor& states, int64_t repeats) {
  models::MonotoneDbm m = given;
  m.factor = m.factor.detach().clone().requires_grad_();
  m.bias = m.bias.detach().clone().requires_grad_();
  std::vector<int64_t> iterations;
  const auto ours = [&](const Tensor& phi, const models::Evidence& evidence) {
    const auto field = models::mean_field(m, phi, evidence);
    iterations = field.report.iterations;
    return field.marginals;
  };
  const auto theirs = [&](const Tensor& phi, const models::Evidence& evidence) {
    return unrolled(m, phi, evidence, *std::ranges::max_element(iterations));
  };
  step_seconds(m, states, ours);
  std::vector<double> ratios, own;
  for (int64_t i = 0; i < repeats; ++i) {
    own.push_back(step_seconds(m, states, ours));
    ratios.push_back(step_seconds(m, states, theirs) / own.back());
  }
  std::ranges::sort(ratios);
  std::ranges::sort(own);
  return {ratios[ratios.size() / 2],
          fmt::format("ours {} s for {} rows, {} iterations", number_text(own[own.size() / 2], 2),
                      states.size(0), *std::ranges::max_element(iterations)),
          fmt::format("{:.1f} to {:.1f}, {} repeats", ratios.front(), ratios.back(), repeats), ""};
}

}  // namespace offprint::papers::monotone_dbm
