#include "offprint/tasks/trained_linear_forecasters.h"

#include <algorithm>

#include "offprint/core/error.h"
#include "offprint/nn/losses.h"
#include "offprint/tasks/series_windows.h"
#include "offprint/tasks/window_objective.h"

namespace offprint::tasks {
namespace {

struct DLinear {
  nn::Linear trend, rest;
};
void visit(DLinear& m, auto&& param) {
  param("trend", m.trend);
  param("rest", m.rest);
}

// The authors begin with the mean of the history.
nn::Linear averaging(int64_t lookback, int64_t horizon, Rng& rng) {
  nn::Linear map = nn::make_linear(lookback, horizon, rng);
  map.weight.fill_(1.0 / static_cast<double>(lookback));
  return map;
}

class DLinearForecaster : public Forecaster {
 public:
  DLinearForecaster(const ForecastShape& shape, const MethodOptions& options)
      : shape_(shape), options_(options) {
    Rng rng(0);
    model_ = {averaging(shape.lookback, shape.horizon, rng),
              averaging(shape.lookback, shape.horizon, rng)};
  }
  void fit(const ForecastRows& rows, Rng rng, Progress& progress) override {
    const at::Device device = parse_device(options_.device);
    nn::move_to(model_, device);
    WindowObjective objective(
        nn::parameters_of(model_), [this](const Tensor& x) { return forward(x); }, rows, shape_,
        device);
    train_on_windows(objective, options_, "training DLinear", rng, progress);
  }
  Tensor predict(const Tensor& history) const override {
    return predict_in_float(history, model_.trend.weight,
                            [this](const Tensor& x) { return forward(x); });
  }
  nn::Parameters state() override { return nn::parameters_of(model_); }

 private:
  Tensor forward(const Tensor& history) const {  // (B,L,V) -> (B,H,V)
    const Tensor x = history.slice(1, -shape_.lookback).transpose(1, 2);
    const Tensor trend = moving_average(x, options_.kernel);
    return (nn::forward(model_.trend, trend) + nn::forward(model_.rest, x - trend)).transpose(1, 2);
  }
  ForecastShape shape_;
  MethodOptions options_;
  DLinear model_;
};

class NLinearForecaster : public Forecaster {
 public:
  NLinearForecaster(const ForecastShape& shape, const MethodOptions& options)
      : shape_(shape), options_(options) {
    Rng rng(0);
    model_ = averaging(shape.lookback, shape.horizon, rng);
  }
  void fit(const ForecastRows& rows, Rng rng, Progress& progress) override {
    const at::Device device = parse_device(options_.device);
    nn::move_to(model_, device);
    WindowObjective objective(
        nn::parameters_of(model_), [this](const Tensor& x) { return forward(x); }, rows, shape_,
        device);
    train_on_windows(objective, options_, "training NLinear", rng, progress);
  }
  Tensor predict(const Tensor& history) const override {
    return predict_in_float(history, model_.weight, [this](const Tensor& x) { return forward(x); });
  }
  nn::Parameters state() override { return nn::parameters_of(model_); }

 private:
  Tensor forward(const Tensor& history) const {
    const Tensor last = history.slice(1, -1);
    const Tensor x = (history - last).slice(1, -shape_.lookback).transpose(1, 2);
    return nn::forward(model_, x).transpose(1, 2) + last;
  }
  ForecastShape shape_;
  MethodOptions options_;
  nn::Linear model_;
};

}  // namespace

Tensor moving_average(const Tensor& rows, int64_t kernel) {
  require(kernel >= 1 && kernel % 2 == 1, "--kernel: {}, expected an odd number >= 1", kernel);
  const int64_t L = rows.size(-1), beyond = kernel / 2;
  const Tensor index = (at::arange(L + 2 * beyond) - beyond).clamp(0, L - 1).to(rows.device());
  return rows.index_select(-1, index).unfold(-1, kernel, 1).mean(-1);
}

std::unique_ptr<Forecaster> make_dlinear(const ForecastShape& shape, const MethodOptions& options) {
  return std::make_unique<DLinearForecaster>(shape, options);
}

std::unique_ptr<Forecaster> make_nlinear(const ForecastShape& shape, const MethodOptions& options) {
  return std::make_unique<NLinearForecaster>(shape, options);
}

}  // namespace offprint::tasks
