#include "offprint/data/series_fill.h"

#include <doctest/doctest.h>

#include <limits>

#include "offprint/core/error.h"

using namespace offprint;
using namespace offprint::data;

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

Series series_of(const std::vector<double>& values, bool timed = false) {
  Series s;
  s.source = "x.csv", s.names = {"load"};
  s.values = at::tensor(values, at::kDouble).unsqueeze(1);
  if (timed)
    for (size_t i = 0; i < values.size(); ++i) s.times.push_back(3600.0 * static_cast<double>(i));
  return s;
}

std::string message_of(Series s, const std::string& policy) {
  try {
    fill_missing(s, policy);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("fill_missing: straight lines over holes, and nothing else moves") {
  Series s = series_of({1, kNan, kNan, 4, 0, kNan, 2});
  CHECK(fill_missing(s, "interpolate") == 3);
  CHECK(max_abs_diff(s.values.flatten(), at::tensor({1., 2., 3., 4., 0., 1., 2.}, at::kDouble)) <
        1e-12);
  Series whole = series_of({1, 2});
  CHECK(fill_missing(whole, "error") == 0);
}

TEST_CASE("fill_missing: columns are filled each by itself") {
  Series s = series_of({1, kNan, 3});
  s.values = at::cat({s.values, at::tensor({5., 6., 7.}, at::kDouble).unsqueeze(1)}, 1);
  s.names = {"a", "b"};
  CHECK(fill_missing(s, "interpolate") == 1);
  CHECK(s.values[1][0].item<double>() == 2);
  CHECK(s.values[1][1].item<double>() == 6);
}

TEST_CASE("fill_missing: what cannot be filled is one line with row and time") {
  CHECK(message_of(series_of({1, kNan, 3}, true), "error") ==
        "x.csv: column 'load': row 2 (1970-01-01T01:00:00Z) is missing, expected a number, or "
        "missing 'interpolate'");
  CHECK(message_of(series_of({kNan, 2}), "interpolate") ==
        "x.csv: column 'load': row 1 is missing, expected a number");
  CHECK(message_of(series_of({1, kNan}), "interpolate") ==
        "x.csv: column 'load': row 2 is missing, expected a number");
  CHECK(message_of(series_of({1, kInf, 3}), "interpolate") ==
        "x.csv: column 'load': row 2 is infinite, expected a number");
  CHECK(message_of(series_of({1, kNan, kInf}), "interpolate") ==
        "x.csv: column 'load': row 3 is infinite, expected a number");
  CHECK(message_of(series_of({1}), "guess") == "missing: 'guess', expected error|interpolate");
}
