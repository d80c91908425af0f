#include "offprint/tasks/chimera_forecaster.h"

#include "offprint/tasks/window_objective.h"

namespace offprint::tasks {
namespace {

class ChimeraForecaster : public Forecaster {
 public:
  ChimeraForecaster(const models::ChimeraOptions& layout, const MethodOptions& options,
                    const char* name)
      : options_(options),
        name_(name),
        horizon_(layout.horizon),
        model_(models::make_chimera(layout, Rng(0))) {}

  void fit(const ForecastRows& rows, Rng rng, Progress& progress) override {
    const at::Device device = parse_device(options_.device);
    model_ = models::make_chimera(model_.options, rng.split("weights"));
    nn::move_to(model_, device);
    const ForecastShape shape{.lookback = model_.options.lookback, .horizon = horizon_};
    WindowObjective objective(
        nn::parameters_of(model_),
        [this](const Tensor& x) { return models::forecast(model_, x, horizon_); }, rows, shape,
        device,
        [this](const Tensor& windows, Rng& dropout) {
          return models::training_loss(model_, windows, horizon_, &dropout);
        });
    train_on_windows(objective, options_, std::string("training ") + name_, rng.split("train"),
                     progress);
  }

  Tensor predict(const Tensor& history) const override {
    return predict_in_float(
        history.slice(1, -model_.options.lookback), model_.head.weight,
        [this](const Tensor& x) { return models::forecast(model_, x, horizon_); });
  }
  bool serve(int64_t horizon) override {
    if (model_.options.decoder == "linear") return false;
    horizon_ = horizon;
    return true;
  }
  nn::Parameters state() override { return nn::parameters_of(model_); }

 private:
  MethodOptions options_;
  const char* name_;
  int64_t horizon_;
  models::Chimera model_;
};

}  // namespace

models::ChimeraOptions chimera_options(const ForecastShape& shape, const MethodOptions& options) {
  models::ChimeraOptions o{.lookback = shape.lookback, .horizon = shape.horizon};
  o.width = options.width, o.depth = options.depth, o.dropout = options.dropout;
  o.season = shape.season, o.loop_states = options.states, o.decoder = options.decoder;
  o.patch = options.patch > 0 ? options.patch : models::patch_for(shape.lookback, shape.season);
  o.centre = options.centre, o.block.mamba = options.mamba;
  return o;
}

std::unique_ptr<Forecaster> make_chimera(const ForecastShape& shape, const MethodOptions& options) {
  return std::make_unique<ChimeraForecaster>(chimera_options(shape, options), options, "Chimera");
}

std::unique_ptr<Forecaster> make_2d_mamba(const ForecastShape& shape,
                                          const MethodOptions& options) {
  models::ChimeraOptions o = chimera_options(shape, options);
  o.season = 1;
  return std::make_unique<ChimeraForecaster>(o, options, "2-D Mamba");
}

std::unique_ptr<Forecaster> make_2d_mamba_2(const ForecastShape& shape,
                                            const MethodOptions& options) {
  models::ChimeraOptions o = chimera_options(shape, options);
  o.season = 1, o.block.scalar = true;
  return std::make_unique<ChimeraForecaster>(o, options, "2-D Mamba-2");
}

std::unique_ptr<Forecaster> make_chimera_one_way(const ForecastShape& shape,
                                                 const MethodOptions& options) {
  models::ChimeraOptions o = chimera_options(shape, options);
  o.block.two_way = false;
  return std::make_unique<ChimeraForecaster>(o, options, "one-way Chimera");
}

std::unique_ptr<Forecaster> make_chimera_fixed(const ForecastShape& shape,
                                               const MethodOptions& options) {
  models::ChimeraOptions o = chimera_options(shape, options);
  o.block.selective = false;
  return std::make_unique<ChimeraForecaster>(o, options, "fixed Chimera");
}

}  // namespace offprint::tasks
