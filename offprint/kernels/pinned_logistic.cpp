#include "offprint/kernels/pinned_logistic.h"

#include <cmath>

#include "offprint/core/error.h"

namespace offprint::kernels {
namespace {

Tensor as_tensor(const Doubles& values) {
  return at::tensor(values, at::TensorOptions().dtype(at::kDouble));
}
Doubles as_doubles(const Tensor& t) {
  const Tensor c = t.contiguous();
  return {c.const_data_ptr<double>(), c.const_data_ptr<double>() + c.numel()};
}

}  // namespace

PinnedFit pinned_fit(const LevelSet& set, std::span<const double> person, double score,
                     int64_t max_steps) {
  require(static_cast<int64_t>(person.size()) + 1 == set.rows.width && std::isfinite(score),
          "pinned_fit: {} features and score {}, expected {} and a number", person.size(), score,
          set.rows.width - 1);
  const at::NoGradGuard no_grad;
  const int64_t width = set.rows.width;
  Doubles direction(person.begin(), person.end());
  direction.push_back(1);
  const Tensor c = as_tensor(direction);
  Tensor ridge = at::full({width}, set.l2, c.options());
  ridge[-1] = 0;

  Tensor w = as_tensor(set.best), Pc = set.inverse_hessian.matmul(c);
  w = w + Pc * ((score - c.dot(w)) / c.dot(Pc));
  PinnedFit fit{as_doubles(w), objective(set, as_doubles(w)), 0};
  for (int64_t k = 0; k < max_steps; ++k) {
    Doubles a = pulls(margins(set.rows, fit.weights));
    const Tensor gradient = ridge * w - as_tensor(weighted_mean(set.rows, a));
    const Tensor along = gradient - c * (c.dot(gradient) / c.dot(c));
    fit.slope = along.norm().item<double>();
    if (fit.slope < 1e-12) break;
    for (double& each : a) each *= 1 - each;
    Tensor H = as_tensor(weighted_products(set.rows, a)).view({width, width});
    H.diagonal().add_(ridge).add_(1e-14);
    const Tensor P = at::linalg_inv(H);
    Pc = P.matmul(c);
    const Tensor step = Pc * (Pc.dot(gradient) / c.dot(Pc)) - P.matmul(gradient);
    const double fall = gradient.dot(step).item<double>();
    bool lower = false;
    for (double length = 1; length > 1e-10 && !lower; length *= 0.5) {
      const Tensor next = w + length * step;
      const double value = objective(set, as_doubles(next));
      lower = value < fit.objective + 1e-4 * length * fall;
      if (lower) w = next, fit.weights = as_doubles(next), fit.objective = value;
    }
    if (!lower) break;  // rounding: nothing lower is left
  }
  return fit;
}

}  // namespace offprint::kernels
