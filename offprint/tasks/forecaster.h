// What every forecasting method is: fitted once on a series, then asked for the rows after a
// history. Series come standardised and whole; what a method must know besides is here.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "offprint/core/progress.h"
#include "offprint/core/rng.h"
#include "offprint/core/tensor.h"
#include "offprint/nn/mamba.h"
#include "offprint/nn/parameters.h"

namespace offprint::tasks {

// The shape of a forecasting problem.
struct ForecastShape {
  int64_t lookback = 96, horizon = 24;  // L, H [rows]
  int64_t variates = 1;                 // V
  int64_t season = 1;                   // rows until the pattern repeats; 1: none
};

// Rows before `train` fit, those after it up to the end choose (stop early, set a penalty).
struct ForecastRows {
  Tensor values;      // (T,V) float64, standardised
  int64_t train = 0;  // T - train rows of validation; may be 0
};

class Forecaster {
 public:
  virtual ~Forecaster() = default;
  // Throws Error where there are too few rows, with the number it needs.
  virtual void fit(const ForecastRows& rows, Rng rng, Progress& progress) = 0;
  // history (B,L,V) -> the H rows after it, (B,H,V), float64. Depends on nothing else.
  virtual Tensor predict(const Tensor& history) const = 0;
  // Predicts `horizon` rows from here on, if the method can without being fitted anew.
  virtual bool serve(int64_t /*horizon*/) { return false; }
  // What a saved model keeps; their shapes follow from the shape and the options.
  virtual nn::Parameters state() = 0;
};

// Options of all methods together; each takes what is its.
struct MethodOptions {
  int64_t epochs = 10, steps = 0, batch = 32, patience = 3;
  double lr = 1e-3;
  int64_t kernel = 25;  // DLinear's moving average
  int64_t most_lags = 64;
  int64_t width = 32, depth = 2;   // of networks
  int64_t states = 32;             // of state spaces, a channel
  int64_t heads = 4;               // of attention over the columns
  int64_t patch = 0;               // rows of one of Chimera's cells; 0: by lookback and season
  std::string decoder = "linear";  // of Chimera
  int64_t order = 7;               // of linear attention: p + 1 values a column of its windows
  bool difference = true;          // linear attention sees differences
  nn::MambaOptions mamba = {.d_state = 16, .expand = 1, .taps = 2};  // d_model is the width
  double dropout = 0.1;
  std::string centre = "last";
  std::string device = "cpu";
  void visit(auto&& field) {
    field("epochs", epochs, "passes over the training windows, of methods that train by steps");
    field("steps", steps, "steps instead of epochs; 0: epochs");
    field("batch", batch, "windows a step");
    field("patience", patience, "epochs without gain before training stops; 0: never");
    field("lr", lr, "AdamW peak rate");
    field("kernel", kernel, "rows of DLinear's moving average, odd");
    field("most-lags", most_lags, "largest order AR may choose");
    field("width", width, "channels inside a network");
    field("depth", depth, "layers of a network");
    field("states", states, "state size of each state space");
    field("heads", heads, "heads of attention over the columns");
    field("patch", patch, "rows of a column that are one cell of Chimera's grid; 0: a few");
    field("decoder", decoder, "Chimera's way to the horizon: one map, or a loop for any horizon",
          {"linear", "closed-loop"});
    field("order", order, "values before the one to foretell in a column of linear attention");
    field("difference", difference, "linear attention sees differences of neighbouring rows");
    mamba.visit(field);
    field("dropout", dropout, "share of activations a network drops in training");
    field("centre", centre, "what of the history networks subtract before and add after",
          {"last", "mean"});
    field("device", device, "cpu, cuda, cuda:1");
  }
};

struct ForecastMethod {
  std::string_view name;
  std::string_view summary;
  std::string_view paper;  // slug of the paper it comes from; empty for a baseline
  std::unique_ptr<Forecaster> (*make)(const ForecastShape&, const MethodOptions&);
  bool draws = false;  // its fit depends on the seed
};

std::span<const ForecastMethod> forecast_methods();
// Throws Error "no forecasting method 'rigde', did you mean 'ridge'?".
const ForecastMethod& find_forecast_method(std::string_view name);

}  // namespace offprint::tasks
