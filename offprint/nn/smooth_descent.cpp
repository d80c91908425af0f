#include "offprint/nn/smooth_descent.h"

#include <deque>
#include <limits>

#include "offprint/core/error.h"
#include "offprint/nn/optimizer.h"

namespace offprint::nn {
namespace {

double dot(const Tensor& a, const Tensor& b) { return a.dot(b).item<double>(); }

void require_start(double start) {
  require(start > 0 && start < std::numeric_limits<double>::infinity(),
          "descent: first step {}, expected above 0 and finite", start);
}

// Along `direction` (slope < 0) until the value falls enough; false where no trial did.
bool search(const SmoothFunction& f, Descent& d, const SmoothPoint& here, const Tensor& direction,
            double slope, double first, const ArmijoRule& rule) {
  double s = first;
  for (int64_t trial = 0; trial < rule.most_trials; ++trial, s *= rule.shrink) {
    const Tensor next = d.x + s * direction;
    const double value = f.value(next);
    ++d.values;
    if (!(value <= here.value + rule.c * s * slope)) continue;
    d.x = next, d.value = value, d.step = s;
    return true;
  }
  return false;
}

struct Pair {
  Tensor s, y;
  double rho = 0;
};

// - H g by the two loops.
Tensor quasi_newton(const std::deque<Pair>& pairs, const Tensor& gradient) {
  Tensor q = gradient.clone();
  std::vector<double> alpha(pairs.size());
  for (size_t i = pairs.size(); i-- > 0;) {
    alpha[i] = pairs[i].rho * dot(pairs[i].s, q);
    q.sub_(pairs[i].y, alpha[i]);
  }
  q.mul_(1 / (pairs.back().rho * dot(pairs.back().y, pairs.back().y)));
  for (size_t i = 0; i < pairs.size(); ++i)
    q.add_(pairs[i].s, alpha[i] - pairs[i].rho * dot(pairs[i].y, q));
  return q.neg_();
}

}  // namespace

Descent armijo_descent(const SmoothFunction& f, const Tensor& x, int64_t steps, double start,
                       const ArmijoRule& rule) {
  require_start(start);
  const at::NoGradGuard no_grad;
  Descent d{.x = x.clone(), .step = start};
  for (int64_t i = 0; i < steps; ++i) {
    const SmoothPoint here = f.at(d.x);
    ++d.gradients, d.value = here.value;
    const double square = dot(here.gradient, here.gradient);
    if (!(square > 0)) break;
    const double first = i == 0 ? start : d.step * rule.grow;
    if (!search(f, d, here, -here.gradient, -square, first, rule)) break;
  }
  return d;
}

Descent lbfgs_descent(const SmoothFunction& f, const Tensor& x, int64_t steps, double start,
                      int64_t memory) {
  require_start(start);
  const at::NoGradGuard no_grad;
  const ArmijoRule rule{.c = 1e-4, .shrink = 0.5};
  Descent d{.x = x.clone(), .step = start};
  double gradient_step = start;
  std::deque<Pair> pairs;
  SmoothPoint here = f.at(d.x);
  ++d.gradients, d.value = here.value;
  for (int64_t i = 0; i < steps; ++i) {
    const double square = dot(here.gradient, here.gradient);
    if (!(square > 0)) break;
    Tensor direction = pairs.empty() ? -here.gradient : quasi_newton(pairs, here.gradient);
    double slope = dot(direction, here.gradient);
    const bool newton = !pairs.empty() && slope < 0;
    if (!newton) direction = -here.gradient, slope = -square;
    const Tensor before = d.x;
    if (!search(f, d, here, direction, slope, newton ? 1 : gradient_step, rule)) {
      if (!newton) break;
      pairs.clear();  // what was learnt of the curvature misleads here
      continue;
    }
    if (!newton) gradient_step = d.step;
    if (i + 1 == steps) break;  // nobody asks for the gradient there
    const SmoothPoint there = f.at(d.x);
    ++d.gradients;
    Pair pair{d.x - before, there.gradient - here.gradient};
    const double curvature = dot(pair.s, pair.y);
    if (curvature > 1e-12 * dot(pair.y, pair.y)) {
      pair.rho = 1 / curvature;
      pairs.push_back(std::move(pair));
      if (std::ssize(pairs) > memory) pairs.pop_front();
    }
    here = there;
  }
  d.step = gradient_step;
  return d;
}

Descent adam_descent(const SmoothFunction& f, const Tensor& x, int64_t steps, double rate) {
  require_start(rate);
  Tensor at_now = x.detach().clone();
  at_now.set_requires_grad(true);
  Optimizer adam({{"x", at_now, {}}}, {.kind = "adam", .lr = rate, .weight_decay = 0});
  const at::NoGradGuard no_grad;
  Descent d{.x = x.clone(), .value = std::numeric_limits<double>::infinity(), .step = rate};
  const auto keep = [&](double value) {
    if (value < d.value) d.value = value, d.x = at_now.detach().clone();
  };
  for (int64_t i = 0; i < steps; ++i) {
    const SmoothPoint here = f.at(at_now.detach());
    ++d.gradients;
    keep(here.value);
    at_now.mutable_grad() = here.gradient;
    adam.step(1);
  }
  keep(f.value(at_now.detach()));
  ++d.values;
  return d;
}

}  // namespace offprint::nn
