// The forecasting methods by name.
#include <array>

#include "offprint/core/error.h"
#include "offprint/core/suggest.h"
#include "offprint/tasks/ar_forecaster.h"
#include "offprint/tasks/arima_forecaster.h"
#include "offprint/tasks/attention_forecasters.h"
#include "offprint/tasks/chimera_forecaster.h"
#include "offprint/tasks/forecaster.h"
#include "offprint/tasks/naive_forecasters.h"
#include "offprint/tasks/ridge_forecaster.h"
#include "offprint/tasks/sequence_forecasters.h"
#include "offprint/tasks/spacetime_forecaster.h"
#include "offprint/tasks/trained_linear_forecasters.h"
#include "offprint/tasks/variate_forecasters.h"

namespace offprint::tasks {
namespace {

constexpr auto kMethods = std::to_array<ForecastMethod>({
    {"naive", "the last value goes on", "", make_naive},
    {"seasonal-naive", "the last season again", "", make_seasonal_naive},
    {"drift", "the line through the ends of the history", "", make_drift},
    {"mean", "the mean of the history", "", make_window_mean},
    {"theta", "exponential smoothing with half the drift, season removed", "", make_theta},
    {"ar", "autoregression a column, order by AIC", "", make_ar},
    {"arima", "autoregression and moving average of the series or its differences", "", make_arima},
    {"ridge", "one linear map from history to horizon, penalty by validation", "", make_ridge},
    {"dlinear", "linear maps of the moving average and of the rest, trained", "", make_dlinear,
     true},
    {"nlinear", "a linear map of differences from the last value, trained", "", make_nlinear, true},
    {"spacetime", "companion state spaces under a closed loop, any horizon", "spacetime",
     make_spacetime, true},
    {"s4d", "diagonal state spaces, the whole horizon at once", "s4d", make_s4d, true},
    {"lstm", "long short-term memory, the whole horizon at once", "", make_lstm, true},
    {"transformer", "attention over the history, the whole horizon at once", "", make_transformer,
     true},
    {"s-mamba", "a token a column, Mamba over the columns in both directions", "s-mamba",
     make_s_mamba, true},
    {"s-mamba-one-way", "the same with Mamba in the columns' order alone", "s-mamba",
     make_s_mamba_one_way, true},
    {"itransformer", "the same with attention over the columns", "", make_itransformer, true},
    {"column-mlp", "the same with columns that do not meet", "", make_column_mlp, true},
    {"chimera", "state spaces over columns and time at once, with heads for trend and season",
     "chimera", make_chimera, true},
    {"2d-mamba", "the same without the head for the season", "chimera", make_2d_mamba, true},
    {"2d-mamba-2", "the same with one rate for all states of a channel", "chimera", make_2d_mamba_2,
     true},
    {"chimera-one-way", "Chimera in the columns' order alone", "chimera", make_chimera_one_way,
     true},
    {"chimera-fixed", "Chimera with steps and matrices that do not follow the input", "chimera",
     make_chimera_fixed, true},
    {"lsa", "linear self-attention on Hankel windows, its forecasts fed back", "icl-forecasting",
     make_lsa, true},
    {"lsa-softmax", "the same with softmax attention", "icl-forecasting", make_lsa_softmax, true},
});

}  // namespace

std::span<const ForecastMethod> forecast_methods() { return kMethods; }

const ForecastMethod& find_forecast_method(std::string_view name) {
  std::vector<std::string> names;
  for (const ForecastMethod& method : kMethods) {
    if (method.name == name) return method;
    names.emplace_back(method.name);
  }
  fail("no forecasting method '{}'{}, expected one of {}", name, did_you_mean(name, names),
       fmt::join(names, ", "));
}

}  // namespace offprint::tasks
