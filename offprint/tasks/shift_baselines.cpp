#include "offprint/tasks/shift_baselines.h"

#include <ATen/ops/full_like.h>

#include <cmath>
#include <limits>

#include "offprint/core/error.h"
#include "offprint/kernels/ridge_solve.h"
#include "offprint/nn/optimizer.h"

namespace offprint::tasks {
namespace {

constexpr int64_t kBins = 8;  // of outcomes that count as alike

using kernels::FeatureRidge;

struct Problem {  // features and outcome, centred over all rows
  Tensor phi, y, environment;
  int64_t count;
  double penalty;  // of the normal equations over N, times the identity
};

Problem problem_of(const FeatureRidge& base, const EnvironmentData& d) {
  const Tensor phi = kernels::features(base, d.x) - base.mean;
  const double top = phi.square().mean(0).sum().item<double>();
  return {phi, d.y - base.intercept, d.environment, d.count, std::max(base.penalty, 1e-8) * top};
}

// Ridge of weighted rows (weights sum to 1).
Tensor weighted_ridge(const Tensor& phi, const Tensor& y, const Tensor& weight, double penalty) {
  const Tensor heavy = phi * weight.unsqueeze(1);
  Tensor gram = phi.t().mm(heavy);
  gram.diagonal().add_(penalty);
  return kernels::ridge_solve(gram, heavy.t().mv(y).unsqueeze(1)).squeeze(1);
}

Tensor rows_in(const Problem& p, int64_t e) { return p.environment.eq(e).to(at::kDouble); }

Tensor anchored(const Tensor& values, const Problem& p, double factor) {
  Tensor out = values.clone();
  for (int64_t e = 0; e < p.count; ++e) {
    const Tensor in = rows_in(p, e);
    const Tensor mean = in.matmul(values) / in.sum();
    out += (factor - 1) * (values.dim() == 1 ? in * mean : in.unsqueeze(1) * mean);
  }
  return out;
}

Tensor anchor(const Problem& p, double strength) {
  const double factor = std::sqrt(1 + strength);
  const Tensor phi = anchored(p.phi, p, factor), y = anchored(p.y, p, factor);
  return weighted_ridge(phi, y, at::full_like(y, 1.0 / static_cast<double>(y.size(0))), p.penalty);
}

Tensor core(const Problem& p, double strength) {
  const int64_t n = p.y.size(0), bins = std::min(kBins, n / 4 + 1);
  Tensor gram = p.phi.t().mm(p.phi) / static_cast<double>(n);
  gram.diagonal().add_(p.penalty);
  const Tensor order = p.y.argsort();
  for (int64_t b = 0; b < bins; ++b) {
    const Tensor rows = order.slice(0, b * n / bins, (b + 1) * n / bins);
    const Tensor phi = p.phi.index_select(0, rows), of = p.environment.index_select(0, rows);
    const Tensor mean = phi.mean(0);
    for (int64_t e = 0; e < p.count; ++e) {
      const Tensor in = of.eq(e).to(at::kDouble);
      const double held = in.sum().item<double>();
      if (held == 0) continue;
      const Tensor off = in.matmul(phi) / held - mean;
      gram += strength * held / static_cast<double>(n) * off.unsqueeze(1) * off;
    }
  }
  const Tensor right = p.phi.t().mv(p.y) / static_cast<double>(n);
  return kernels::ridge_solve(gram, right.unsqueeze(1)).squeeze(1);
}

Tensor group_dro(const Problem& p) {
  constexpr int kRounds = 80;
  std::vector<Tensor> in;
  for (int64_t e = 0; e < p.count; ++e) in.push_back(rows_in(p, e));
  std::vector<double> q(in.size(), 1.0 / static_cast<double>(in.size()));
  const double size = p.y.square().mean().item<double>();
  Tensor mean;
  for (int round = 0; round < kRounds; ++round) {
    Tensor weight = at::zeros_like(p.y);
    for (size_t e = 0; e < in.size(); ++e) weight += q[e] / in[e].sum() * in[e];
    const Tensor beta = weighted_ridge(p.phi, p.y, weight, p.penalty);
    const Tensor loss = (p.y - p.phi.mv(beta)).square();
    double sum = 0;
    for (size_t e = 0; e < in.size(); ++e) {
      q[e] *= std::exp(2 * in[e].dot(loss).item<double>() / in[e].sum().item<double>() / size);
      sum += q[e];
    }
    for (double& one : q) one /= sum;
    mean = mean.defined() ? mean + (beta - mean) / (round + 1) : beta;
  }
  return mean;
}

Tensor irm(const Problem& p, const Tensor& start, double strength) {
  constexpr int64_t kSteps = 250;
  Tensor beta = start.clone();
  nn::Parameters parameters{{"beta", beta.set_requires_grad(true), {}}};
  nn::Optimizer adam(parameters, {.kind = "adam", .lr = 0.02, .weight_decay = 0});
  std::vector<Tensor> in;
  for (int64_t e = 0; e < p.count; ++e) in.push_back(rows_in(p, e) / rows_in(p, e).sum());
  for (int64_t step = 0; step < kSteps; ++step) {
    const Tensor f = p.phi.mv(beta), off = f - p.y;
    Tensor loss = p.penalty * beta.square().sum();
    for (const Tensor& one : in) {
      const Tensor slope = 2 * one.dot(f * off);
      loss =
          loss + (one.dot(off.square()) + strength * slope.square()) / static_cast<double>(p.count);
    }
    adam.zero_gradients();
    (loss / (1 + strength)).backward();
    adam.step(1.0 - 0.95 * static_cast<double>(step) / kSteps);
  }
  return beta.detach();
}

FeatureRidge fit_with(ShiftBaseline baseline, const EnvironmentData& d, int64_t units,
                      const Rng& rng, double strength) {
  FeatureRidge fit = kernels::fit_feature_ridge(d.x, d.y, units, rng.split("features"));
  if (baseline == ShiftBaseline::erm) return fit;
  const Problem p = problem_of(fit, d);
  switch (baseline) {
    case ShiftBaseline::anchor:
      fit.beta = anchor(p, strength);
      break;
    case ShiftBaseline::core:
      fit.beta = core(p, strength);
      break;
    case ShiftBaseline::irm:
      fit.beta = irm(p, fit.beta, strength);
      break;
    default:
      fit.beta = group_dro(p);
  }
  return fit;
}

double worst_left_out(ShiftBaseline baseline, const EnvironmentData& d, int64_t units,
                      const Rng& rng, double strength) {
  double worst = 0;
  for (int64_t e = 0; e < d.count; ++e) {
    const Tensor out = d.environment.eq(e), kept = out.logical_not();
    const Tensor environment = d.environment.masked_select(kept);
    const EnvironmentData rest{d.x.index({kept}), d.y.masked_select(kept),
                               at::where(environment > e, environment - 1, environment),
                               d.count - 1};
    const FeatureRidge fit = fit_with(baseline, rest, units, rng, strength);
    const Tensor off = d.y.masked_select(out) - kernels::predict(fit, d.x.index({out}));
    worst = std::max(worst, off.square().mean().item<double>());
  }
  return worst;
}

}  // namespace

std::string_view baseline_name(ShiftBaseline baseline) {
  switch (baseline) {
    case ShiftBaseline::anchor:
      return "anchor regression";
    case ShiftBaseline::irm:
      return "IRM";
    case ShiftBaseline::core:
      return "CoRe-like";
    case ShiftBaseline::group_dro:
      return "group DRO";
    case ShiftBaseline::erm:
      break;
  }
  return "ERM";
}

FeatureRidge fit_baseline(ShiftBaseline baseline, const EnvironmentData& d, int64_t units,
                          const Rng& rng) {
  require(baseline == ShiftBaseline::erm || d.count >= 2,
          "{}: {} environments, expected at least 2", baseline_name(baseline), d.count);
  double strength = 10;
  const bool tuned = baseline != ShiftBaseline::erm && baseline != ShiftBaseline::group_dro;
  if (tuned && d.count >= 3) {
    double least = std::numeric_limits<double>::infinity();
    for (const double one : {1.0, 10.0, 100.0})
      if (const double worst = worst_left_out(baseline, d, units, rng, one); worst < least)
        least = worst, strength = one;
  }
  return fit_with(baseline, d, units, rng, strength);
}

}  // namespace offprint::tasks
