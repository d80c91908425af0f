#include "offprint/kernels/viable_range.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "offprint/core/error.h"

namespace offprint::kernels {
namespace {

// The largest `direction` w in the set. At multiplier t the tilted optimum has loss rising in t,
// about as t^2 near the best model, which is the step; the bracket guards it.
RangeEnd farthest(const Tensor& X, const Tensor& y, const Tensor& direction,
                  const LogisticFit& best, const ViableOptions& o) {
  const double share = y.mean().item<double>();
  const bool up = direction[-1].item<double>() > 0;
  double low = 0, high = up ? 1 - share : share;  // beyond: no minimum
  RangeEnd end{direction.dot(best.weights).item<double>(), std::numeric_limits<double>::infinity(),
               best.weights};
  double t = 0.5 * high * std::min(1.0, std::sqrt(o.slack));
  Tensor start = best.weights;
  for (int64_t k = 0; k < o.max_fits && end.bound - end.score > o.tolerance; ++k) {
    // A gap g leaves an error sqrt(g) in the model, and the level set feels it to first order: go
    // down to where rounding ends the descent.
    LogisticOptions inner{o.l2, std::min(0.1 * o.tolerance * t, 1e-15)};
    inner.tilt = -t * direction;
    inner.start = start;
    const LogisticFit fit = logistic_solve(X, y, inner);
    const double score = direction.dot(fit.weights).item<double>();
    const double rise = fit.objective + t * score - best.objective;
    end.bound = std::min(end.bound, score + (o.slack - rise + fit.gap) / t);
    start = fit.weights;
    if (rise <= o.slack && score > end.score) end = {score, end.bound, fit.weights};
    (rise <= o.slack ? low : high) = t;
    // A quarter of the tolerance inside, so that the last model is in the set.
    const double aim = std::max(0.5 * o.slack, o.slack - 0.25 * o.tolerance * t);
    const double next = rise > 0 ? t * std::sqrt(aim / rise) : high;
    t = next > low && next < high ? next : 0.5 * (low + high);
  }
  return end;
}

}  // namespace

ViableRange viable_range(const Tensor& X, const Tensor& y, const Tensor& person,
                         const LogisticFit& best, const ViableOptions& o) {
  require(o.slack > 0 && o.tolerance > 0, "viable_range: slack {} and tolerance {}, expected > 0",
          o.slack, o.tolerance);
  require(X.dim() == 2 && person.dim() == 1 && person.size(0) == X.size(1) &&
              person.scalar_type() == at::kDouble && person.isfinite().all().item<bool>(),
          "viable_range: person is {}, expected ({}) finite float64", shape_text(person),
          X.dim() == 2 ? X.size(1) : -1);
  const at::NoGradGuard no_grad;
  const Tensor direction = at::cat({person, at::ones({1}, person.options())});
  RangeEnd low = farthest(X, y, -direction, best, o);
  low.score = -low.score;
  low.bound = -low.bound;
  return {low, farthest(X, y, direction, best, o)};
}

}  // namespace offprint::kernels
