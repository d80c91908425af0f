// What kind of noise a person's series has: its Hurst index with an interval, the pull and noise of
// a linear equation, drift and diffusion of any shape, the path behind what was seen, and a fan of
// what may come. Daems et al. 2023, arXiv 2310.12975.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "offprint/core/json.h"
#include "offprint/core/plot.h"
#include "offprint/core/progress.h"
#include "offprint/core/table.h"
#include "offprint/data/series.h"
#include "offprint/tasks/fractional_fit.h"

namespace offprint::tasks {

struct FractionalSeriesOptions {
  int64_t last = 2048;        // rows at the end that are looked at
  int64_t terms = 9;          // Ornstein-Uhlenbeck terms
  int64_t ahead = 48;         // steps of the fan
  int64_t fan_paths = 2000;   // it is made of
  int64_t shape_steps = 400;  // optimiser steps of drift and diffusion; 0: straight and constant
  int64_t shape_width = 16;   // of their networks
  std::string seen = "auto";  // or noisy, exact
  void visit(auto&& field) {
    field("last", last, "fractional-sde: rows at the end that are looked at");
    field("sde-terms", terms, "fractional-sde: Ornstein-Uhlenbeck terms of the noise");
    field("ahead", ahead, "fractional-sde: steps of the forecast fan");
    field("fan-paths", fan_paths, "fractional-sde: paths the fan is made of");
    field("shape-steps", shape_steps,
          "fractional-sde: optimiser steps of drift and diffusion; 0: straight and constant");
    field("shape-width", shape_width, "fractional-sde: width of their networks");
    field(
        "seen", seen,
        "fractional-sde: values are the path itself, or the path and noise; auto: the path itself "
        "unless the evidence is two nats against it",
        {"auto", "noisy", "exact"});
  }
};

struct Fan {
  std::vector<double> low, lower, middle, upper, high;  // 5, 25, 50, 75, 95 % at 1 .. ahead
};

struct FractionalSeries {
  std::string column;
  int64_t rows = 0, missing = 0;  // looked at
  double mean = 0, spread = 0;    // of the values; fits are in these units
  std::vector<double> values;     // looked at, in the column's units
  FractionalFit fit, twin;        // in spreads around the mean
  FractionalFit exact, noisy;     // values as the path itself, and as the path with noise
  bool noise = false;             // which of both `fit` is
  HurstInterval interval;
  double whittle = 0, dfa = 0, madogram = 0;
  std::vector<double> path, path_deviation;        // posterior, in the column's units
  std::vector<std::vector<double>> sampled_paths;  // of the last rows
  bool shaped = false;                             // drift and diffusion were learnt
  double learnt_hurst = 0;
  double shape_lead = 0;   // nats a step on windows kept apart, ahead of the linear equation
  double shape_error = 0;  // standard error of it
  std::vector<double> place, drift, diffusion, linear_drift;  // in the column's units
  double linear_diffusion = 0;
  Fan fan;
  FractionalSeriesOptions options;
};

// Missing values are allowed, but for the first that is looked at. Throws Error on fewer than 64
// rows or values that do not change.
FractionalSeries infer_fractional(const data::Series& series, const std::string& column,
                                  const FractionalSeriesOptions& options, uint64_t seed,
                                  Progress& progress);

std::string heading(const FractionalSeries& s);
std::vector<TextTable> tables(const FractionalSeries& s);
std::string advice(const FractionalSeries& s);
std::vector<Plot> plots(const FractionalSeries& s);
Json to_json(const FractionalSeries& s);
// posterior.csv, forecast.csv, shapes.csv, hurst.csv and the plots.
void write_fractional_series(const FractionalSeries& s, const std::filesystem::path& folder);

}  // namespace offprint::tasks
