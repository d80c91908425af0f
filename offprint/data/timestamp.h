// Times as files write them (ISO 8601, year first) and as we keep them: seconds since
// 1970-01-01T00:00Z, proleptic Gregorian calendar, without leap seconds.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace offprint::data {

// Days since 1970-01-01. month 1 .. 12, day 1 .. 31.
int64_t days_from_civil(int64_t year, int month, int day);

// "2016-07", "2016-07-01", "2016-07-01 13:05", "2016-07-01T13:05:07.25", each time with "Z", "+02",
// "+0200" or "+02:00" behind it; "/" may stand for "-", and one digit for two. Without a zone it is
// UTC. Years 0001 .. 9999. Nothing where the text is anything else, or no such day or hour exists.
std::optional<double> parse_time(std::string_view text);

// "2016-07-01T13:05:07Z", the date alone at midnight, fractions as far as needed (microseconds).
// Throws Error beyond the years 0001 .. 9999 and for NaN.
std::string time_text(double seconds);

}  // namespace offprint::data
