#include "offprint/kernels/logistic_solve.h"

#include <algorithm>
#include <limits>

#include "offprint/core/error.h"

namespace offprint::kernels {
namespace {

struct Problem {
  Tensor Z;      // (N,D+1) rows y_i (x_i, 1)
  Tensor sign;   // (N) +1 or -1
  Tensor ridge;  // (D+1) l2, and 0 for the intercept
  Tensor tilt;   // (D+1)
};

Tensor margins(const Problem& p, const Tensor& w) { return p.Z.matmul(w); }

double objective(const Problem& p, const Tensor& w, const Tensor& m) {
  // at::softplus turns linear beyond 20, an error of 2e-9.
  const Tensor loss = m.neg().clamp_min(0) + m.abs().neg().exp().log1p();
  return (loss.mean() + 0.5 * (p.ridge * w * w).sum() + p.tilt.dot(w)).item<double>();
}

// The dual value at a = sigmoid(-m), one class scaled down so that mean(a y) is the intercept's
// tilt, which the minimum over b demands.
double dual(const Problem& p, const Tensor& m) {
  const Tensor a = m.neg().sigmoid(), is_one = p.sign > 0;
  const double n = static_cast<double>(m.size(0)), target = p.tilt[-1].item<double>();
  const double ones = at::where(is_one, a, 0.0).sum().item<double>() / n;
  const double zeros = at::where(is_one, 0.0, a).sum().item<double>() / n;
  const bool too_many_ones = ones - zeros > target;
  const double scale = too_many_ones ? (zeros + target) / ones : (ones - target) / zeros;
  if (!(scale >= 0 && scale <= 1)) return -std::numeric_limits<double>::infinity();
  const Tensor feasible = at::where(is_one == too_many_ones, a * scale, a), rest = 1 - feasible;
  const Tensor entropy = -(feasible.xlogy(feasible) + rest.xlogy(rest)).mean();
  const Tensor v = (p.Z.t().matmul(feasible) / n - p.tilt).slice(0, 0, -1);
  return (entropy - 0.5 * (v * v / p.ridge.slice(0, 0, -1)).sum()).item<double>();
}

Tensor newton_step(const Problem& p, const Tensor& w, const Tensor& m, Tensor& gradient) {
  const double n = static_cast<double>(m.size(0));
  const Tensor a = m.neg().sigmoid();
  gradient = p.ridge * w + p.tilt - p.Z.t().matmul(a) / n;
  Tensor hessian = p.Z.t().matmul(p.Z * (a * (1 - a)).unsqueeze(1)) / n;
  // Far from the optimum every loss may be flat: a hair keeps the intercept's row regular.
  hessian.diagonal().add_(p.ridge).add_(1e-14);
  return -at::linalg_solve(hessian, gradient);
}

void check(const Tensor& X, const Tensor& y, const LogisticOptions& o) {
  require(X.dim() == 2 && y.dim() == 1 && y.size(0) == X.size(0) && X.size(0) > 0,
          "logistic_solve: X is {} and y {}, expected (N,D) and (N)", shape_text(X), shape_text(y));
  require(X.scalar_type() == at::kDouble && y.scalar_type() == at::kDouble,
          "logistic_solve: X and y must be float64");
  require(X.isfinite().all().item<bool>(), "logistic_solve: X has entries that are not finite");
  require(((y == 0) | (y == 1)).all().item<bool>(), "logistic_solve: labels must be 0 or 1");
  require(o.l2 > 0, "logistic_solve: l2 is {}, expected a number > 0", o.l2);
  for (const Tensor& t : {o.tilt, o.start}) {
    if (!t.defined()) continue;
    require(t.dim() == 1 && t.size(0) == X.size(1) + 1 && t.scalar_type() == at::kDouble,
            "logistic_solve: tilt or start is {}, expected ({}) float64", shape_text(t),
            X.size(1) + 1);
    require(t.isfinite().all().item<bool>(), "logistic_solve: tilt or start is not finite");
  }
  const double share = y.mean().item<double>();
  require(share > 0 && share < 1, "logistic_solve: all labels are {}, expected both classes",
          share);
  const double pull = o.tilt.defined() ? o.tilt[-1].item<double>() : 0.0;
  require(pull > share - 1 && pull < share,
          "logistic_solve: tilt {} of the intercept leaves no minimum, expected one in ({}, {})",
          pull, share - 1, share);
}

}  // namespace

LogisticFit logistic_solve(const Tensor& X, const Tensor& y, const LogisticOptions& o) {
  check(X, y, o);
  const at::NoGradGuard no_grad;
  const Tensor none = at::zeros({X.size(1) + 1}, X.options()), sign = 2 * y - 1;
  Problem p{at::cat({X, at::ones({X.size(0), 1}, X.options())}, 1) * sign.unsqueeze(1), sign,
            at::full({X.size(1) + 1}, o.l2, X.options()), o.tilt.defined() ? o.tilt : none};
  p.ridge[-1] = 0;

  LogisticFit fit{o.start.defined() ? o.start.clone() : none};
  Tensor m = margins(p, fit.weights), gradient;
  fit.objective = objective(p, fit.weights, m);
  double bound = dual(p, m);  // the best so far: any dual value is a proof
  fit.gap = fit.objective - bound;
  while (fit.gap > o.tolerance && fit.steps < o.max_steps) {
    const Tensor step = newton_step(p, fit.weights, m, gradient), step_m = p.Z.matmul(step);
    const double slope = gradient.dot(step).item<double>();
    double length = 1, value = 0;
    bool lower = false;
    for (int halvings = 0; halvings < 50 && !lower; ++halvings, length *= lower ? 1 : 0.5) {
      value = objective(p, fit.weights + length * step, m + length * step_m);
      lower = value <= fit.objective + 1e-4 * length * slope;
    }
    if (!lower) break;  // rounding: nothing lower is left
    fit.weights = fit.weights + length * step;
    m = margins(p, fit.weights);
    fit.objective = objective(p, fit.weights, m);
    bound = std::max(bound, dual(p, m));
    fit.gap = fit.objective - bound;
    ++fit.steps;
  }
  return fit;
}

}  // namespace offprint::kernels
