#include "offprint/tasks/ar_forecaster.h"

#include <algorithm>
#include <cmath>

#include "offprint/core/error.h"
#include "offprint/kernels/levinson.h"

namespace offprint::tasks {
namespace {

// gamma_k = sum x_t x_{t+k} / n of a column around its mean.
std::vector<double> autocovariances(const Tensor& column, int64_t most_lags) {
  const Tensor x = column - column.mean();
  const int64_t n = x.size(0);
  std::vector<double> gamma;
  for (int64_t k = 0; k <= std::min(most_lags, n - 1); ++k)
    gamma.push_back((x.slice(0, 0, n - k) * x.slice(0, k)).sum().item<double>() /
                    static_cast<double>(n));
  return gamma;
}

class Ar : public Forecaster {
 public:
  Ar(const ForecastShape& shape, int64_t most_lags)
      : shape_(shape),
        lags_(std::min(most_lags, shape.lookback)),
        phi_(at::zeros({lags_, shape.variates}, at::kDouble)),
        mean_(at::zeros({shape.variates}, at::kDouble)) {}

  void fit(const ForecastRows& rows, Rng, Progress& progress) override {
    progress.start("fitting AR", shape_.variates);
    const Tensor train = rows.values.narrow(0, 0, rows.train);
    require(rows.train >= 3, "ar: {} rows to train on, expected at least 3", rows.train);
    mean_.copy_(train.mean(at::IntArrayRef{0}));
    phi_.zero_();
    for (int64_t v = 0; v < shape_.variates; ++v) {
      progress.at(v);
      progress.throw_if_stopped();
      const auto gamma = autocovariances(train.select(1, v), lags_);
      if (gamma.front() <= 0) continue;  // a constant column: its mean goes on
      const std::vector<double> phi = levinson_durbin(gamma, rows.train);
      for (size_t i = 0; i < phi.size(); ++i) phi_[static_cast<int64_t>(i)][v] = phi[i];
    }
  }

  Tensor predict(const Tensor& history) const override {
    // The newest first, so that phi stands beside what it multiplies.
    Tensor past = (history - mean_).slice(1, -lags_).flip(1);  // (B,P,V)
    std::vector<Tensor> ahead;
    for (int64_t h = 0; h < shape_.horizon; ++h) {
      const Tensor next = (past * phi_.slice(0, 0, past.size(1))).sum(1, /*keepdim=*/true);
      past = at::cat({next, past.slice(1, 0, past.size(1) - 1)}, 1);
      ahead.push_back(next);
    }
    return at::cat(ahead, 1) + mean_;
  }

  nn::Parameters state() override { return {{"phi", phi_, {}}, {"mean", mean_, {}}}; }

 private:
  ForecastShape shape_;
  int64_t lags_;
  Tensor phi_, mean_;  // (P,V), (V)
};

}  // namespace

std::vector<double> levinson_durbin(std::span<const double> gamma, int64_t rows) {
  require(!gamma.empty() && gamma[0] > 0,
          "levinson_durbin: {} autocovariances, expected gamma_0 > 0 and those after it",
          gamma.size());
  const auto n = static_cast<double>(rows);
  kernels::LinearForecast forecast{{}, gamma[0]};
  std::vector<double> best;
  double least = n * std::log(gamma[0]);
  for (size_t p = 1; p < gamma.size(); ++p) {
    kernels::add_lag(forecast, gamma);
    if (!(forecast.variance > 0)) break;  // the column repeats itself exactly
    const double aic = n * std::log(forecast.variance) + 2 * static_cast<double>(p);
    if (aic < least) least = aic, best = forecast.phi;
  }
  return best;
}

std::unique_ptr<Forecaster> make_ar(const ForecastShape& shape, const MethodOptions& options) {
  require(options.most_lags >= 1, "--most-lags: {}, expected >= 1", options.most_lags);
  return std::make_unique<Ar>(shape, options.most_lags);
}

}  // namespace offprint::tasks
