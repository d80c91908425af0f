#include "offprint/data/series.h"

#include <cmath>

#include "offprint/data/catalog.h"
#include "offprint/data/csv.h"
#include "offprint/data/timestamp.h"
#include "tests/data/scratch.h"

using namespace offprint;
using namespace offprint::data;

namespace {
Series read(std::string_view text, const std::vector<std::string>& columns = {},
            const std::string& time = "") {
  return series_from_table(parse_csv(text, "s.csv"), columns, time);
}
}  // namespace

TEST_CASE("series: rows in any order, on an hourly grid, a gap filled with NaN") {
  const Series s = read(
      "when,a,b,site\n2020-01-01 03:00,4,40,x\n2020-01-01 00:00,1,10,x\n2020-01-01 01:00,,20,x\n"
      "2020-01-01 06:00,7,70,x\n2020-01-01 07:00,8,80,x\n");
  CHECK(s.names == std::vector<std::string>{"a", "b"});
  CHECK(step_text(s.step) == "1 h");
  CHECK(s.length() == 8);
  REQUIRE(s.gaps.size() == 2);
  CHECK(s.gaps[0].first == 2);
  CHECK(s.gaps[0].count == 1);
  CHECK(s.gaps[1].first == 4);
  CHECK(s.gaps[1].count == 2);
  CHECK(s.missing() == 7);  // three rows of two, and one cell
  CHECK(s.values[3][1].item<double>() == 40);
  CHECK(s.values[7][0].item<double>() == 8);
  CHECK(s.times.back() == parse_time("2020-01-01 07:00"));
}

TEST_CASE("series: calendar months are one step although their lengths differ") {
  const Series s = read("m,x\n1949-11,1\n1949-12,2\n1950-01,3\n1950-03,5\n1950-04,6\n");
  CHECK(s.step.months == 1);
  CHECK(step_text(s.step) == "1 month");
  CHECK(s.length() == 6);
  CHECK(s.gaps.size() == 1);
  CHECK(s.times[4] == parse_time("1950-03-01"));
  CHECK(after(s.times[5], s.step, 22) == parse_time("1952-02-01"));
  CHECK(after(s.times[0], s.step, -11) == parse_time("1948-12-01"));
}

TEST_CASE("series: mixed zones are one time line") {
  const Series s =
      read("t,x\n2020-01-01T00:00Z,1\n2020-01-01T02:00+01:00,2\n2019-12-31T21:00-05:00,3\n");
  CHECK(step_text(s.step) == "1 h");
  CHECK(s.values.flatten().equal(at::tensor({1.0, 2.0, 3.0}, at::kDouble)));
}

TEST_CASE("series: epoch seconds by name, no time column at all, one row") {
  CHECK(step_text(read("t,x\n0,1\n900,2\n1800,3\n", {"x"}, "t").step) == "15 min");
  const Series plain = read("x,y\n1,2\n3,4\n");
  CHECK(plain.times.empty());
  CHECK(plain.length() == 2);
  CHECK(read("d,x\n2020-01-01,5\n").length() == 1);
}

TEST_CASE("series: a thousand rows a second, and stamps a little off their step") {
  std::string text = "t,x\n";
  for (int i = 0; i < 1000; ++i) text += fmt::format("{:.3f},{}\n", 1.6e9 + i * 0.001, i);
  const Series fast = read(text, {"x"}, "t");
  CHECK(fast.length() == 1000);
  CHECK(fast.gaps.empty());
  const Series late = read("t,x\n0,1\n60,2\n120.5,3\n180,4\n240,5\n", {"x"}, "t");
  CHECK(late.times == std::vector<double>{0, 60, 120, 180, 240});
}

TEST_CASE("series: damaged files are read or refused") {
  std::string text = "when,x\n";
  for (int i = 0; i < 30; ++i) text += fmt::format("2016-07-{:02},{}\n", i + 1, i * 0.5);
  check_survives_damage(text, 51, [](const auto& path) {
    const Table table = read_csv(path);
    const Series s = series_from_table(table);
    REQUIRE(s.length() <= 11 * table.rows + 1001);
    REQUIRE((s.times.empty() || static_cast<int64_t>(s.times.size()) == s.length()));
  });
}

TEST_CASE("series: steps as people say them") {
  CHECK(step_text({.seconds = 0.25}) == "0.25 s");
  CHECK(step_text({.seconds = 90}) == "90 s");
  CHECK(step_text({.seconds = 86400}) == "1 day");
  CHECK(step_text({.seconds = 2 * 86400}) == "2 days");
  CHECK(step_text({.seconds = 7 * 86400}) == "1 week");
  CHECK(step_text({.months = 3}) == "3 months");
}

TEST_CASE("series: bad input is one line that says file, line and column") {
  const Scratch scratch;
  const auto message = [&](std::string_view text, const std::vector<std::string>& columns = {},
                           const std::string& time = "") {
    return message_of(scratch, [&] { read(text, columns, time); });
  };
  CHECK(message("d,x\n2020-01-01,1\n2020-01-02,2\n2020-01-01,3\n") ==
        "s.csv: line 4, column 'd': the same time as line 2, 2020-01-01");
  CHECK(message("d,x\n2020-01-01,1\n,2\n") == "s.csv: line 3, column 'd': no time");
  CHECK(message("d,x\n2020-01-01,1\n2020-01-02,2\n2020-01-03,2\n2020-01-03 05:00,2\n") ==
        "s.csv: line 5, column 'd': 2020-01-03T05:00:00Z is no whole number of steps of 1 day "
        "after 2020-01-01");
  CHECK(message("t,x\n0,1\n1,2\n2,3\n900000000,4\n", {"x"}, "t") ==
        "s.csv: line 5, column 't': 1998-07-09T16:00:00Z is 900000000 steps of 1 s after "
        "1970-01-01, too many for 4 rows");
  CHECK(message("t,x\n1600000000000,1\n1600000001000,2\n", {"x"}, "t") ==
        "s.csv: line 2, column 't': 1600000000000 is no time in seconds since 1970 "
        "(milliseconds?)");
  CHECK(message("t,x\n1e300,1\n-inf,2\n", {"x"}, "t").find("is no time in seconds") !=
        std::string::npos);
  CHECK(message("a,b,x\n2020-01-01,2020-01-02,1\n") ==
        "s.csv: 'a' and 'b' both hold times, expected the name of one");
  CHECK(message("a,b\nx,y\n") == "s.csv: no columns of numbers");
  CHECK(message("d,x\n2020-01-01,1\n", {"y"}) == "s.csv: no column 'y', did you mean 'd'?");
}

TEST_CASE("series: the transformer set is hourly without a gap") {
  const auto folder = find_set("ett");
  if (!folder) {
    MESSAGE("skipped: offprint data get ett");
    return;
  }
  const Series s = series_from_table(read_csv(*folder / "ETTh2.csv"));
  CHECK(s.length() == 17420);
  CHECK(s.names.size() == 7);
  CHECK(s.gaps.empty());
  CHECK(s.missing() == 0);
  CHECK(step_text(s.step) == "1 h");
}
