#include "offprint/tasks/sso.h"

#include <doctest/doctest.h>

#include "offprint/core/error.h"
#include "offprint/kernels/logistic_solve.h"
#include "offprint/tasks/gradient_methods.h"

using namespace offprint;
using namespace offprint::tasks;
using nn::ExpensiveLoss;

namespace {

struct Problem {
  Tensor X, y;
  nn::TargetModel model;
};

Problem classes(int64_t n, int64_t d, uint64_t seed) {
  Rng rng{seed};
  Problem p;
  p.X = rng.normal({n, d}, at::kDouble);
  const Tensor w = rng.normal({d}, at::kDouble);
  p.y = (p.X.matmul(w) + rng.normal({n}, at::kDouble) > 0).to(at::kDouble);
  p.model = nn::layered_model(p.X, {.widths = {d, 1}});
  return p;
}

// One gradient step of h, by hand.
Tensor plain_step(const nn::TargetModel& model, const ExpensiveLoss& loss, const Tensor& theta,
                  double rate) {
  const nn::RecordedOutputs f = model.on({}).record(theta);
  const Tensor gradient = loss.ask(f.outputs, {}).gradient;
  return theta - rate * f.pull(gradient / static_cast<double>(model.examples));
}

Minimized minimized(const ExpensiveLoss& loss, const nn::TargetModel& model, const Tensor& theta,
                    const SsoOptions& o, const Watch& watch = {}) {
  Progress progress;
  return minimize(loss, model, theta, o, Rng{1}, progress, watch);
}

}  // namespace

TEST_CASE("SSO: one inner gradient step is one step of SGD") {
  const Problem p = classes(40, 5, 1);
  const nn::LayerOptions deep{
      .widths = {5, 4, 1}, .activation = nn::Activation::tanh, .bias = true};
  const ExpensiveLoss loss = nn::logistic_targets(p.y);
  for (const auto& [model, theta] :
       {std::pair{p.model, at::full({5}, 0.2, at::kDouble)},
        std::pair{nn::layered_model(p.X, deep), nn::start_layers(deep, Rng{2})}}) {
    // So small a step that Armijo's rule takes it as it is.
    const double rate = 1e-2;
    const Minimized m = minimized(loss, model, theta, {.calls = 1, .inner = 1, .inner_rate = rate});
    CHECK(max_abs_diff(m.end.theta, plain_step(model, loss, theta, rate)) < 1e-12);
    CHECK(m.end.calls.gradients == 1);
    CHECK(m.end.calls.gradient_examples == 40);
  }
}

TEST_CASE("SSO: over all examples the loss falls with every asking, whatever the inner steps") {
  const Problem p = classes(60, 8, 3);
  const nn::LayerOptions deep{
      .widths = {8, 6, 1}, .activation = nn::Activation::tanh, .bias = true};
  const nn::TargetModel net = nn::layered_model(p.X, deep);
  for (const ExpensiveLoss& loss : {nn::logistic_targets(p.y), nn::squared_hinge_targets(p.y)})
    for (const std::string by : {"armijo", "lbfgs", "adam"})
      for (const int64_t inner : {1, 7}) {
        CAPTURE(by);
        const Minimized m =
            minimized(loss, net, nn::start_layers(deep, Rng{4}),
                      {.calls = 40, .inner = inner, .inner_by = by, .inner_rate = 0.05});
        for (size_t t = 1; t < m.losses.size(); ++t) CHECK(m.losses[t] <= m.losses[t - 1] + 1e-12);
        CHECK(m.losses.back() < m.losses.front());
      }
}

TEST_CASE("SSO: exact inner steps of a linear model reach the logistic optimum") {
  const Problem p = classes(80, 4, 5);
  const kernels::LogisticFit best = kernels::logistic_solve(p.X, p.y, {.l2 = 1e-9});
  const nn::TargetModel model =
      nn::layered_model(at::cat({p.X, at::ones({80, 1}, at::kDouble)}, 1), {.widths = {5, 1}});
  const Minimized m = minimized(nn::logistic_targets(p.y), model, at::zeros({5}, at::kDouble),
                                {.calls = 400, .inner_by = "exact"});
  CHECK(m.losses.back() == doctest::Approx(best.objective).epsilon(1e-6));
}

TEST_CASE("SSO: exact inner steps of squares are one least squares solution") {
  const Problem p = classes(30, 4, 6);
  const Tensor y = Rng{7}.normal({30, 2}, at::kDouble);
  const nn::TargetModel model = nn::layered_model(p.X, {.widths = {4, 2}});
  const Minimized m = minimized(nn::squared_targets(y), model, at::zeros({8}, at::kDouble),
                                {.calls = 1, .inner_by = "exact"});
  const Tensor normal = p.X.t().matmul(p.X);
  const Tensor expected = at::linalg_solve(normal, p.X.t().matmul(y)).reshape(-1);
  CHECK(max_abs_diff(m.end.theta, expected) < 1e-9);
}

TEST_CASE("SSO: fewer examples than parameters, batches and steps of their own still fall") {
  const Problem p = classes(50, 80, 8);
  const ExpensiveLoss loss = nn::logistic_targets(p.y);
  const Tensor start = at::zeros({80}, at::kDouble);
  const double before = loss.ask(p.model.on({}).outputs(start), {}).value;
  for (const SsoOptions& o :
       {SsoOptions{.calls = 60, .batch = 10},
        SsoOptions{.calls = 60, .batch = 10, .inner_by = "exact"},
        SsoOptions{.calls = 60, .batch = 10, .rule = "decay"},
        SsoOptions{.calls = 60, .batch = 10, .rule = "backtracking"},
        SsoOptions{.calls = 60, .batch = 10, .inner_by = "exact", .anchor_all = true},
        SsoOptions{.calls = 60, .batch = 10, .divergence = "kl"}}) {
    const Minimized m = minimized(loss, p.model, start, o);
    CHECK(loss.ask(p.model.on({}).outputs(m.end.theta), {}).value < 0.7 * before);
    CHECK(m.end.calls.gradients == 60);
    CHECK(m.end.calls.gradient_examples == 600);
    CHECK((m.end.calls.values > 0) == (o.rule == "backtracking"));
  }
}

TEST_CASE("SSO: the watch ends it, the same seed repeats it, and a stop is kept") {
  const Problem p = classes(40, 5, 9);
  const ExpensiveLoss loss = nn::logistic_targets(p.y);
  const Tensor start = at::zeros({5}, at::kDouble);
  const SsoOptions o{.calls = 20, .batch = 8};
  int64_t seen = 0;
  const Minimized few = minimized(loss, p.model, start, o, [&](const MinimizeState& s) {
    seen = s.calls.gradients;
    return seen < 5;
  });
  CHECK(seen == 5);
  CHECK(few.losses.size() == 5);
  CHECK(max_abs_diff(minimized(loss, p.model, start, o).end.theta,
                     minimized(loss, p.model, start, o).end.theta) == 0);
  std::atomic<bool> stop = true;
  Progress stopping([](const ProgressUpdate&) {}, &stop);
  const Minimized stopped = minimize(loss, p.model, start, o, Rng{1}, stopping);
  CHECK(stopped.stopped);
  CHECK(stopped.losses.size() == 1);
}

TEST_CASE("SSO: options that make no sense are one line") {
  const Problem p = classes(10, 2, 10);
  const ExpensiveLoss loss = nn::logistic_targets(p.y);
  const Tensor start = at::zeros({2}, at::kDouble);
  const auto error = [&](const SsoOptions& o, const char* text) {
    CHECK_THROWS_WITH_AS(minimized(loss, p.model, start, o), text, Error);
  };
  error({.calls = 0}, "--calls, --inner: 0 and 10, expected 1 or more");
  error({.batch = 11}, "--batch: 11, expected at most 10 examples");
  error({.inner_by = "lbgfs"},
        "--inner-by: 'lbgfs', did you mean 'lbfgs'?, expected armijo|lbfgs|adam|exact");
  error({.inner_rate = 0}, "--inner-rate: 0, expected above 0");
  error({.eta = -1}, "--eta: -1, expected 0 (1/L) or more");
  error({.inner_by = "exact", .divergence = "kl"},
        "--inner-by exact: least squares need --divergence euclid");
  ExpensiveLoss rough = loss;
  rough.smoothness = 0;
  CHECK_THROWS_WITH_AS(minimized(rough, p.model, start, {}),
                       "--eta: the loss does not say how smooth it is, expected a step size or "
                       "--rule backtracking",
                       Error);
  CHECK_NOTHROW(minimized(rough, p.model, start, {.calls = 2, .rule = "backtracking"}));
  const nn::LayerOptions deep{.widths = {2, 3, 1}};
  CHECK_THROWS_WITH_AS(minimized(loss, nn::layered_model(p.X, deep), nn::start_layers(deep, Rng{1}),
                                 {.inner_by = "exact"}),
                       "--inner-by exact: the model is not linear in its parameters", Error);
}
