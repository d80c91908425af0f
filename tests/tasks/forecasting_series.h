// Series that forecasters are tested on.
#pragma once
#include <cmath>
#include <numbers>

#include "offprint/core/rng.h"
#include "offprint/data/series.h"

namespace offprint::tests {

// `columns` sines of period 12 with noise, shifted against each other; hourly from 1970.
inline data::Series sines(int64_t rows, int64_t columns = 1, double noise = 0.1,
                          uint64_t seed = 1) {
  data::Series s;
  s.source = "sines";
  const Tensor t = at::arange(rows, at::TensorOptions().dtype(at::kDouble));
  std::vector<Tensor> values;
  Rng rng(seed);
  for (int64_t v = 0; v < columns; ++v) {
    s.names.push_back("s" + std::to_string(v));
    values.push_back((2 * std::numbers::pi * (t + static_cast<double>(v)) / 12).sin() +
                     noise * rng.normal({rows}, at::kDouble) + static_cast<double>(10 * v));
  }
  s.values = at::stack(values, 1);
  for (int64_t i = 0; i < rows; ++i) s.times.push_back(3600.0 * static_cast<double>(i));
  s.step.seconds = 3600;
  return s;
}

}  // namespace offprint::tests
