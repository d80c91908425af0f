#include "offprint/tasks/attention_forecasters.h"

#include <ATen/ops/cumsum.h>

#include <algorithm>

#include "offprint/core/error.h"
#include "offprint/tasks/one_step_training.h"
#include "offprint/tasks/rollout.h"
#include "offprint/tasks/series_windows.h"

namespace offprint::tasks {
namespace {

constexpr double kBound = 4;  // standard deviations; beyond it cubic feedback explodes
constexpr int64_t kMostWindows =
    50'000;  // of all columns together; a few hundred weights need no more

class AttentionForecaster : public Forecaster {
 public:
  AttentionForecaster(const ForecastShape& shape, const MethodOptions& options,
                      const char* attention)
      : shape_(shape), options_(options), spread_(at::ones({1}, at::kDouble)) {
    require(options.order >= 1 && options.depth >= 1, "--order {} --depth {}, expected >= 1",
            options.order, options.depth);
    require(context() > options.order,
            "--lookback: {} rows, expected more than --order {}{}: linear attention needs columns "
            "of {} values",
            shape.lookback, options.order, options.difference ? " and one to difference" : "",
            options.order + 1);
    Rng rng(0);
    model_ = models::make_hankel_attention({.lags = options.order,
                                            .depth = options.depth,
                                            .attention = attention,
                                            .init = linear(attention) ? 0.1 : 0.3},
                                           rng);
  }

  void fit(const ForecastRows& rows, Rng rng, Progress& progress) override {
    const int64_t L = shape_.lookback;
    require(rows.train > L, "linear attention: {} rows to train on, expected at least {}",
            rows.train, L + 1);
    const Tensor train = inputs(thinned(windows(rows.values, 0, rows.train, L, 1)));
    spread_.fill_(std::max(1e-12, train.square().mean().sqrt().item<double>()));
    OneStepData data{.train = train / spread_, .bound = kBound};
    const Tensor validation = thinned(windows(rows.values, rows.train, rows.values.size(0), L, 1));
    if (validation.size(0) > 0) data.validation = inputs(validation) / spread_;
    OneStepOptions training{.batch = options_.batch, .lr = options_.lr};
    const int64_t epoch = (train.size(0) + options_.batch - 1) / options_.batch;
    training.steps = options_.steps > 0 ? options_.steps : options_.epochs * epoch;
    if (linear(model_.options.attention)) {
      copy_from(
          train_by_depth(data, options_.order, options_.depth, training, rng, progress).back());
      return;
    }
    Rng init = rng.split("init");
    copy_from(models::make_hankel_attention(model_.options, init));
    train_one_step(model_, data, training, "training softmax attention", rng.split("train"),
                   progress);
  }

  Tensor predict(const Tensor& history) const override {
    const Tensor past = flat(history.slice(1, -shape_.lookback));  // (B V,L)
    const Tensor middle = centre(past);
    const Tensor x = (options_.difference ? past.diff() : past - middle) / spread_;
    const NextValue next = [this](const Tensor& context) { return foretell(model_, context); };
    Tensor ahead = roll_out(next, x, shape_.horizon, kBound) * spread_;
    ahead = options_.difference ? ahead.cumsum(1) + past.slice(1, -1) : ahead + middle;
    return ahead.view({history.size(0), history.size(2), shape_.horizon}).transpose(1, 2);
  }

  bool serve(int64_t horizon) override {
    shape_.horizon = horizon;
    return true;
  }

  nn::Parameters state() override {
    nn::Parameters all = nn::parameters_of(model_);
    all.push_back({"spread", spread_, {.lr = {}, .weight_decay = {}, .trainable = false}});
    return all;
  }

 private:
  static bool linear(const std::string& attention) { return attention == "linear"; }
  int64_t context() const { return shape_.lookback - (options_.difference ? 1 : 0); }

  // (W,T,V) -> (W V,T)
  static Tensor flat(const Tensor& w) { return w.transpose(1, 2).flatten(0, 1); }

  static Tensor thinned(const Tensor& w) {
    const int64_t all = w.size(0) * w.size(2), stride = (all + kMostWindows - 1) / kMostWindows;
    return flat(w.slice(0, 0, w.size(0), std::max<int64_t>(1, stride)));
  }

  Tensor centre(const Tensor& past) const {
    return options_.centre == "last" ? past.slice(1, -1) : past.mean(1, true);
  }

  // Windows of lookback + 1 values as the model sees them.
  Tensor inputs(const Tensor& w) const {
    return options_.difference ? w.diff() : w - centre(w.slice(1, 0, shape_.lookback));
  }

  // In place: a saved model is read into the tensors that state() names.
  void copy_from(const models::HankelAttention& fitted) {
    const at::NoGradGuard no_grad;
    for (size_t i = 0; i < model_.layers.size(); ++i) {
      model_.layers[i].P.copy_(fitted.layers[i].P);
      model_.layers[i].Q.copy_(fitted.layers[i].Q);
    }
  }

  ForecastShape shape_;
  MethodOptions options_;
  models::HankelAttention model_;
  Tensor spread_;  // (1) of the inputs
};

}  // namespace

std::unique_ptr<Forecaster> make_lsa(const ForecastShape& shape, const MethodOptions& options) {
  return std::make_unique<AttentionForecaster>(shape, options, "linear");
}

std::unique_ptr<Forecaster> make_lsa_softmax(const ForecastShape& shape,
                                             const MethodOptions& options) {
  return std::make_unique<AttentionForecaster>(shape, options, "softmax");
}

}  // namespace offprint::tasks
