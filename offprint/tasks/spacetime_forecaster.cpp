#include "offprint/tasks/spacetime_forecaster.h"

#include <algorithm>

namespace offprint::tasks {
namespace {

// (B,T,V) -> (B V,T): every column by itself.
Tensor columns(const Tensor& x) { return x.transpose(1, 2).reshape({-1, x.size(1)}); }

// (B,L,V) -> (B,horizon,V)
Tensor forward(const models::SpaceTime& m, const Tensor& history, int64_t horizon) {
  return models::forecast(m, columns(history), horizon)
      .view({history.size(0), history.size(2), horizon})
      .transpose(1, 2);
}

class SpaceTimeForecaster : public Forecaster {
 public:
  SpaceTimeForecaster(const ForecastShape& shape, const MethodOptions& options)
      : shape_(shape), options_(options) {
    Rng rng(0);
    model_ = models::make_spacetime(spacetime_options(shape, options), rng);
  }

  void fit(const ForecastRows& rows, Rng rng, Progress& progress) override {
    Rng init = rng.split("init");
    model_ = models::make_spacetime(spacetime_options(shape_, options_), init);
    const at::Device device = parse_device(options_.device);
    nn::move_to(model_, device);
    WindowObjective objective = spacetime_objective(model_, rows, shape_, device);
    train_on_windows(objective, options_, "training SpaceTime", rng.split("train"), progress);
  }

  Tensor predict(const Tensor& history) const override {
    return predict_in_float(history, model_.output.weight, [this](const Tensor& x) {
      return forward(model_, x.slice(1, -shape_.lookback), shape_.horizon);
    });
  }
  bool serve(int64_t horizon) override {
    shape_.horizon = horizon;
    return true;
  }
  nn::Parameters state() override { return nn::parameters_of(model_); }

 private:
  ForecastShape shape_;
  MethodOptions options_;
  models::SpaceTime model_;
};

}  // namespace

models::SpaceTimeOptions spacetime_options(const ForecastShape& shape, const MethodOptions& o) {
  models::SpaceTimeOptions m;
  m.lookback = shape.lookback;
  m.width = o.width, m.states = o.states, m.dropout = o.dropout, m.centre = o.centre;
  m.blocks = std::max<int64_t>(0, o.depth - 1);  // the closed loop is a layer
  return m;
}

WindowObjective spacetime_objective(models::SpaceTime& model, const ForecastRows& rows,
                                    const ForecastShape& shape, at::Device device) {
  const int64_t horizon = shape.horizon;
  return WindowObjective(
      nn::parameters_of(model),
      [&model, horizon](const Tensor& history) { return forward(model, history, horizon); }, rows,
      shape, device,
      [&model, horizon](const Tensor& windows, Rng& dropout) {
        const auto e = models::errors(model, columns(windows), horizon, &dropout);
        return e.horizon + e.history + e.inputs;
      });
}

std::unique_ptr<Forecaster> make_spacetime(const ForecastShape& shape,
                                           const MethodOptions& options) {
  return std::make_unique<SpaceTimeForecaster>(shape, options);
}

}  // namespace offprint::tasks
