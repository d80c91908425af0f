#include "offprint/tasks/sequence_forecasters.h"

#include "offprint/core/error.h"
#include "offprint/nn/losses.h"

namespace offprint::tasks {
namespace {

// (B,L,V) -> (B,H,V)
Tensor forward(const models::SequenceModel& m, const Tensor& x, const std::string& centre,
               Rng* dropout) {
  const Tensor middle = centre == "last" ? x.slice(1, -1) : x.mean(1, true);
  const Tensor columns = (x - middle).transpose(1, 2).reshape({-1, x.size(1), 1});
  return models::forward(m, columns, dropout)
             .view({x.size(0), x.size(2), m.options.outputs})
             .transpose(1, 2) +
         middle;
}

class SequenceForecaster : public Forecaster {
 public:
  SequenceForecaster(const std::string& kind, const ForecastShape& shape,
                     const MethodOptions& options)
      : kind_(kind), shape_(shape), options_(options) {
    require(options.centre == "mean" || options.centre == "last",
            "--centre: '{}', expected mean|last", options.centre);
    Rng rng(0);
    model_ = models::make_sequence_model(sequence_options(kind, shape, options), rng);
  }

  void fit(const ForecastRows& rows, Rng rng, Progress& progress) override {
    Rng init = rng.split("init");
    model_ = models::make_sequence_model(model_.options, init);
    const at::Device device = parse_device(options_.device);
    nn::move_to(model_, device);
    WindowObjective objective =
        sequence_window_objective(model_, rows, shape_, options_.centre, device);
    train_on_windows(objective, options_, "training " + kind_, rng.split("train"), progress);
  }

  Tensor predict(const Tensor& history) const override {
    return predict_in_float(history, model_.head.weight, [this](const Tensor& x) {
      return forward(model_, x.slice(1, -shape_.lookback), options_.centre, nullptr);
    });
  }
  nn::Parameters state() override { return nn::parameters_of(model_); }

 private:
  std::string kind_;
  ForecastShape shape_;
  MethodOptions options_;
  models::SequenceModel model_;
};

}  // namespace

models::SequenceOptions sequence_options(const std::string& kind, const ForecastShape& shape,
                                         const MethodOptions& options) {
  models::SequenceOptions o;
  o.channels = 1, o.outputs = shape.horizon, o.length = shape.lookback, o.pool = "last";
  o.width = options.width, o.depth = options.depth, o.dropout = options.dropout;
  o.mixer.kind = kind, o.mixer.s4d.d_state = options.states;
  return o;
}

WindowObjective sequence_window_objective(models::SequenceModel& model, const ForecastRows& rows,
                                          const ForecastShape& shape, const std::string& centre,
                                          at::Device device) {
  const int64_t L = shape.lookback;
  return WindowObjective(
      nn::parameters_of(model),
      [&model, centre](const Tensor& x) { return forward(model, x, centre, nullptr); }, rows, shape,
      device,
      [&model, centre, L](const Tensor& windows, Rng& dropout) {
        return nn::mean_squared_error(forward(model, windows.slice(1, 0, L), centre, &dropout),
                                      windows.slice(1, L));
      });
}

std::unique_ptr<Forecaster> make_s4d(const ForecastShape& shape, const MethodOptions& options) {
  return std::make_unique<SequenceForecaster>("s4d", shape, options);
}

std::unique_ptr<Forecaster> make_lstm(const ForecastShape& shape, const MethodOptions& options) {
  return std::make_unique<SequenceForecaster>("lstm", shape, options);
}

std::unique_ptr<Forecaster> make_transformer(const ForecastShape& shape,
                                             const MethodOptions& options) {
  return std::make_unique<SequenceForecaster>("transformer", shape, options);
}

}  // namespace offprint::tasks
