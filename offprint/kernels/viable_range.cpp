#include "offprint/kernels/viable_range.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "offprint/core/error.h"

namespace offprint::kernels {
namespace {

double dot(const Doubles& a, const Doubles& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

Doubles product(const Doubles& P, const Doubles& x) {
  const size_t n = x.size();
  Doubles out(n);
  for (size_t i = 0; i < n; ++i)
    for (size_t j = 0; j < n; ++j) out[i] += P[i * n + j] * x[j];
  return out;
}

void add(Doubles& to, double factor, const Doubles& x) {
  for (size_t i = 0; i < to.size(); ++i) to[i] += factor * x[i];
}

// Inverse of the Hessian of F where rows have the curvature h = a (1 - a).
Doubles inverse_hessian(const LevelSet& set, const Doubles& a) {
  Doubles h(a.size());
  for (size_t i = 0; i < a.size(); ++i) h[i] = a[i] * (1 - a[i]);
  Doubles H = weighted_products(set.rows, h);
  const int64_t n = set.rows.width;
  // The intercept's hair keeps the matrix regular where every loss is flat.
  for (int64_t j = 0; j < n; ++j) H[static_cast<size_t>(j * (n + 1))] += j + 1 < n ? set.l2 : 1e-14;
  const Tensor inverse =
      at::linalg_inv(at::from_blob(H.data(), {n, n}, at::TensorOptions().dtype(at::kDouble)))
          .contiguous();
  return {inverse.const_data_ptr<double>(), inverse.const_data_ptr<double>() + n * n};
}

// The BFGS update of the inverse P by a step and the change of the gradient along it.
void update_inverse(Doubles& P, const Doubles& step, const Doubles& change) {
  const double curvature = dot(step, change);
  if (!(curvature > 1e-300)) return;
  const Doubles Py = product(P, change);
  const double scale = (1 + dot(change, Py) / curvature) / curvature;
  const size_t n = step.size();
  for (size_t i = 0; i < n; ++i)
    for (size_t j = 0; j < n; ++j)
      P[i * n + j] += scale * step[i] * step[j] - (Py[i] * step[j] + step[i] * Py[j]) / curvature;
}

Doubles difference(const Doubles& a, const Doubles& b) {
  Doubles out = a;
  add(out, -1, b);
  return out;
}

Doubles gradient_at(const LevelSet& set, const Doubles& w, const Doubles& a) {
  Doubles g = weighted_mean(set.rows, a);
  for (size_t j = 0; j < g.size(); ++j) g[j] = -g[j] + (j + 1 < g.size() ? set.l2 * w[j] : 0);
  return g;
}

// A model on the border of the set, on the ray from the best model through `to`, whose margins are
// m: inside by at most the hair. F along the ray is convex and least at its start: Newton's method
// from outside.
struct BorderPoint {
  Doubles weights, margins;
  double objective = 0;
};
BorderPoint to_border(const LevelSet& set, double slack, double hair, const Doubles& to,
                      const Doubles& m) {
  const double level = set.objective + slack;
  const Doubles ray = difference(to, set.best), move = difference(m, set.best_margins);
  double across = 0, along = 0, at_best = 0;
  for (size_t j = 0; j + 1 < ray.size(); ++j)
    at_best += set.best[j] * set.best[j], across += set.best[j] * ray[j], along += ray[j] * ray[j];
  double s = 1, low = 0, high = std::numeric_limits<double>::infinity(), value = 0;
  for (int k = 0; k < 100; ++k) {
    const LossAlong loss = loss_along(set.best_margins, move, s);
    value = loss.loss + 0.5 * set.l2 * (at_best + 2 * s * across + s * s * along);
    if (value <= level && value >= level - hair) break;
    (value > level ? high : low) = s;
    const double slope = loss.slope + set.l2 * (across + s * along);
    const double next = s + (level - 0.5 * hair - value) / slope;
    const bool within = next > low && next < high;
    s = within ? next : std::isinf(high) ? 2 * s : 0.5 * (low + high);
  }
  BorderPoint p{set.best, set.best_margins, value};
  add(p.weights, s, ray);
  add(p.margins, s, move);
  return p;
}

class Climb {
 public:
  Climb(const LevelSet& set, Doubles direction, const ViableOptions& options)
      : set_(set), c_(std::move(direction)), o_(options), level_(set.objective + options.slack) {}

  double score = 0, bound = std::numeric_limits<double>::infinity();
  Doubles weights;

  void run() {
    const Tensor& shared = set_.inverse_hessian;
    P_.assign(shared.const_data_ptr<double>(), shared.const_data_ptr<double>() + shared.numel());
    score = dot(c_, set_.best), weights = set_.best;
    const Doubles Pc = product(P_, c_);
    multiplier_ = std::sqrt(2 * o_.slack / dot(c_, Pc));
    Doubles start = set_.best;
    add(start, multiplier_, Pc);
    BorderPoint here = on_border(start, margins(set_.rows, start));
    bool fresh = false;
    double before = std::numeric_limits<double>::infinity();
    Doubles last_weights, last_gradient;
    for (int64_t k = 0; k < o_.max_steps; ++k) {
      const Doubles a = pulls(here.margins);
      const Doubles gradient = gradient_at(set_, here.weights, a);
      take(here, gradient);
      const double gap = bound - score;
      if (gap <= o_.tolerance) return;
      // An exact Hessian costs five steps: only where the updates learn too slowly.
      const bool slow = gap > 0.1 * before && k > 1;
      before = gap;
      if (slow && !fresh)
        P_ = inverse_hessian(set_, a), fresh = true;
      else if (k > 0)
        update_inverse(P_, difference(here.weights, last_weights),
                       difference(gradient, last_gradient)),
            fresh = false;
      last_weights = here.weights, last_gradient = gradient;
      if (!climb(here, gradient)) {
        if (fresh) return;  // rounding: nothing higher is left
        P_ = inverse_hessian(set_, a), fresh = true;
        if (!climb(here, gradient)) return;
      }
    }
  }

 private:
  // Inside by a hair that the score does not feel.
  BorderPoint on_border(const Doubles& to, const Doubles& m) const {
    const double hair =
        std::min(0.1 * o_.slack, std::max(1e-14, 0.05 * o_.tolerance * multiplier_));
    return to_border(set_, o_.slack, hair, to, m);
  }

  // Keeps a model that is better, and the bound of weak duality. The multiplier t is the
  // intercept's gradient, which makes a = sigmoid(-m) feasible for the dual of F - t c w, whose gap
  // is then |gradient - t c|^2 / (2 l2), intercept left out.
  void take(const BorderPoint& p, const Doubles& g) {
    const double reached = dot(c_, p.weights), t = g.back() / c_.back();
    if (p.objective <= level_ && reached > score) score = reached, weights = p.weights;
    if (!(t > 0)) return;
    double gap = 0;
    for (size_t j = 0; j + 1 < g.size(); ++j) gap += (g[j] - t * c_[j]) * (g[j] - t * c_[j]);
    gap /= 2 * set_.l2;
    multiplier_ = t;
    bound = std::min(bound, reached + (level_ - p.objective + gap) / t);
  }

  bool climb(BorderPoint& here, const Doubles& g) {
    const Doubles Pg = product(P_, g), Pc = product(P_, c_);
    const double across = dot(g, Pc);
    if (!(across > 0)) return false;
    Doubles step = Pg;
    for (size_t j = 0; j < step.size(); ++j) step[j] = dot(g, Pg) / across * Pc[j] - Pg[j];
    const Doubles move = margins(set_.rows, step);
    const double from = dot(c_, here.weights);
    for (double length = 1; length > 1e-6; length *= 0.5) {
      Doubles to = here.weights, m = here.margins;
      add(to, length, step);
      add(m, length, move);
      BorderPoint next = on_border(to, m);
      if (dot(c_, next.weights) > from && next.objective <= level_) {
        here = std::move(next);
        return true;
      }
    }
    return false;
  }

  const LevelSet& set_;
  Doubles c_;
  ViableOptions o_;
  double level_, multiplier_ = 0;
  Doubles P_;
};

}  // namespace

LevelSet level_set(const Tensor& X, const Tensor& y, const LogisticFit& best, double l2) {
  require(l2 > 0, "level_set: l2 is {}, expected a number > 0", l2);
  require(best.weights.defined() && X.dim() == 2 && best.weights.dim() == 1 &&
              best.weights.size(0) == X.size(1) + 1,
          "level_set: the best model does not fit X");
  const at::NoGradGuard no_grad;
  LevelSet set{logistic_rows(X, y), {}, {}, {}, best.objective, l2};
  const Tensor w = best.weights.contiguous();
  set.best.assign(w.const_data_ptr<double>(), w.const_data_ptr<double>() + w.numel());
  set.best_margins = margins(set.rows, set.best);
  Doubles inverse = inverse_hessian(set, pulls(set.best_margins));
  const int64_t n = set.rows.width;
  set.inverse_hessian =
      at::from_blob(inverse.data(), {n, n}, at::TensorOptions().dtype(at::kDouble)).clone();
  return set;
}

double objective(const LevelSet& set, std::span<const double> w) {
  const Doubles m = margins(set.rows, w);
  double squares = 0;
  for (size_t j = 0; j + 1 < w.size(); ++j) squares += w[j] * w[j];
  return loss_along(m, m, 0).loss + 0.5 * set.l2 * squares;
}

BorderModel border_model(const LevelSet& set, std::span<const double> weights, double slack) {
  require(slack > 0 && weights.size() == set.best.size(),
          "border_model: slack {} and {} weights, expected > 0 and {}", slack, weights.size(),
          set.best.size());
  const Doubles to(weights.begin(), weights.end());
  require(to != set.best, "border_model: the best model itself gives no direction");
  BorderPoint p = to_border(set, slack, 1e-9 * slack + 1e-15, to, margins(set.rows, to));
  const Doubles a = pulls(p.margins);
  Doubles gradient = gradient_at(set, p.weights, a);
  return {std::move(p.weights), std::move(gradient), p.objective};
}

ViableRanges viable_ranges(const LevelSet& set, const Tensor& people, const ViableOptions& o) {
  require(o.slack > 0 && o.tolerance > 0, "viable_range: slack {} and tolerance {}, expected > 0",
          o.slack, o.tolerance);
  require(people.dim() == 2 && people.size(1) + 1 == set.rows.width &&
              people.scalar_type() == at::kDouble && people.isfinite().all().item<bool>(),
          "viable_range: people are {}, expected (K,{}) finite float64", shape_text(people),
          set.rows.width - 1);
  const at::NoGradGuard no_grad;
  const int64_t count = people.size(0), width = set.rows.width;
  const auto ends = [&] {
    return RangeEnds{at::empty({count}, people.options()), at::empty({count}, people.options()),
                     at::empty({count, width}, people.options())};
  };
  ViableRanges out{ends(), ends()};
  const Tensor from = people.contiguous();
  const double* x = from.const_data_ptr<double>();
  at::parallel_for(0, 2 * count, 1, [&](int64_t first, int64_t last) {
    const at::NoGradGuard also_here;
    for (int64_t k = first; k < last; ++k) {
      const int64_t i = k / 2;
      const double sign = k % 2 == 0 ? 1 : -1;
      Doubles c(static_cast<size_t>(width), sign);
      for (int64_t j = 0; j + 1 < width; ++j)
        c[static_cast<size_t>(j)] = sign * x[i * (width - 1) + j];
      Climb climb(set, std::move(c), o);
      climb.run();
      RangeEnds& end = k % 2 == 0 ? out.high : out.low;
      end.scores.mutable_data_ptr<double>()[i] = sign * climb.score;
      end.bounds.mutable_data_ptr<double>()[i] = sign * climb.bound;
      std::copy(climb.weights.begin(), climb.weights.end(),
                end.weights.mutable_data_ptr<double>() + i * width);
    }
  });
  return out;
}

}  // namespace offprint::kernels
