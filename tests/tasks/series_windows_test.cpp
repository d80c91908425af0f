#include "offprint/tasks/series_windows.h"

#include <doctest/doctest.h>

#include "offprint/core/error.h"

using namespace offprint;
using namespace offprint::tasks;

namespace {
Tensor ramp(int64_t rows) {  // (T,2): t and -t
  const Tensor t = at::arange(rows, at::TensorOptions().dtype(at::kDouble));
  return at::stack({t, -t}, 1);
}
}  // namespace

TEST_CASE("windows: every target in its rows, history before them, none dropped") {
  const Tensor w = windows(ramp(10), 4, 10, 3, 2);
  REQUIRE(w.sizes() == at::IntArrayRef({5, 5, 2}));  // targets begin at rows 4 .. 8
  CHECK(w[0][0][0].item<double>() == 1);
  CHECK(w[0][3][0].item<double>() == 4);
  CHECK(w[4][4][1].item<double>() == -9);
  CHECK(windows(ramp(10), 0, 10, 3, 2).size(0) == 6);  // the first history is rows 0 .. 2
  CHECK(windows(ramp(10), 0, 4, 3, 2).size(0) == 0);
  CHECK(windows(ramp(10), 8, 10, 3, 2).size(0) == 1);
  CHECK_THROWS_AS(windows(ramp(10), 0, 11, 3, 2), Error);
  CHECK_THROWS_AS(windows(ramp(10), 0, 10, 0, 2), Error);
}

TEST_CASE("windows: they are a view, not a copy") {
  const Tensor values = ramp(1000);
  CHECK(windows(values, 0, 1000, 100, 10).data_ptr() == values.data_ptr());
}

TEST_CASE("splits: shares from the end, months as Informer counts them") {
  const SeriesSplit split = split_by_share(101, 0.1, 0.2);
  CHECK(split.test == 20);
  CHECK(split.validation == 10);
  CHECK(split.train == 71);
  CHECK(split.rows() == 101);
  CHECK_THROWS_WITH(split_by_share(10, 0.6, 0.4),
                    "split: shares 0.6 for validation and 0.4 for test, expected both >= 0 and "
                    "their sum < 1");
  data::Series ett;
  ett.source = "ETTh1.csv", ett.values = at::zeros({17420, 1}, at::kDouble);
  ett.times.resize(17420), ett.step.seconds = 3600;
  const SeriesSplit months = split_by_months(ett, 12, 4, 4);
  CHECK(months.train == 8640);
  CHECK(months.validation == 2880);
  CHECK(months.rows() == 14400);
  CHECK_THROWS_AS(split_by_months(ett, 20, 4, 4), Error);
  ett.times.clear();
  CHECK_THROWS_WITH(split_by_months(ett, 1, 1, 1),
                    "ETTh1.csv: a split by months needs a time column with steps below a month");
}

TEST_CASE("standardising: zero mean, spread one, a constant column stays, and back again") {
  Tensor values = ramp(50);
  values = at::cat({values, at::full({50, 1}, 7.0, at::kDouble)}, 1);
  const Standardizer s = standardizer_of(values);
  const Tensor z = standardized(s, values);
  CHECK(z.mean(0).abs().max().item<double>() < 1e-12);
  CHECK(max_abs_diff(z.square().mean(0), at::tensor({1., 1., 0.}, at::kDouble)) < 1e-12);
  CHECK(max_abs_diff(in_units_of(s, z), values) < 1e-12);
}
