// What a figure shows in words, for readers who do not see it.
#pragma once
#include <string>

#include "offprint/core/plot.h"

namespace offprint {

// "accuracy [%] against step. S4D: 12 points, y from 40.1 to 98.2, last 98.2. Mark our bar at 97."
std::string describe(const Plot& plot);

}  // namespace offprint
