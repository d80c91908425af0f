#include "offprint/tasks/naive_forecasters.h"

#include <ATen/ops/zeros_like.h>

#include <algorithm>
#include <limits>

#include "offprint/core/error.h"
#include "offprint/tasks/series_windows.h"

namespace offprint::tasks {
namespace {

Tensor steps_ahead(int64_t horizon) {  // 1, 2, ... (H,1)
  return at::arange(1, horizon + 1, at::TensorOptions().dtype(at::kDouble)).unsqueeze(1);
}

Tensor last_row(const Tensor& history) { return history.slice(1, -1); }  // (B,1,V)

// A forecast that is a function of the history and nothing else.
class Unfitted : public Forecaster {
 public:
  using Rule = Tensor (*)(const ForecastShape&, const Tensor& history);
  Unfitted(const ForecastShape& shape, Rule rule) : shape_(shape), rule_(rule) {}
  void fit(const ForecastRows&, Rng, Progress&) override {}
  Tensor predict(const Tensor& history) const override { return rule_(shape_, history); }
  nn::Parameters state() override { return {}; }

 private:
  ForecastShape shape_;
  Rule rule_;
};

Tensor naive(const ForecastShape& shape, const Tensor& history) {
  return last_row(history).expand({-1, shape.horizon, -1});
}

// The last season of the history, again and again.
Tensor repeated_season(const ForecastShape& shape, const Tensor& history) {
  const int64_t season = std::min(shape.season, history.size(1));
  const Tensor rows = at::arange(shape.horizon).remainder(season) + (history.size(1) - season);
  return history.index_select(1, rows);
}

Tensor drift(const ForecastShape& shape, const Tensor& history) {
  const int64_t L = history.size(1);
  if (L < 2) return naive(shape, history);
  const Tensor slope =
      (last_row(history) - history.slice(1, 0, 1)) / static_cast<double>(L - 1);  // (B,1,V)
  return last_row(history) + slope * steps_ahead(shape.horizon);
}

Tensor window_mean(const ForecastShape& shape, const Tensor& history) {
  return history.mean(at::IntArrayRef{1}, /*keepdim=*/true).expand({-1, shape.horizon, -1});
}

// Mean over the history of each place in the season, less the mean of all: (B,S,V).
Tensor seasonal_profile(const Tensor& history, int64_t season) {
  const int64_t L = history.size(1), whole = L / season * season;
  const Tensor kept = history.slice(1, L - whole);
  const Tensor places =
      kept.reshape({history.size(0), whole / season, season, history.size(2)}).mean(1);
  return places - places.mean(at::IntArrayRef{1}, true);
}

// Exponential smoothing's level after each row: (B,L,V).
Tensor smoothed(const Tensor& x, double alpha) {
  std::vector<Tensor> levels = {x.select(1, 0)};
  for (int64_t t = 1; t < x.size(1); ++t)
    levels.push_back(alpha * x.select(1, t) + (1 - alpha) * levels.back());
  return at::stack(levels, 1);
}

class Theta : public Forecaster {
 public:
  explicit Theta(const ForecastShape& shape)
      : shape_(shape), alpha_(at::full({1}, 0.5, at::kDouble)) {}

  void fit(const ForecastRows& rows, Rng, Progress&) override {
    const Tensor x = standing(rows.values.narrow(0, 0, rows.train).unsqueeze(0));
    if (x.size(1) < 3) return;
    double least = std::numeric_limits<double>::infinity();
    for (int i = 1; i <= 19; ++i) {
      const double alpha = 0.05 * i;
      const Tensor level = smoothed(x, alpha).slice(1, 0, x.size(1) - 1);
      const double error = (x.slice(1, 1) - level).square().mean().item<double>();
      if (error < least) least = error, alpha_.fill_(alpha);
    }
  }

  Tensor predict(const Tensor& history) const override {
    const int64_t L = history.size(1), season = shape_.season;
    const Tensor base = standing(history);
    const Tensor level = smoothed(base, alpha_.item<double>()).slice(1, -1);
    // Least squares over the history: half its slope is theta's drift.
    const Tensor t = at::arange(L, history.options()) - 0.5 * static_cast<double>(L - 1);
    const Tensor slope =
        L < 2 ? at::zeros_like(level) : (base * t.view({1, L, 1})).sum(1, true) / t.square().sum();
    Tensor mean = level + 0.5 * slope * steps_ahead(shape_.horizon);
    if (!seasonal(L)) return mean;
    // The profile begins where the history's last whole seasons do, so they go on from its start.
    const Tensor places = at::arange(shape_.horizon).remainder(season);
    return mean + seasonal_profile(history, season).index_select(1, places);
  }

  nn::Parameters state() override { return {{"alpha", alpha_, {}}}; }

 private:
  bool seasonal(int64_t rows) const { return shape_.season > 1 && rows >= 2 * shape_.season; }

  // Without the season.
  Tensor standing(const Tensor& x) const {
    const int64_t L = x.size(1), season = shape_.season;
    if (!seasonal(L)) return x;
    const Tensor profile = seasonal_profile(x, season);
    const Tensor places = (at::arange(L) - L % season).remainder(season);
    return x - profile.index_select(1, places);
  }

  ForecastShape shape_;
  Tensor alpha_;
};

}  // namespace

std::unique_ptr<Forecaster> make_naive(const ForecastShape& shape, const MethodOptions&) {
  return std::make_unique<Unfitted>(shape, naive);
}

std::unique_ptr<Forecaster> make_seasonal_naive(const ForecastShape& shape, const MethodOptions&) {
  return std::make_unique<Unfitted>(shape, repeated_season);
}

std::unique_ptr<Forecaster> make_drift(const ForecastShape& shape, const MethodOptions&) {
  return std::make_unique<Unfitted>(shape, drift);
}

std::unique_ptr<Forecaster> make_window_mean(const ForecastShape& shape, const MethodOptions&) {
  return std::make_unique<Unfitted>(shape, window_mean);
}

std::unique_ptr<Forecaster> make_theta(const ForecastShape& shape, const MethodOptions&) {
  return std::make_unique<Theta>(shape);
}

}  // namespace offprint::tasks
