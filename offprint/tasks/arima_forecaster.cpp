#include "offprint/tasks/arima_forecaster.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "offprint/core/error.h"
#include "offprint/core/numbers.h"

namespace offprint::tasks {
namespace {

constexpr int64_t kMostShocks = 2;

Tensor column_of(std::span<const double> values) {
  return at::tensor(at::ArrayRef<double>(values.data(), values.size()), at::kDouble);
}

// Rows t = from .. n-1 of x_{t-1}, ..., x_{t-lags}.
Tensor past(const Tensor& x, int64_t from, int64_t lags) {
  std::vector<Tensor> shifted;
  for (int64_t lag = 1; lag <= lags; ++lag) shifted.push_back(x.slice(0, from - lag, -lag));
  return lags == 0 ? x.new_zeros({x.size(0) - from, 0}) : at::stack(shifted, 1);
}

Tensor least_squares(const Tensor& X, const Tensor& y) {
  const Tensor square = at::matmul(X.t(), X);
  const double ridge = 1e-10 * (1 + square.diagonal().abs().sum().item<double>());
  return at::linalg_solve(square + ridge * at::eye(X.size(1), X.options()), at::matmul(X.t(), y));
}

// The shocks can be got back from the values: no root of 1 + theta z inside the unit circle.
bool invertible(const std::vector<double>& theta) {
  if (theta.empty()) return true;
  if (theta.size() == 1) return std::abs(theta[0]) < 0.99;
  return std::abs(theta[1]) < 0.99 && std::abs(theta[0]) < 0.99 * (1 + theta[1]);
}

double bic(const Arima& m, int64_t rows) {
  const auto n = static_cast<double>(rows);
  const auto size = static_cast<double>(m.phi.size() + m.theta.size() + 1);
  return n * std::log(std::max(m.variance, 1e-300)) + size * std::log(n);
}

}  // namespace

std::optional<Arima> fit_arima(std::span<const double> column, int64_t p, int64_t d, int64_t q) {
  require(p >= 0 && (d == 0 || d == 1) && q >= 0 && q <= kMostShocks,
          "arima: order ({},{},{}), expected p >= 0, d of 0 or 1, q of 0 to {}", p, d, q,
          kMostShocks);
  Tensor x = column_of(column);
  if (d == 1) x = x.diff();
  const int64_t n = x.size(0), most = q == 0 ? 0 : p + 20;  // of the long autoregression
  const int64_t from = std::max(p, most + q);
  if (n < 2 * (from + p + q) + 10) return std::nullopt;
  Arima m;
  m.differences = d;
  m.mean = d == 1 ? 0 : x.mean().item<double>();  // no drift for ever
  x = x - m.mean;
  Tensor shocks = x;
  if (q > 0) {
    const Tensor X = past(x, most, most), y = x.slice(0, most);
    shocks = at::cat({x.new_zeros({most}), y - at::matmul(X, least_squares(X, y))});
  }
  const Tensor X = at::cat({past(x, from, p), past(shocks, from, q)}, 1), y = x.slice(0, from);
  const Tensor weights = least_squares(X, y);
  m.phi = numbers(weights.slice(0, 0, p)), m.theta = numbers(weights.slice(0, p));
  if (!invertible(m.theta)) return std::nullopt;
  m.variance = (y - at::matmul(X, weights)).square().mean().item<double>();
  return m;
}

namespace {

class ArimaForecaster : public Forecaster {
 public:
  explicit ArimaForecaster(const ForecastShape& shape)
      : shape_(shape),
        phi_(at::zeros({lags(), shape.variates}, at::kDouble)),
        theta_(at::zeros({kMostShocks, shape.variates}, at::kDouble)),
        mean_(at::zeros({shape.variates}, at::kDouble)),
        differences_(at::zeros({shape.variates}, at::kDouble)) {}

  void fit(const ForecastRows& rows, Rng, Progress& progress) override {
    progress.start("fitting ARIMA", shape_.variates);
    require(rows.train >= 3, "arima: {} rows to train on, expected at least 3", rows.train);
    const Tensor train = rows.values.narrow(0, 0, rows.train);
    for (int64_t v = 0; v < shape_.variates; ++v) {
      progress.at(v);
      progress.throw_if_stopped();
      keep(choose(numbers(train.select(1, v))), v);
    }
  }

  // The shocks of the history from its first row on, then none: the values go on by themselves.
  Tensor predict(const Tensor& history) const override {
    const Tensor moving = differences_.gt(0.5);  // (V)
    const Tensor whole = history.slice(1, -shape_.lookback), last = whole.slice(1, -1);
    const Tensor before = at::cat({whole.slice(1, 0, 1), whole.slice(1, 0, -1)}, 1);
    const Tensor given = at::where(moving, whole - before, whole) - mean_;  // (B,L,V)
    const int64_t L = given.size(1), P = phi_.size(0), Q = kMostShocks;
    // Zeros stand before the first row, so that every sum has all its terms.
    Tensor x = given.new_zeros({given.size(0), P + L + shape_.horizon, given.size(2)});
    Tensor shocks = given.new_zeros({given.size(0), Q + L + shape_.horizon, given.size(2)});
    x.narrow(1, P, L).copy_(given);
    for (int64_t t = 0; t < L + shape_.horizon; ++t) {
      const Tensor expected = (x.narrow(1, t, P) * phi_.flip(0)).sum(1) +
                              (shocks.narrow(1, t, Q) * theta_.flip(0)).sum(1);
      if (t < L)
        shocks.select(1, Q + t).copy_(given.select(1, t) - expected);
      else
        x.select(1, P + t).copy_(expected);
    }
    const Tensor values = x.slice(1, P + L) + mean_;  // (B,H,V)
    return at::where(moving, last + values.cumsum(1), values);
  }

  nn::Parameters state() override {
    return {{"phi", phi_, {}},
            {"theta", theta_, {}},
            {"mean", mean_, {}},
            {"differences", differences_, {}}};
  }

 private:
  int64_t lags() const { return std::max<int64_t>(6, std::min<int64_t>(shape_.season, 168) + 1); }

  Arima choose(const std::vector<double>& column) const {
    const auto n = static_cast<int64_t>(column.size());
    Arima best;
    best.differences = n > 1 ? 1 : 0;  // the last value goes on, where nothing else can be fitted
    double least = std::numeric_limits<double>::infinity();
    for (const int64_t p :
         {int64_t{0}, int64_t{1}, int64_t{2}, int64_t{3}, int64_t{4}, lags() - 1, lags()})
      for (int64_t d = 0; d <= 1; ++d)
        for (int64_t q = 0; q <= kMostShocks; ++q) {
          const std::optional<Arima> m = fit_arima(column, p, d, q);
          if (m && bic(*m, n) < least) least = bic(*m, n), best = *m;
        }
    return best;
  }

  void keep(const Arima& m, int64_t v) {
    phi_.select(1, v).zero_(), theta_.select(1, v).zero_();
    for (size_t i = 0; i < m.phi.size(); ++i) phi_[static_cast<int64_t>(i)][v] = m.phi[i];
    for (size_t i = 0; i < m.theta.size(); ++i) theta_[static_cast<int64_t>(i)][v] = m.theta[i];
    mean_[v] = m.mean, differences_[v] = static_cast<double>(m.differences);
  }

  ForecastShape shape_;
  Tensor phi_, theta_, mean_, differences_;  // (P,V), (Q,V), (V), (V)
};

}  // namespace

std::unique_ptr<Forecaster> make_arima(const ForecastShape& shape, const MethodOptions&) {
  return std::make_unique<ArimaForecaster>(shape);
}

}  // namespace offprint::tasks
