#include "offprint/papers/target_surrogates/descents.h"

#include <ATen/ops/linalg_qr.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "offprint/core/numbers.h"
#include "offprint/papers/target_surrogates/problems.h"
#include "offprint/tasks/sso.h"

namespace offprint::papers::target_surrogates {
namespace {

using nn::Activation;
using nn::LayerOptions;

struct NamedLoss {
  std::string name;
  nn::ExpensiveLoss loss;
  int64_t outputs = 1;
};

std::vector<NamedLoss> losses(int64_t n, Rng rng) {
  const Tensor labels = (rng.uniform({n}, at::kDouble) < 0.5).to(at::kDouble);
  return {{"logistic", nn::logistic_targets(labels), 1},
          {"squares", nn::squared_targets(rng.normal({n, 2}, at::kDouble)), 2},
          {"squared hinge", nn::squared_hinge_targets(labels), 1},
          {"softmax", nn::softmax_targets(at::softmax(2 * rng.normal({n, 3}, at::kDouble), 1)), 3}};
}

LayerOptions net(std::vector<int64_t> widths, Activation activation, bool bias) {
  return {.widths = std::move(widths), .activation = activation, .bias = bias};
}

// Mean gradient of h in the parameters.
Tensor whole_gradient(const nn::TargetMap& all, const nn::ExpensiveLoss& loss,
                      const Tensor& theta) {
  const nn::RecordedOutputs f = all.record(theta);
  return f.pull(loss.ask(f.outputs, {}).gradient / static_cast<double>(all.examples));
}

struct CaseBound {
  double worst = 0, touch = 0, steep = 0;
};
CaseBound bound_of(const NamedLoss& c, const Tensor& X, const LayerOptions& layers, int64_t points,
                   Rng rng) {
  const nn::TargetMap all = nn::layered_model(X, layers).on({});
  const Tensor theta = nn::start_layers(layers, rng.split("start"), 0.5);
  const Tensor z = all.outputs(theta);
  const nn::LossAt at = c.loss.ask(z, {});
  const nn::Surrogate g{at.value, z, at.gradient, 1 / c.loss.smoothness, nn::Divergence::euclid};
  nn::Surrogate steep = g;
  steep.eta *= 4;
  CaseBound out;
  const nn::LossAt touching = nn::surrogate_at(g, z);
  out.touch =
      std::max(std::abs(touching.value - at.value), max_abs_diff(touching.gradient, at.gradient));
  int64_t above = 0;
  for (int64_t i = 0; i < points; ++i) {
    const double far = std::pow(10, 3 * rng.uniform() - 2);
    const Tensor there = all.outputs(theta + far * rng.normal(theta.sizes(), at::kDouble));
    const double loss = c.loss.ask(there, {}).value;
    out.worst = std::max(out.worst, (loss - nn::surrogate_value(g, there)) / std::max(loss, 1.0));
    above += loss > nn::surrogate_value(steep, there);
  }
  out.steep = static_cast<double>(above) / static_cast<double>(points);
  return out;
}

// Slope over the last four doublings of T: the law is of what happens in the end. What rounding
// leaves is no gradient.
double slope_of(const std::vector<double>& least) {
  std::vector<double> x, y;
  for (size_t t = std::max<size_t>(1, least.size() / 16); t <= least.size(); t *= 2)
    if (least[t - 1] > 1e-24)
      x.push_back(std::log(static_cast<double>(t))), y.push_back(std::log(least[t - 1]));
  return x.size() < 2 ? -std::numeric_limits<double>::infinity() : fit_line(x, y).slope;
}

Descent descent_of(const NamedLoss& c, const std::string& model, const Tensor& X,
                   const LayerOptions& layers, int64_t steps, const Rng& rng,
                   const Progress& progress) {
  const nn::TargetModel f = nn::layered_model(X, layers);
  const nn::TargetMap all = f.on({});
  Descent out{.name = c.name + ", " + model};
  for (const int64_t inner : {1, 5, 20}) {
    double last = std::numeric_limits<double>::infinity(),
           least = std::numeric_limits<double>::infinity();
    Progress silent;
    const auto watch = [&](const tasks::MinimizeState& s) {
      progress.throw_if_stopped();
      if (s.batch_loss > last + 1e-13) ++out.rises;
      last = s.batch_loss;
      if (inner != 5) return true;
      const Tensor gradient = whole_gradient(all, c.loss, s.theta);
      least = std::min(least, gradient.dot(gradient).item<double>());
      out.least_square.push_back(least);
      return true;
    };
    tasks::minimize(c.loss, f, nn::start_layers(layers, rng.split("start")),
                    {.calls = steps, .inner = inner}, rng, silent, watch);
  }
  out.slope = slope_of(out.least_square);
  return out;
}

}  // namespace

Bound check_bound(int64_t points, const Rng& rng) {
  constexpr int64_t n = 12;
  const Tensor X = rng.split("rows").normal({n, 4}, at::kDouble);
  const std::vector<NamedLoss> named = losses(n, rng.split("losses"));
  const auto cases = 2 * std::ssize(named);
  std::vector<CaseBound> found(static_cast<size_t>(cases));
  at::parallel_for(0, cases, 1, [&](int64_t begin, int64_t end) {
    const at::NoGradGuard no_grad;
    for (int64_t i = begin; i < end; ++i) {
      const NamedLoss& c = named[static_cast<size_t>(i / 2)];
      const LayerOptions layers = i % 2 == 0 ? net({4, c.outputs}, Activation::none, false)
                                             : net({4, 6, c.outputs}, Activation::tanh, true);
      found[static_cast<size_t>(i)] =
          bound_of(c, X, layers, points / cases, rng.split("case").split(static_cast<uint64_t>(i)));
    }
  });
  Bound out{.points = points / cases * cases};
  for (const CaseBound& c : found) {
    out.worst = std::max(out.worst, c.worst), out.touch = std::max(out.touch, c.touch);
    out.steep = std::min(out.steep, c.steep);
  }
  return out;
}

double sgd_step_gap(const Rng& rng) {
  const at::NoGradGuard no_grad;
  constexpr int64_t n = 50;
  constexpr double kRate = 1e-3;  // Armijo's rule takes it as it is
  const Tensor X = rng.split("rows").normal({n, 4}, at::kDouble);
  double worst = 0;
  for (const NamedLoss& c : losses(n, rng.split("losses")))
    for (const LayerOptions& layers : {net({4, c.outputs}, Activation::none, false),
                                       net({4, 6, c.outputs}, Activation::tanh, true)}) {
      const nn::TargetModel model = nn::layered_model(X, layers);
      const Tensor theta = nn::start_layers(layers, rng.split("start"));
      Progress silent;
      const tasks::Minimized one = tasks::minimize(
          c.loss, model, theta, {.calls = 1, .inner = 1, .inner_rate = kRate}, rng, silent);
      worst = std::max(
          worst,
          max_abs_diff(one.end.theta, theta - kRate * whole_gradient(model.on({}), c.loss, theta)));
    }
  return worst;
}

std::vector<Descent> descents(int64_t steps, const Rng& rng, const Progress& progress) {
  constexpr int64_t n = 40, wide = 60, tall = 6;
  const Tensor few = conditioned_rows(n, tall, 30, rng.split("few"));
  const Tensor many = conditioned_rows(n, wide, 30, rng.split("many"));
  const std::vector<NamedLoss> named = losses(n, rng.split("losses"));
  struct Model {
    const char* name;
    Tensor X;
    std::function<LayerOptions(int64_t outputs)> layers;
  };
  const auto none = Activation::none, tanh = Activation::tanh;
  const std::vector<Model> models = {{"linear", few,
                                      [&](int64_t k) {
                                        return net({tall, k}, none, false);
                                      }},
                                     {"linear, more columns than rows", many,
                                      [&](int64_t k) {
                                        return net({wide, k}, none, false);
                                      }},
                                     {"perceptron", few,
                                      [&](int64_t k) {
                                        return net({tall, 10, k}, tanh, true);
                                      }},
                                     {"deep linear", few,
                                      [&](int64_t k) {
                                        return net({tall, 6, 6, k}, none, false);
                                      }},
                                     {"waist of 2", few, [&](int64_t k) {
                                        return net({tall, 2, k}, none, true);
                                      }}};
  const auto cases = std::ssize(models) * std::ssize(named);
  std::vector<Descent> out(static_cast<size_t>(cases));
  at::parallel_for(0, cases, 1, [&](int64_t begin, int64_t end) {
    const at::NoGradGuard no_grad;
    for (int64_t i = begin; i < end; ++i) {
      const Model& m = models[static_cast<size_t>(i / std::ssize(named))];
      const NamedLoss& c = named[static_cast<size_t>(i % std::ssize(named))];
      out[static_cast<size_t>(i)] =
          descent_of(c, m.name, m.X, m.layers(c.outputs), steps,
                     rng.split("descent").split(static_cast<uint64_t>(i)), progress);
    }
  });
  return out;
}

namespace {

struct WeightedSquares {
  Tensor X, best;  // (N,D), the best outputs (N,1)
  nn::ExpensiveLoss loss;
  double least_curvature = 0;  // of the loss along the outputs the model can give
};
WeightedSquares weighted_squares(int64_t n, int64_t d, double condition, double noise, Rng rng) {
  WeightedSquares p;
  p.X = rng.normal({n, d}, at::kDouble);
  const Tensor y =
      p.X.matmul(rng.normal({d, 1}, at::kDouble)) + noise * rng.normal({n, 1}, at::kDouble);
  const Tensor place = at::arange(n, at::kDouble) / static_cast<double>(n - 1);
  const Tensor w = (place * (-std::log(condition))).exp();
  p.loss = nn::squared_targets(y, w);
  const Tensor Q = std::get<0>(at::linalg_qr(p.X));
  const Tensor curvature = Q.t().matmul(w.unsqueeze(1) * Q);
  p.best = Q.matmul(at::linalg_solve(curvature, Q.t().matmul(w.unsqueeze(1) * y)));
  p.least_curvature = std::get<0>(at::linalg_eigh(curvature)).min().item<double>();
  return p;
}

double distance(const WeightedSquares& p, const Tensor& theta) {
  return (p.X.matmul(theta.unsqueeze(1)) - p.best).norm().item<double>();
}

// -log of the factor by which the distance falls in a step, once its slowest part is left.
double measured_rate(const WeightedSquares& p, const tasks::SsoOptions& o, const Rng& rng) {
  std::vector<double> step, log_distance;
  Progress silent;
  const auto watch = [&](const tasks::MinimizeState& s) {
    const double now = distance(p, s.theta);
    // Where Armijo's rule compares values, distances below the root of rounding are noise.
    if (now < 1e-5) return false;
    step.push_back(static_cast<double>(s.calls.gradients)), log_distance.push_back(std::log(now));
    return true;
  };
  tasks::minimize(p.loss, nn::layered_model(p.X, {.widths = {p.X.size(1), 1}}),
                  at::zeros({p.X.size(1)}, at::kDouble), o, rng, silent, watch);
  const size_t half = step.size() / 2;
  return -fit_line(std::span(step).subspan(half), std::span(log_distance).subspan(half)).slope;
}

}  // namespace

std::vector<LinearRate> linear_rates(const Rng& rng) {
  const at::NoGradGuard no_grad;
  const std::vector<double> conditions{10, 100, 1000};
  std::vector<LinearRate> out(conditions.size());
  at::parallel_for(0, std::ssize(out), 1, [&](int64_t begin, int64_t end) {
    const at::NoGradGuard inside;
    for (int64_t i = begin; i < end; ++i) {
      const double condition = conditions[static_cast<size_t>(i)];
      const WeightedSquares p = weighted_squares(
          60, 20, condition, 0.3, rng.split("rate").split(static_cast<uint64_t>(condition)));
      LinearRate r{.condition = condition, .theory = -std::log1p(-p.least_curvature)};
      tasks::SsoOptions o{.calls = 600, .inner_by = "exact"};
      r.exact = measured_rate(p, o, rng);
      o.inner_by = "lbfgs", o.inner = 10;
      r.ten_steps = measured_rate(p, o, rng);
      out[static_cast<size_t>(i)] = r;
    }
  });
  return out;
}

Neighbourhood neighbourhoods(int64_t steps, const Rng& rng, const Progress& progress) {
  const at::NoGradGuard no_grad;
  constexpr int64_t n = 200, d = 10, kSettle = 100;
  constexpr double eta = 0.05;
  const WeightedSquares p = weighted_squares(n, d, 1, 0.5, rng.split("problem"));
  const nn::TargetModel model = nn::layered_model(p.X, {.widths = {d, 1}});
  const nn::TargetMap all = model.on({});
  const Tensor Q = std::get<0>(at::linalg_qr(p.X));
  const Tensor rest = p.loss.ask(p.best, {}).gradient;
  const double spread = n * (Q.pow(2).sum(1, true) * rest * rest).sum().item<double>();
  // The parameters of the best outputs, so that only a little settling is left.
  const Tensor start = at::linalg_solve(p.X.t().matmul(p.X), p.X.t().matmul(p.best)).reshape(-1);
  Neighbourhood out{.batch = {4, 8, 16, 32, 64}};
  out.distance.resize(out.batch.size()), out.predicted.resize(out.batch.size());
  at::parallel_for(0, std::ssize(out.batch), 1, [&](int64_t begin, int64_t end) {
    const at::NoGradGuard inside;
    for (int64_t i = begin; i < end; ++i) {
      const auto at = static_cast<size_t>(i);
      const double batch = out.batch[at];
      // Outputs move by (1 - eta) towards the best and by eta times noise of variance spread/batch;
      // the last term of `hold` is the noise that their own errors add.
      const double hold = 1 - (1 - eta) * (1 - eta) - eta * eta * d / batch;
      out.predicted[at] = eta * eta * spread / batch / hold;
      tasks::SsoStepper stepper({.inner_by = "exact", .eta = eta, .anchor_all = true});
      nn::CountedLoss counted(p.loss);
      Rng draw = rng.split("batch").split(static_cast<uint64_t>(i));
      Tensor theta = start;
      double sum = 0;
      for (int64_t t = 0; t < kSettle + steps; ++t) {
        const Tensor rows = draw.integers({static_cast<int64_t>(batch)}, n);
        theta = stepper.step(theta, model.on(rows), rows, counted, &all);
        if (t >= kSettle) sum += std::pow(distance(p, theta), 2);
        if (t % 100 == 0) progress.throw_if_stopped();
      }
      out.distance[at] = sum / static_cast<double>(steps);
    }
  });
  return out;
}

}  // namespace offprint::papers::target_surrogates
