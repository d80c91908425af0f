#include "offprint/papers/predictive_multiplicity/oracles.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace offprint::papers::predictive_multiplicity {
namespace {

Tensor with_ones(const Tensor& X) { return at::cat({X, at::ones({X.size(0), 1}, X.options())}, 1); }

// F of many models (K,3) at once, (K).
Tensor objectives(const tasks::NearOptimal& base, const Tensor& W) {
  const Tensor m = with_ones(base.X).matmul(W.t()) * (2 * base.y - 1).unsqueeze(1);
  const Tensor loss = (m.neg().clamp_min(0) + m.abs().neg().exp().log1p()).mean(0);
  return loss + 0.5 * base.set.l2 * (W.slice(1, 0, 2) * W.slice(1, 0, 2)).sum(1);
}

Tensor directions(double polar, double azimuth, double spread, int64_t steps) {
  const Tensor grid = at::arange(-steps, steps + 1, at::TensorOptions().dtype(at::kDouble)) *
                      (spread / static_cast<double>(steps));
  const Tensor a = (grid + polar).repeat_interleave(2 * steps + 1),
               b = (grid + azimuth).repeat({2 * steps + 1});
  return at::stack({a, b}, 1);
}

// The least F among models that meet the given thresholds exactly: Newton's method on the plane.
struct OnPlane {
  bool met = false;
  Tensor w;
};
OnPlane least_on_plane(const tasks::NearOptimal& base, const Tensor& A, const Tensor& t) {
  const int64_t k = A.size(0);
  const Tensor C = with_ones(base.X), sign = 2 * base.y - 1;
  const double n = static_cast<double>(base.X.size(0));
  Tensor ridge = at::full({3}, base.set.l2, base.X.options());
  ridge[2] = 0;
  Tensor w = base.best.weights.clone();
  for (int step = 0; step < 60; ++step) {
    const Tensor a = (C.matmul(w) * sign).neg().sigmoid();
    const Tensor gradient = ridge * w - C.t().matmul(a * sign) / n;
    Tensor H = C.t().matmul(C * (a * (1 - a)).unsqueeze(1)) / n;
    H.diagonal().add_(ridge).add_(1e-12);
    Tensor K = at::zeros({3 + k, 3 + k}, H.options());
    K.slice(0, 0, 3).slice(1, 0, 3).copy_(H);
    Tensor right = at::cat({-gradient, t - A.matmul(w)});
    if (k > 0) {
      K.slice(0, 3).slice(1, 0, 3).copy_(A);
      K.slice(0, 0, 3).slice(1, 3).copy_(A.t());
      // Thresholds that say the same or contradict each other have no plane of their own.
      if (std::get<0>(at::linalg_eigh(A.matmul(A.t())))[0].item<double>() < 1e-10) return {};
    }
    const Tensor move = at::linalg_solve(K, right).slice(0, 0, 3);
    const double size = move.abs().max().item<double>();
    if (!std::isfinite(size) || size > 1e6) return {};
    // Full steps but the first ones, which may be far: the planes are met after any full step.
    w = w + move * std::min(1.0, 3.0 / std::max(size, 1e-300));
    if (size < 1e-11) return {true, w};
  }
  return {};
}

}  // namespace

double highest_by_rays(const tasks::NearOptimal& base, const Tensor& person, double slack) {
  const auto [values, vectors] = at::linalg_eigh(base.set.inverse_hessian);
  const Tensor T = vectors * values.sqrt();  // along its columns the loss rises alike
  const Tensor c = at::cat({person, at::ones({1}, person.options())});
  const double level = base.best.objective + slack;
  double polar = std::numbers::pi / 2, azimuth = 0, spread = std::numbers::pi, best = -1e300;
  for (int zoom = 0; zoom < 7; ++zoom, spread *= 0.15) {
    const Tensor angles = directions(polar, azimuth, spread, 30);
    const Tensor a = angles.select(1, 0), b = angles.select(1, 1);
    const Tensor unit = at::stack({a.sin() * b.cos(), a.sin() * b.sin(), a.cos()}, 1);
    const Tensor rays = unit.matmul(T.t());
    Tensor low = at::zeros({rays.size(0)}, rays.options());
    Tensor high = at::full({rays.size(0)}, 50 * std::sqrt(slack), rays.options());
    for (int halving = 0; halving < 60; ++halving) {
      const Tensor middle = 0.5 * (low + high);
      const Tensor inside =
          objectives(base, base.best.weights + middle.unsqueeze(1) * rays) <= level;
      low = at::where(inside, middle, low), high = at::where(inside, high, middle);
    }
    const Tensor scores = (base.best.weights + low.unsqueeze(1) * rays).matmul(c);
    const int64_t top = scores.argmax().item<int64_t>();
    best = std::max(best, scores[top].item<double>());
    polar = a[top].item<double>(), azimuth = b[top].item<double>();
  }
  return best;
}

int64_t moved_by_enumeration(const tasks::NearOptimal& base, double slack, double delta) {
  const Tensor C = with_ones(base.X), p = tasks::best_scores(base, base.X).sigmoid();
  std::vector<Tensor> planes;
  std::vector<double> thresholds;
  for (int64_t i = 0; i < p.size(0); ++i)
    for (const double sign : {-1.0, 1.0}) {
      const double q = p[i].item<double>() + sign * delta;
      if (q <= 0 || q >= 1) continue;
      planes.push_back(C[i]), thresholds.push_back(std::log(q / (1 - q)));
    }
  const double level = base.best.objective + slack;
  int64_t best = 0;
  const auto try_plane = [&](const std::vector<size_t>& chosen) {
    std::vector<Tensor> rows;
    std::vector<double> t;
    for (const size_t k : chosen) rows.push_back(planes[k]), t.push_back(thresholds[k]);
    const Tensor A = rows.empty() ? at::zeros({0, 3}, C.options()) : at::stack(rows);
    const OnPlane on = least_on_plane(base, A, at::tensor(t, C.options()));
    if (!on.met) return false;
    if (objectives(base, on.w.unsqueeze(0)).item<double>() > level + 1e-9) return false;
    const Tensor moves = (C.matmul(on.w).sigmoid() - p).abs();
    best = std::max(best, (moves >= delta - 1e-7).sum().item<int64_t>());
    return true;
  };
  // A plane out of reach stays so with more thresholds on it. That holds for parallel ones too, of
  // which a model on one misses the other.
  for (size_t i = 0; i < planes.size(); ++i) {
    if (!try_plane({i})) continue;
    for (size_t j = i + 1; j < planes.size(); ++j) {
      if (!try_plane({i, j})) continue;
      for (size_t k = j + 1; k < planes.size(); ++k) try_plane({i, j, k});
    }
  }
  return best;
}

}  // namespace offprint::papers::predictive_multiplicity
