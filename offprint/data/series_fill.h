// Missing values of a series: refused, or drawn as straight lines.
#pragma once
#include <cstdint>
#include <string>

#include "offprint/data/series.h"

namespace offprint::data {

// missing "error": throws Error "x.csv: column 'load': row 17 (2016-07-01T16:00:00Z) is missing,
// expected a number, or missing 'interpolate'" on the first that is not a number. "interpolate":
// draws a straight line over each hole, in place, and returns how many values it drew; a column
// must begin and end with a number. Infinite values are an Error always, and so is another word.
int64_t fill_missing(Series& series, const std::string& missing);

}  // namespace offprint::data
