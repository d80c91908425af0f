#include "offprint/tasks/variate_forecasters.h"

#include "offprint/models/s_mamba.h"
#include "offprint/nn/losses.h"
#include "offprint/tasks/window_objective.h"

namespace offprint::tasks {
namespace {

class VariateForecaster : public Forecaster {
 public:
  VariateForecaster(const ForecastShape& shape, const MethodOptions& options, const char* name,
                    const char* mixer)
      : shape_(shape), options_(options), name_(name) {
    layout_ = {.lookback = shape.lookback, .horizon = shape.horizon};
    layout_.width = layout_.d_ff = options.width, layout_.depth = options.depth;
    layout_.heads = options.heads, layout_.dropout = options.dropout;
    layout_.mamba = options.mamba, layout_.mixer = mixer;
    model_ = models::make_s_mamba(layout_, Rng(0));
  }
  void fit(const ForecastRows& rows, Rng rng, Progress& progress) override {
    const at::Device device = parse_device(options_.device);
    model_ = models::make_s_mamba(layout_, rng.split("weights"));
    nn::move_to(model_, device);
    const auto loss = [this](const Tensor& w, Rng& dropout) {
      const int64_t L = shape_.lookback;
      return nn::mean_squared_error(forward(model_, w.slice(1, 0, L), &dropout), w.slice(1, L));
    };
    WindowObjective objective(
        nn::parameters_of(model_), [this](const Tensor& x) { return forward(model_, x); }, rows,
        shape_, device, loss);
    train_on_windows(objective, options_, std::string("training ") + name_, rng, progress);
  }
  Tensor predict(const Tensor& history) const override {
    return predict_in_float(history.slice(1, -shape_.lookback), model_.head.weight,
                            [this](const Tensor& x) { return forward(model_, x); });
  }
  nn::Parameters state() override { return nn::parameters_of(model_); }

 private:
  ForecastShape shape_;
  MethodOptions options_;
  const char* name_;
  models::SMambaOptions layout_;
  models::SMamba model_;
};

}  // namespace

std::unique_ptr<Forecaster> make_s_mamba(const ForecastShape& shape, const MethodOptions& options) {
  return std::make_unique<VariateForecaster>(shape, options, "S-Mamba", "two-way");
}
std::unique_ptr<Forecaster> make_s_mamba_one_way(const ForecastShape& shape,
                                                 const MethodOptions& options) {
  return std::make_unique<VariateForecaster>(shape, options, "one-way S-Mamba", "one-way");
}
std::unique_ptr<Forecaster> make_itransformer(const ForecastShape& shape,
                                              const MethodOptions& options) {
  return std::make_unique<VariateForecaster>(shape, options, "iTransformer", "attention");
}
std::unique_ptr<Forecaster> make_column_mlp(const ForecastShape& shape,
                                            const MethodOptions& options) {
  return std::make_unique<VariateForecaster>(shape, options, "column MLP", "none");
}

}  // namespace offprint::tasks
