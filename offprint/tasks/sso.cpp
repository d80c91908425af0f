#include "offprint/tasks/sso.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "offprint/core/error.h"
#include "offprint/core/suggest.h"
#include "offprint/kernels/ridge_solve.h"
#include "offprint/nn/smooth_descent.h"
#include "offprint/tasks/batch_order.h"

namespace offprint::tasks {
namespace {

void require_name(const char* option, const std::string& name,
                  const std::vector<std::string>& names) {
  require(std::ranges::find(names, name) != names.end(), "{}: '{}'{}, expected {}", option, name,
          did_you_mean(name, names), fmt::join(names, "|"));
}

// theta + the least change that brings design theta nearest to z_t - eta gradient.
Tensor least_squares_step(const nn::Surrogate& g, const Tensor& design, const Tensor& theta) {
  const Tensor wanted = -g.eta * g.gradient;  // (N,K)
  const bool tall = design.size(0) >= design.size(1);
  const Tensor change =
      tall ? kernels::ridge_solve(design.t().matmul(design), design.t().matmul(wanted), 1e-13)
           : design.t().matmul(kernels::ridge_solve(design.matmul(design.t()), wanted, 1e-13));
  return theta + change.reshape(-1);
}

}  // namespace

void check(const SsoOptions& o) {
  require(o.calls >= 1 && o.inner >= 1, "--calls, --inner: {} and {}, expected 1 or more", o.calls,
          o.inner);
  require(o.batch >= 0, "--batch: {}, expected 0 (all) or more", o.batch);
  require_name("--inner-by", o.inner_by, {"armijo", "lbfgs", "adam", "exact"});
  require_name("--rule", o.rule, {"smooth", "backtracking", "decay"});
  require_name("--divergence", o.divergence, {"euclid", "kl"});
  require(std::isfinite(o.inner_rate) && o.inner_rate > 0, "--inner-rate: {}, expected above 0",
          o.inner_rate);
  require(std::isfinite(o.eta) && o.eta >= 0, "--eta: {}, expected 0 (1/L) or more", o.eta);
  require(o.inner_by != "exact" || o.divergence == "euclid",
          "--inner-by exact: least squares need --divergence euclid");
  require(o.rule != "backtracking" || o.divergence == "euclid",
          "--rule backtracking: a step along the gradient needs --divergence euclid");
}

SsoStepper::SsoStepper(SsoOptions options)
    : options_(std::move(options)), divergence_(nn::divergence_named(options_.divergence)) {
  check(options_);
  inner_step_ = options_.inner_rate;
}

double SsoStepper::next_eta(const Tensor& z, const nn::LossAt& at, const Tensor& rows,
                            nn::CountedLoss& loss) {
  const bool kl = divergence_ == nn::Divergence::kl;
  require(options_.eta > 0 || kl || loss.smoothness() > 0 || options_.rule == "backtracking",
          "--eta: the loss does not say how smooth it is, expected a step size or --rule "
          "backtracking");
  const double first = options_.eta > 0        ? options_.eta
                       : kl                    ? 1
                       : loss.smoothness() > 0 ? 1 / loss.smoothness()
                                               : 1;
  if (options_.rule == "smooth") return first;
  if (options_.rule == "decay") return first / std::sqrt(static_cast<double>(steps_));
  // Armijo's rule for the outputs themselves, as if the model could move them freely.
  const auto n = static_cast<double>(z.size(0));
  const double square = (at.gradient * at.gradient).sum().item<double>() / n;
  const nn::ArmijoRule rule;
  double eta = steps_ == 1 ? first : eta_ * rule.grow;
  for (int64_t trial = 0; trial < rule.most_trials && square > 0; ++trial, eta *= rule.shrink)
    if (loss.value(z - eta * at.gradient, rows) <= at.value - rule.c * eta * square) break;
  return eta;
}

Tensor SsoStepper::step(const Tensor& theta, const nn::TargetMap& map, const Tensor& rows,
                        nn::CountedLoss& loss, const nn::TargetMap* all) {
  const at::NoGradGuard no_grad;
  const Tensor z = map.outputs(theta);
  ++evaluations_, ++steps_;
  const nn::LossAt at = loss.ask(z, rows);
  eta_ = next_eta(z, at, rows, loss);
  if (!all || !options_.anchor_all || !rows.defined())
    return descend(theta, map, {at.value, z, at.gradient, eta_, divergence_});
  return descend(theta, *all,
                 nn::anchored_everywhere(at, rows, all->outputs(theta), eta_, divergence_));
}

Tensor SsoStepper::descend(const Tensor& theta, const nn::TargetMap& map,
                           const nn::Surrogate& surrogate) {
  const at::NoGradGuard no_grad;
  if (options_.inner_by == "exact") {
    require(map.design.defined(), "--inner-by exact: the model is not linear in its parameters");
    evaluations_ += 2;
    return least_squares_step(surrogate, map.design, theta);
  }
  const auto n = static_cast<double>(map.examples);
  nn::SmoothFunction g;
  g.value = [&](const Tensor& x) { return nn::surrogate_value(surrogate, map.outputs(x)); };
  g.at = [&](const Tensor& x) -> nn::SmoothPoint {
    const nn::RecordedOutputs f = map.record(x);
    const nn::LossAt at = nn::surrogate_at(surrogate, f.outputs);
    return {at.value, f.pull(at.gradient / n)};
  };
  const nn::Descent d =
      options_.inner_by == "adam"    ? nn::adam_descent(g, theta, options_.inner, inner_step_)
      : options_.inner_by == "lbfgs" ? nn::lbfgs_descent(g, theta, options_.inner, inner_step_)
                                     : nn::armijo_descent(g, theta, options_.inner, inner_step_);
  inner_step_ = d.step;
  evaluations_ += d.values + 2 * d.gradients;
  return d.x;
}

Minimized minimize(const nn::ExpensiveLoss& loss, const nn::TargetModel& model, const Tensor& theta,
                   const SsoOptions& options, Rng rng, Progress& progress, const Watch& watch) {
  require(
      theta.dim() == 1 && theta.size(0) == model.parameters && theta.scalar_type() == at::kDouble,
      "sso: parameters are {}, expected ({}) float64", shape_text(theta), model.parameters);
  require(options.batch <= model.examples, "--batch: {}, expected at most {} examples",
          options.batch, model.examples);
  SsoStepper stepper(options);
  nn::CountedLoss counted(loss);
  Minimized out;
  out.end.theta = theta.detach().clone();
  const bool whole = options.batch == 0 || options.batch == model.examples;
  const nn::TargetMap all = whole || options.anchor_all ? model.on({}) : nn::TargetMap{};
  BatchOrder order(model.examples, whole ? model.examples : options.batch, rng.split("batches"));
  progress.start("askings", options.calls);
  for (int64_t t = 0; t < options.calls; ++t) {
    const Tensor rows = whole ? Tensor() : order.next();
    out.end.theta = stepper.step(out.end.theta, whole ? all : model.on(rows), rows, counted,
                                 whole ? nullptr : &all);
    out.end.calls = counted.calls();
    out.end.model_evaluations = stepper.evaluations();
    out.end.batch_loss = counted.last_value();
    out.losses.push_back(out.end.batch_loss);
    progress.at(t + 1, {{"loss", out.end.batch_loss}});
    if (watch && !watch(out.end)) break;
    if (progress.stop_requested()) {
      out.stopped = true;
      break;
    }
  }
  return out;
}

}  // namespace offprint::tasks
