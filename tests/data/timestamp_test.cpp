#include "offprint/data/timestamp.h"

#include <doctest/doctest.h>

#include <cmath>
#include <ctime>

#include "offprint/core/error.h"
#include "offprint/core/rng.h"

using namespace offprint;
using namespace offprint::data;

TEST_CASE("times: dates, date-times, zones and offsets become seconds of UTC") {
  CHECK(parse_time("1970-01-01") == 0.0);
  CHECK(parse_time("2016-07-01 13:05") == 1467378300.0);
  CHECK(parse_time("2016-07-01T13:05:07.25Z") == 1467378307.25);
  CHECK(parse_time("2016-07-01T13:05:07+02:00") == 1467371107.0);
  CHECK(parse_time("2016-07-01 13:05:07 -0530") == 1467398107.0);
  CHECK(parse_time("2016-07-01T13:05+02") == 1467371100.0);
  CHECK(parse_time("2016/7/1 0:00") == 1467331200.0);
  CHECK(parse_time("1949-01") == -662688000.0);
  CHECK(parse_time("2016-12-31T23:59:60Z") == parse_time("2017-01-01"));
  CHECK(parse_time("2016-02-29T24:00") == parse_time("2016-03-01"));
}

TEST_CASE("times: what is no such time is none") {
  for (const char* text : {"",
                           "2016",
                           "20160701",
                           "2016-13-01",
                           "2016-00-10",
                           "2015-02-29",
                           "1900-02-29",
                           "2016-07-01 25:00",
                           "2016-07-01 24:01",
                           "2016-07-01 12:60",
                           "2016-07-01T",
                           "2016-07-01 12",
                           "01/07/2016",
                           "2016-07/01",
                           "2016-07-01 12:00 CET",
                           "2016-07-01 12:00+2",
                           "0000-01-01",
                           "2016-07-01 12:00:00.",
                           "2016-07-01x",
                           "-2016-07-01",
                           "2016-07-01 12:00+99:00"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_time(text).has_value());
  }
}

TEST_CASE("times: the calendar agrees with the C library's on random days") {
  Rng rng(5);
  for (int i = 0; i < 2000; ++i) {
    const auto seconds = static_cast<time_t>(rng.integer(250'000'000'000) - 60'000'000'000);
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    CHECK(days_from_civil(utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday) ==
          static_cast<int64_t>(std::floor(static_cast<double>(seconds) / 86400)));
    CHECK(parse_time(time_text(static_cast<double>(seconds))) == static_cast<double>(seconds));
  }
}

TEST_CASE("times: written as short as they are") {
  CHECK(time_text(0) == "1970-01-01");
  CHECK(time_text(1467378307.25) == "2016-07-01T13:05:07.25Z");
  CHECK(time_text(-0.5) == "1969-12-31T23:59:59.5Z");
  CHECK_THROWS_AS(time_text(std::nan("")), Error);
  CHECK_THROWS_AS(time_text(1e18), Error);
}
