// Between tensors and plain lists of numbers, for tables, plots and JSON.
#pragma once
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

}  // namespace offprint
