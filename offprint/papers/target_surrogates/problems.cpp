#include "offprint/papers/target_surrogates/problems.h"

#include <ATen/ops/linalg_qr.h>

#include <algorithm>
#include <cmath>

#include "offprint/core/error.h"
#include "offprint/data/digits.h"
#include "offprint/nn/smooth_descent.h"

namespace offprint::papers::target_surrogates {
namespace {

using nn::Activation;
using nn::LayerOptions;

constexpr int64_t kReferenceSteps = 300;

Tensor normal(Rng& rng, at::IntArrayRef shape) { return rng.normal(shape, at::kDouble); }

Tensor rotation(int64_t n, Rng& rng) { return std::get<0>(at::linalg_qr(normal(rng, {n, n}))); }

Tensor sides(const Tensor& scores) { return (scores > 0).to(at::kDouble).reshape(-1); }

Problem linear(std::string name, const Tensor& X, nn::ExpensiveLoss loss) {
  const LayerOptions o{.widths = {X.size(1), 1}};
  return {std::move(name), nn::layered_model(X, o), std::move(loss),
          at::zeros({X.size(1)}, at::kDouble)};
}

Problem layered(std::string name, const Tensor& X, const LayerOptions& o, nn::ExpensiveLoss loss,
                const Rng& rng) {
  return {std::move(name), nn::layered_model(X, o), std::move(loss),
          nn::start_layers(o, rng.split("start"))};
}

void set_goal(Problem& p, const ProblemOptions& o) {
  const at::NoGradGuard no_grad;
  const nn::TargetMap all = p.model.on({});
  const auto n = static_cast<double>(all.examples);
  nn::SmoothFunction h;
  h.value = [&](const Tensor& x) { return p.loss.ask(all.outputs(x), {}).value; };
  h.at = [&](const Tensor& x) -> nn::SmoothPoint {
    const nn::RecordedOutputs f = all.record(x);
    const nn::LossAt at = p.loss.ask(f.outputs, {});
    return {at.value, f.pull(at.gradient / n)};
  };
  p.batch = std::max<int64_t>(1, std::llround(o.batch_share * n));
  p.first = h.value(p.start);
  p.best = nn::lbfgs_descent(h, p.start, kReferenceSteps, 1, 20).value;
  p.goal = p.best + o.goal_share * (p.first - p.best);
}

Problem sparse_logistic(int64_t n, Rng rng) {
  const Tensor X = sparse_rows(n, 2 * n, 0.02, rng.split("rows"));
  const Tensor y = sides(X.matmul(normal(rng, {2 * n, 1})));
  Problem p = linear("logistic, sparse", X, nn::logistic_targets(y));
  p.divergence = "kl";
  return p;
}

Problem ill_squares(int64_t n, Rng rng) {
  const Tensor X = conditioned_rows(n, 50, 1e3, rng.split("rows"));
  const Tensor y = X.matmul(normal(rng, {50, 1})) + 0.01 * normal(rng, {n, 1});
  return linear("squares, condition 1e3", X, nn::squared_targets(y));
}

Problem ill_hinge(int64_t n, Rng rng) {
  const Tensor X = conditioned_rows(n, 50, 1e3, rng.split("rows"));
  const Tensor y = sides(X.matmul(normal(rng, {50, 1})));
  return linear("squared hinge, condition 1e3", X, nn::squared_hinge_targets(y));
}

Problem perceptron(int64_t n, Rng rng) {
  const Tensor X = normal(rng, {n, 10});
  const LayerOptions teacher{.widths = {10, 10, 1}, .activation = Activation::tanh};
  const Tensor y = sides(nn::layered_outputs(X, teacher, nn::start_layers(teacher, rng, 2)));
  const LayerOptions net{.widths = {10, 32, 1}, .activation = Activation::tanh, .bias = true};
  Problem p = layered("perceptron, logistic", X, net, nn::logistic_targets(y), rng);
  p.divergence = "kl";
  return p;
}

Problem deep_linear(int64_t n, Rng rng) {
  const Tensor X = conditioned_rows(n, 20, 100, rng.split("rows"));
  const Tensor y = X.matmul(normal(rng, {20, 5}));
  return layered("deep linear net, squares", X, {.widths = {20, 20, 20, 5}}, nn::squared_targets(y),
                 rng);
}

// As the paper's: y = A x, the rows of A falling to nothing, through a waist of 4.
Problem factorisation(int64_t n, Rng rng) {
  const Tensor X = normal(rng, {n, 6});
  const Tensor fall = 1 - at::arange(10, at::kDouble) * (0.999 / 9);
  const Tensor y = X.matmul(rng.uniform({6, 10}, at::kDouble) * fall);
  return layered("factorisation, squares", X, {.widths = {6, 4, 10}}, nn::squared_targets(y), rng);
}

}  // namespace

Tensor conditioned_rows(int64_t rows, int64_t columns, double condition, Rng rng) {
  require(columns >= 2 && condition >= 1, "rows: {} columns of condition {}", columns, condition);
  const Tensor place = at::arange(columns, at::kDouble) / static_cast<double>(columns - 1);
  const Tensor size = (place * (-0.5 * std::log(condition))).exp();
  return (normal(rng, {rows, columns}) * size).matmul(rotation(columns, rng));
}

Tensor sparse_rows(int64_t rows, int64_t columns, double density, Rng rng) {
  const Tensor kept = (rng.uniform({rows, columns}, at::kDouble) < density).to(at::kDouble);
  const Tensor size = at::arange(1, columns + 1, at::kDouble).pow(-0.5);
  const Tensor x = kept * normal(rng, {rows, columns}) * size;
  return x / x.norm(2, {1}, true).clamp_min(1e-12);
}

std::vector<Problem> race_problems(const ProblemOptions& o, const Rng& rng) {
  const int64_t n = o.examples;
  std::vector<Problem> out{
      sparse_logistic(n, rng.split("sparse")),  ill_squares(n, rng.split("squares")),
      ill_hinge(n, rng.split("hinge")),         perceptron(n, rng.split("perceptron")),
      deep_linear(n, rng.split("deep linear")), factorisation(n, rng.split("factorisation"))};
  at::parallel_for(0, std::ssize(out), 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) set_goal(out[static_cast<size_t>(i)], o);
  });
  return out;
}

std::vector<Problem> digit_problem(const ProblemOptions& o) {
  const auto path = data::find_digits();
  if (!path) return {};
  const data::LabelledImages digits = data::read_digits(*path);
  const Tensor X = digits.images.flatten(1).to(at::kDouble);
  const Tensor y = at::zeros({X.size(0), 10}, at::kDouble);
  y.scatter_(1, digits.labels.unsqueeze(1), 1);
  Problem p{"digits, softmax", nn::layered_model(X, {.widths = {X.size(1), 10}}),
            nn::softmax_targets(y), at::zeros({10 * X.size(1)}, at::kDouble)};
  p.divergence = "kl";
  set_goal(p, o);
  return {p};
}

}  // namespace offprint::papers::target_surrogates
