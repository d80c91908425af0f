#include "offprint/papers/forecast_study.h"

#include <doctest/doctest.h>

#include "tests/data/scratch.h"

using namespace offprint;
using namespace offprint::papers;

TEST_CASE("ratios of runs are taken seed by seed") {
  const MethodRun a{"a", 0, {1, 3}, {}, {}, {}}, b{"b", 0, {2, 4}, {}, {}, {}};
  const MethodRun fixed{"f", 0, {2}, {}, {}, {}};
  CHECK(ratio_of(a, b, Rng(1)).ours == doctest::Approx(4.0 / 6));
  CHECK(ratio_of(a, fixed, Rng(1)).ours == doctest::Approx(1));
}

TEST_CASE("forecast study: methods that draw nothing run once, the others a seed at a time") {
  ForecastStudy study;
  const Tensor t = at::arange(200, at::kDouble);
  study.series.source = "road", study.series.names = {"a", "b"};
  study.series.values = at::stack({(t / 3).sin(), (t / 5).cos()}, 1);
  study.split = tasks::split_by_share(200, 0.2, 0.2);
  study.shape = {.lookback = 12, .horizon = 4, .variates = 2, .season = 12};
  study.options.epochs = 1;
  Progress progress;
  const auto runs = run_methods(study, {"naive", "dlinear"}, 2, Rng(1), progress);
  CHECK(named(runs, "naive").mse.size() == 1);
  CHECK(named(runs, "dlinear").mse.size() == 2);
  CHECK(named(runs, "dlinear").mse[0] != named(runs, "dlinear").mse[1]);
  CHECK(run_table(runs, "t").rows.size() == 2);
}

TEST_CASE("find_ett: the columns asked for, from a person's folder, or nothing where it is not") {
  const data::Scratch folder;
  std::string csv = "date,HUFL,OT\n";
  for (int i = 0; i < 5; ++i) csv += fmt::format("2016-07-01 0{}:00:00,{},{}\n", i, i, 2 * i);
  folder.write("ETTh2.csv", csv);
  const auto series = find_ett("ETTh2", folder.folder, {"OT"});
  REQUIRE(series);
  CHECK(series->names == std::vector<std::string>{"OT"});
  CHECK(series->values[4][0].item<double>() == 8);
  CHECK(!find_ett("ETTh1", folder.folder, {}));
  CHECK(ett_missing("ETTh1") ==
        "ETTh1 skipped: ETTh1.csv is not here; `offprint data get ett` gets it");
}
