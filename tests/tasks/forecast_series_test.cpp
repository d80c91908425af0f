#include "offprint/tasks/forecast_series.h"

#include <doctest/doctest.h>

#include "offprint/core/error.h"
#include "offprint/core/file.h"
#include "offprint/data/csv.h"
#include "tests/tasks/forecasting_series.h"

using namespace offprint;
using namespace offprint::tasks;
namespace fs = std::filesystem;

namespace {

struct Folder {
  fs::path path = fs::temp_directory_path() / "offprint_forecast_series_test";
  Folder() {
    fs::remove_all(path);
    fs::create_directories(path);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { fs::remove_all(path); }
};

void write_series(const fs::path& path, const data::Series& series) {
  data::Table table;
  table.rows = series.length();
  table.columns.push_back(
      {.name = "when", .kind = data::ColumnKind::time, .numbers = series.times});
  for (size_t v = 0; v < series.names.size(); ++v) {
    const Tensor column = series.values.select(1, static_cast<int64_t>(v)).contiguous();
    const double* values = column.const_data_ptr<double>();
    table.columns.push_back(
        {.name = series.names[v], .numbers = {values, values + column.numel()}});
  }
  data::write_csv(path, table);
}

std::string message_of(const ForecastRequest& request) {
  Progress progress;
  try {
    forecast_series(request, progress);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("forecast a file: judged beside rivals, written with quantiles, saved and used again") {
  const Folder folder;
  write_series(folder.path / "x.csv", tests::sines(400, 2));
  ForecastRequest request{
      .data = folder.path / "x.csv", .save = folder.path / "model", .out = folder.path / "out.csv"};
  request.options.horizon = 12, request.options.season = 12;
  Progress progress;
  const ForecastOutcome outcome = forecast_series(request, progress);
  REQUIRE(outcome.scores.size() == 5);
  CHECK(outcome.scores[0].method == "ridge");
  CHECK(outcome.scores[0].mse < outcome.scores[4].mse);
  CHECK(outcome.shape.lookback == 48);
  const data::Table out = data::read_csv(folder.path / "out.csv");
  CHECK(out.rows == 12);
  CHECK(out.columns.size() == 1 + 2 * 6);
  CHECK(out.times("time").front() == 3600.0 * 400);
  CHECK(out.numbers("s1_q10")[3] < out.numbers("s1_q90")[3]);
  CHECK(forecast_plot(outcome, 1).lines.size() == 2);
  CHECK(to_json(outcome)["forecast"]["s0"].size() == 12);

  ForecastRequest again{.data = folder.path / "x.csv", .model = folder.path / "model"};
  const ForecastOutcome loaded = forecast_series(again, progress);
  CHECK(max_abs_diff(loaded.forecast.mean, outcome.forecast.mean) == 0);
  CHECK(loaded.scores.empty());
}

TEST_CASE("forecast a file: the truth it did not see is near what it says") {
  const Folder folder;
  data::Series series = tests::sines(412, 1, 0.05);
  data::Series known = series;
  known.values = series.values.slice(0, 0, 400), known.times.resize(400);
  write_series(folder.path / "x.csv", known);
  ForecastRequest request{.data = folder.path / "x.csv"};
  request.options.horizon = 12, request.options.season = 12;
  Progress progress;
  const ForecastOutcome outcome = forecast_series(request, progress);
  CHECK(max_abs_diff(outcome.forecast.mean, series.values.slice(0, 400)) < 0.3);
}

TEST_CASE("seasons follow from the step") {
  const auto season = [](double seconds, int64_t months) {
    data::Series s;
    s.times = {0}, s.step = {seconds, months};
    return season_of(s);
  };
  CHECK(season(3600, 0) == 24);
  CHECK(season(900, 0) == 96);
  CHECK(season(86400, 0) == 7);
  CHECK(season(7 * 86400, 0) == 52);
  CHECK(season(0, 1) == 12);
  CHECK(season(0, 3) == 4);
  CHECK(season(0, 12) == 1);
  CHECK(season_of(data::Series{}) == 1);
}

TEST_CASE("forecast awkward files: right, or one clear line") {
  const Folder folder;
  const fs::path file = folder.path / "x.csv";
  ForecastRequest request{.data = file};
  request.options.horizon = 2;
  const std::string name = file.string();

  write_file(file, "load\n1\n2\n3\n");  // one column, three rows
  request.options.horizon = 3;
  CHECK(message_of(request) ==
        name +
            ": 3 rows to train on, expected at least 4 (lookback 1 + horizon 3): give a shorter "
            "--lookback or --horizon");
  request.options.horizon = 2;
  CHECK(message_of(request) == "");

  std::string constant = "t,load\n";
  for (int i = 0; i < 60; ++i)
    constant += fmt::format("2020-01-{:02}T{:02}:00:00Z,5\n", 1 + i / 24, i % 24);
  write_file(file, constant);
  Progress progress;
  const ForecastOutcome flat = forecast_series(request, progress);
  CHECK(max_abs_diff(flat.forecast.mean, at::full({2, 1}, 5.0, at::kDouble)) < 1e-9);

  std::string gaps = constant;
  gaps.replace(gaps.find("T05:00:00Z,5"), 12, "T05:00:00Z,");
  write_file(file, gaps);
  CHECK(message_of(request) ==
        name +
            ": column 'load': row 6 (2020-01-01T05:00:00Z) is missing, expected a number, or "
            "missing 'interpolate'");
  request.options.missing = "interpolate";
  CHECK(forecast_series(request, progress).interpolated == 1);

  write_file(file, "name\nada\n");
  CHECK(message_of(request).starts_with(name + ": "));
  request.targets = {"laod"};
  write_file(file, constant);
  CHECK(message_of(request).find("no column 'laod', did you mean 'load'?") != std::string::npos);
  request.targets = {}, request.options.horizon = -1;
  CHECK(message_of(request) == "--horizon: -1, expected >= 0");
  request.options.horizon = 2, request.out = folder.path / "none/out.csv";
  CHECK(message_of(request).find("none/out.csv") != std::string::npos);
}
