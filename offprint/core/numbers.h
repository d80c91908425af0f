// Between tensors and plain lists of numbers, for tables, plots and JSON.
#pragma once
#include <span>
#include <vector>

#include "offprint/core/tensor.h"

namespace offprint {

// All entries in order, as double.
std::vector<double> numbers(const Tensor& t);

// The middle one; of an even number the upper of the two in the middle. NaN of none.
double median(std::vector<double> values);

struct MeanError {
  double mean = 0, standard_error = 0;
};
// Of values (T); `block` neighbours that depend on each other count as one draw. What does not fill
// a last block adds to the mean alone.
MeanError mean_with_error(const Tensor& values, int64_t block = 1);

struct LineFit {
  double slope = 0, intercept = 0, r_squared = 0;
};
// Least squares y = slope x + intercept over pairs. A NaN slope where all x are one.
LineFit fit_line(std::span<const double> x, std::span<const double> y);

}  // namespace offprint
