#include "offprint/tasks/variate_forecasters.h"

#include <doctest/doctest.h>

#include "offprint/core/error.h"
#include "offprint/tasks/series_windows.h"
#include "offprint/tasks/trained_linear_forecasters.h"

using namespace offprint;
using namespace offprint::tasks;

namespace {

const ForecastShape kShape{.lookback = 8, .horizon = 2, .variates = 6};

MethodOptions small_model(int64_t epochs) {
  MethodOptions options;
  options.epochs = epochs, options.patience = 0, options.lr = 3e-3;
  options.width = 32, options.depth = 1;
  options.dropout = 0;
  return options;
}

// Noise that runs along the columns, a column a row: only a neighbour knows what comes next.
Tensor travelling_noise(int64_t rows) {
  Tensor values = Rng(1).normal({rows, 6}, at::kDouble);
  for (int64_t t = 1; t < rows; ++t) values[t].slice(0, 1).copy_(values[t - 1].slice(0, 0, 5));
  return values;
}

// Mean squared error of the first row ahead, of every column but the first, on unseen rows.
double error_of(std::unique_ptr<Forecaster> method) {
  const Tensor values = travelling_noise(800);
  Progress progress;
  method->fit({values.slice(0, 0, 600), 500}, Rng(1), progress);
  const Tensor w = windows(values, 600, 800, 8, 2);
  const Tensor off = method->predict(w.slice(1, 0, 8)) - w.slice(1, 8);
  return off.select(1, 0).slice(1, 1).square().mean().item<double>();
}

}  // namespace

TEST_CASE("columns that see each other forecast what runs from one to the next") {
  const double apart = error_of(make_column_mlp(kShape, small_model(8)));
  CHECK(apart > 0.8);  // the noise has variance 1
  CHECK(error_of(make_s_mamba(kShape, small_model(16))) < 0.4 * apart);
  CHECK(error_of(make_s_mamba_one_way(kShape, small_model(16))) < 0.4 * apart);
}

TEST_CASE("S-Mamba: the same seed trains the same model, another seed another") {
  const Tensor values = travelling_noise(120);
  const auto trained = [&](uint64_t seed) {
    Progress progress;
    auto method = make_s_mamba(kShape, small_model(1));
    method->fit({values, 100}, Rng(seed), progress);
    return method->predict(values.slice(0, -8).unsqueeze(0));
  };
  CHECK(max_abs_diff(trained(1), trained(1)) == 0);
  CHECK(max_abs_diff(trained(1), trained(2)) > 0);
}

TEST_CASE("iTransformer: heads that do not divide the width are one line") {
  MethodOptions options = small_model(1);
  options.heads = 5;
  CHECK_THROWS_WITH_AS(make_itransformer(kShape, options),
                       "make_attention: width 32 is no multiple of 5 heads", Error);
}
