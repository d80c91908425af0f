#include "offprint/tasks/attention_gap.h"

#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>

#include "offprint/core/error.h"
#include "offprint/core/file.h"
#include "offprint/tasks/infer_methods.h"
#include "offprint/tasks/simulate.h"

using namespace offprint;
using namespace offprint::tasks;

namespace {

data::Series simulated(int64_t rows) {
  Progress progress;
  SimulateOptions o;
  o.rho = "0.5,-0.3,0.2", o.length = rows;
  data::Table table = simulate("arma", o, 4, progress).table;
  table.source = "arma";
  return data::series_from_table(table, {"x"}, "");
}

AttentionGapOptions quick() {
  AttentionGapOptions o;
  o.lags = 3, o.context = 20, o.layers = 2, o.rollout = 12, o.gap_steps = 30, o.contexts = "8:32";
  return o;
}

}  // namespace

TEST_CASE("attention gap: in theory, from the coefficients alone") {
  AttentionGapOptions o = quick();
  o.rho = "0.5,-0.3,0.2", o.sigma = 2;
  Progress progress;
  const AttentionGap gap = attention_gap_of(o, progress);
  REQUIRE(gap.lines.size() == 3);
  CHECK(gap.lines[0].n == 8);
  for (const GapLine& line : gap.lines) {
    CHECK(line.bound > 0);
    CHECK(line.one_layer >= line.bound * (1 - 1e-6));
    CHECK(line.first_order * static_cast<double>(line.n) ==
          doctest::Approx(2 * (gap.variance / 4 - 1)).epsilon(1e-3));
  }
  CHECK(gap.trials.empty());
  CHECK(verdict_of(gap)["gap"].size() == 3);
  o.rho = "1.5";
  CHECK_THROWS_WITH_AS(attention_gap_of(o, progress), doctest::Contains("is not stationary"),
                       Error);
  o.rho = "0.5;1";
  CHECK_THROWS_WITH(attention_gap_of(o, progress),
                    "--rho: '0.5;1', expected numbers with commas between, as 0.5,-0.3");
  o.rho = "0.5", o.contexts = "8-32";
  CHECK_THROWS_WITH(attention_gap_of(o, progress),
                    "--contexts: '8-32', expected first:last, as 8:512, at most 2048");
}

TEST_CASE("attention gap: on an autoregression the linear forecast is what is recommended") {
  Progress progress;
  const AttentionGap gap = attention_gap_on(simulated(4000), "x", quick(), 1, progress);
  CHECK(gap.recommended == "linear, 3 lags");
  CHECK(gap.trials.size() == 6);
  CHECK(gap.process.rho.size() == 3);
  CHECK(std::abs(gap.process.rho[0] - 0.5) < 0.08);
  CHECK(gap.trials[0].behind == 0);
  CHECK(gap.trials[0].rollout_mse.size() == 12);
  const AttentionGap again = attention_gap_on(simulated(4000), "x", quick(), 1, progress);
  CHECK(json_text(verdict_of(gap)) == json_text(verdict_of(again)));

  const auto folder = std::filesystem::temp_directory_path() / "offprint-attention-gap-test";
  write_attention_gap(gap, folder);
  for (const char* name : {"gap.csv", "rollout.csv", "verdict.json", "gap.svg", "rollout.svg"})
    CHECK(std::filesystem::exists(folder / name));
  CHECK(read_json(folder / "verdict.json")["recommended"] == "linear, 3 lags");
  std::filesystem::remove_all(folder);
}

TEST_CASE("attention gap: what is too short, missing or still is one line") {
  Progress progress;
  CHECK_THROWS_WITH_AS(attention_gap_on(simulated(60), "x", quick(), 1, progress),
                       doctest::Contains("give a shorter --context"), Error);
  CHECK_THROWS_WITH_AS(attention_gap_on(simulated(600), "y", quick(), 1, progress),
                       "arma: no column of numbers 'y'", Error);
  data::Series still = simulated(600);
  still.values.fill_(3);
  CHECK_THROWS_WITH_AS(attention_gap_on(still, "x", quick(), 1, progress),
                       "arma: column 'x' does not move", Error);
  CHECK_THROWS_WITH_AS(infer({.method = "ar-gap"}, progress),
                       "infer: --data is missing, expected a table (CSV): a row a step", Error);
}

TEST_CASE("simulate: the same seed gives the same rows, and what was drawn is told") {
  Progress progress;
  SimulateOptions o;
  o.length = 50, o.order = 2;
  const Simulation one = simulate("arma", o, 1, progress), again = simulate("arma", o, 1, progress);
  CHECK(one.table.rows == 50);
  CHECK(one.table.columns[0].numbers == again.table.columns[0].numbers);
  CHECK(one.json["rho"].size() == 2);
  CHECK(one.table.columns[0].numbers != simulate("arma", o, 2, progress).table.columns[0].numbers);
  CHECK_THROWS_WITH(simulate("amra", o, 1, progress), doctest::Contains("did you mean 'arma'?"));
  o.length = 0;
  CHECK_THROWS_AS(simulate("arma", o, 1, progress), Error);
}
