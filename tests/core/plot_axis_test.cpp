#include "offprint/core/plot_axis.h"

#include <doctest/doctest.h>

#include <cmath>

#include "offprint/core/error.h"
#include "offprint/core/rng.h"

using namespace offprint;

namespace {
std::string texts(const Axis& axis) {
  std::string all;
  for (const Tick& tick : axis.ticks) all += (all.empty() ? "" : " ") + tick.text;
  return all;
}
Axis linear(double low, double high) { return make_axis({low, high}, {.margin = 0}); }
Axis logarithmic(double low, double high) {
  return make_axis({low, high}, {.log = true, .margin = 0});
}
}  // namespace

TEST_CASE("Axis: linear ticks are multiples of 1, 2 or 5 with the decimals they need") {
  CHECK(texts(linear(0, 1)) == "0.0 0.2 0.4 0.6 0.8 1.0");
  CHECK(texts(linear(0, 100)) == "0 20 40 60 80 100");
  CHECK(texts(linear(-3, 7)) == "−2 0 2 4 6");
  CHECK(texts(linear(0.92, 0.98)) == "0.92 0.93 0.94 0.95 0.96 0.97 0.98");
  CHECK(texts(linear(1023, 1029)) == "1023 1024 1025 1026 1027 1028 1029");
}

TEST_CASE("Axis: very large and small numbers share one power of ten") {
  const Axis small = linear(0, 3e-5);
  CHECK(texts(small) == "0.0 0.5 1.0 1.5 2.0 2.5 3.0");
  CHECK(small.factor == "×10⁻⁵");
  CHECK(linear(0, 3e6).factor == "×10⁶");
  CHECK(linear(0, 16384).factor.empty());
}

TEST_CASE("Axis: a log axis has decades, parts of few and strides of many") {
  CHECK(texts(logarithmic(1, 1000)) == "1 10 100 1000");
  CHECK(texts(logarithmic(1, 50)) == "1 2 5 10 20 50");
  CHECK(texts(logarithmic(1e-6, 1e-2)) == "10⁻⁶ 10⁻⁵ 10⁻⁴ 10⁻³ 10⁻²");
  CHECK(logarithmic(1e-12, 1).ticks.size() <= 6);
  CHECK(texts(logarithmic(31, 43)) == "32 34 36 38 40 42");
}

TEST_CASE("Axis: one value, none, and a log axis of one value still make an axis") {
  const Axis one = make_axis({5, 5}, {});
  CHECK(one.low < 5);
  CHECK(one.high > 5);
  CHECK(one.ticks.size() >= 2);
  CHECK(make_axis({0, 0}, {}).high > 0);
  CHECK(texts(make_axis({}, {})) == "0.0 0.2 0.4 0.6 0.8 1.0");
  CHECK(make_axis({1e9, 1e9 + 1e-7}, {}).ticks.size() >= 2);
  CHECK(logarithmic(3, 3).place(3) == doctest::Approx(0.5));
}

TEST_CASE("Axis: place is 0 at the low end, 1 at the high end, NaN where a value has no place") {
  const Axis log = logarithmic(1, 100);
  CHECK(log.place(1) == doctest::Approx(0));
  CHECK(log.place(10) == doctest::Approx(0.5));
  CHECK(log.place(100) == doctest::Approx(1));
  CHECK(std::isnan(log.place(0)));
  CHECK(std::isnan(log.place(-1)));
  CHECK(std::isnan(linear(0, 1).place(std::nan(""))));
}

TEST_CASE("Axis: of any range there are 2 to 9 ticks, inside, rising and evenly spaced") {
  Rng rng(4);
  for (int i = 0; i < 300; ++i) {
    const double size = std::pow(10, 24 * rng.uniform() - 12);
    const double low = size * rng.normal(), high = low + size * (0.01 + rng.uniform());
    const Axis axis = make_axis({low, high}, {});
    REQUIRE(axis.ticks.size() >= 2);
    CHECK(axis.ticks.size() <= 9);
    const double step = axis.ticks[1].value - axis.ticks[0].value;
    for (size_t t = 0; t < axis.ticks.size(); ++t) {
      CHECK(axis.place(axis.ticks[t].value) > -1e-6);
      CHECK(axis.place(axis.ticks[t].value) < 1 + 1e-6);
      if (t > 0)
        CHECK(axis.ticks[t].value - axis.ticks[t - 1].value == doctest::Approx(step).epsilon(1e-6));
    }
  }
}

TEST_CASE("Axis: values that start close to zero are shown from zero") {
  CHECK(make_axis({1, 10}, {.near_zero = true}).low == 0);
  CHECK(make_axis({8, 10}, {.near_zero = true}).low > 7);
  CHECK(make_axis({-1, 10}, {.near_zero = true}).low < -1);
}

TEST_CASE("plots: lists whose lengths differ are an error that names the line") {
  Plot plot{.title = "T"};
  plot.lines.push_back({.label = "a", .x = {1, 2}, .y = {1}});
  try {
    require_consistent(plot);
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(std::string(error.what()) == "plot 'T': 'a' has 1 values of y, expected 2");
  }
  plot.lines[0].y = {1, 2};
  plot.lines[0].low = {0};
  CHECK_THROWS_AS(require_consistent(plot), Error);
  plot.lines.clear();
  plot.categories = {"x"};
  plot.bars = {{"b", {1, 2}, {}, {}}};
  CHECK_THROWS_AS(to_svg(plot), Error);
  CHECK_THROWS_AS(to_terminal(plot), Error);
}
