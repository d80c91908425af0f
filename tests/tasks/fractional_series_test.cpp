#include "offprint/tasks/fractional_series.h"

#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>
#include <limits>

#include "offprint/core/error.h"
#include "offprint/core/numbers.h"
#include "offprint/kernels/fractional_paths.h"

using namespace offprint;
using namespace offprint::tasks;

namespace {

data::Series series_of(const std::vector<double>& values) {
  data::Series s;
  s.source = "x.csv", s.names = {"rv"};
  s.values = at::tensor(values, at::kDouble).unsqueeze(1);
  return s;
}

// Drawn to 2, rough, noise that grows with the value.
std::vector<double> rough_path(int64_t steps) {
  const kernels::MarkovFbm m = kernels::make_mfbm(0.3, 9, static_cast<double>(steps));
  const kernels::FractionalEquation equation{
      .start = 2, .drift = {0.2, -0.1}, .diffusion = {-0.1, 0.25}};
  return numbers(kernels::simulate_fractional(equation, m, 1, steps, 1, Rng(21)).x[0]);
}

}  // namespace

TEST_CASE("infer fractional-sde: index, growing diffusion and a fan of a series of all three") {
  std::vector<double> values = rough_path(1600);
  values[700] = std::numeric_limits<double>::quiet_NaN();
  Progress progress;
  const FractionalSeries s = infer_fractional(
      series_of(values), "rv", {.ahead = 20, .shape_steps = 200, .seen = "exact"}, 1, progress);
  CHECK(std::abs(s.fit.line.driver.hurst - 0.3) < 0.06);
  CHECK(s.interval.low < 0.31);
  CHECK(s.interval.high > 0.29);
  CHECK(s.missing == 1);
  CHECK(s.shaped);
  CHECK(s.shape_lead > 2 * s.shape_error);
  CHECK(s.diffusion.back() > 1.3 * s.diffusion.front());
  CHECK(s.drift.front() > 0);
  CHECK(s.drift.back() < 0);
  for (size_t i = 0; i < 20; ++i) {
    CHECK(s.fan.low[i] < s.fan.lower[i]);
    CHECK(s.fan.lower[i] < s.fan.upper[i]);
    CHECK(s.fan.upper[i] < s.fan.high[i]);
  }
  CHECK(s.fan.high[19] - s.fan.low[19] > s.fan.high[0] - s.fan.low[0]);
  CHECK(std::abs(s.path[300] - values[300]) < 0.1);
  CHECK(s.path_deviation[700] > 3 * s.path_deviation[300]);  // nothing was seen there
  CHECK(advice(s).starts_with("rough noise"));
  CHECK(plots(s).size() == 5);
}

TEST_CASE("infer fractional-sde: same seed, same answer; files stand in the folder") {
  const std::vector<double> values = rough_path(300);
  Progress progress;
  const FractionalSeriesOptions quick{.ahead = 5, .fan_paths = 50, .shape_steps = 5};
  const FractionalSeries a = infer_fractional(series_of(values), "rv", quick, 3, progress);
  const FractionalSeries b = infer_fractional(series_of(values), "rv", quick, 3, progress);
  CHECK(to_json(a) == to_json(b));
  const auto folder = std::filesystem::temp_directory_path() / "offprint-fractional-series";
  write_fractional_series(a, folder);
  for (const char* name : {"posterior.csv", "forecast.csv", "shapes.csv", "hurst.csv",
                           "forecast.svg", "drift.svg", "hurst.svg"})
    CHECK(std::filesystem::exists(folder / name));
  std::filesystem::remove_all(folder);
}

TEST_CASE("infer fractional-sde: series that cannot be looked at are one line") {
  Progress progress;
  CHECK_THROWS_WITH_AS(
      infer_fractional(series_of(std::vector<double>(40, 1.0)), "rv", {}, 1, progress),
      "x.csv: column 'rv': 40 rows to look at, expected 64 or more", Error);
  CHECK_THROWS_WITH_AS(
      infer_fractional(series_of(std::vector<double>(80, 1.0)), "rv", {}, 1, progress),
      "x.csv: column 'rv': 0 of 80 rows missing and a spread of 0, expected half of the rows and "
      "some change",
      Error);
}
