// Spread of measurements over seeds and the slopes of trends, for every recipe. Efron & Tibshirani
// 1993, An Introduction to the Bootstrap, chapters 13 (percentile interval) and 9 (pairs).
#pragma once
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "offprint/core/rng.h"

namespace offprint::papers {

struct Interval {
  double low = 0, high = 0;
};

double mean(std::span<const double> values);  // Error on no values, here and below

// Percentile interval of `statistic` over rows drawn with replacement from 0 .. rows-1. Draws whose
// statistic is NaN (a slope through one point) are drawn again. With one row both ends are its
// value. level in (0,1).
Interval bootstrap(int64_t rows, const std::function<double(std::span<const int64_t>)>& statistic,
                   Rng rng, double level = 0.95, int resamples = 2000);

struct Estimate {
  double value = 0;
  Interval interval = {};  // 95 %
  int64_t count = 0;       // seeds, points
};
Estimate mean_over_seeds(std::span<const double> values, Rng rng);

// Mean of a - b where a[i] and b[i] come from the same seed. Error on unequal lengths.
Estimate paired_difference(std::span<const double> a, std::span<const double> b, Rng rng);

// Least squares y = slope x + intercept with the bootstrap interval of the slope over the points.
// Error on fewer than two distinct x.
struct SlopeFit {
  Estimate slope;
  double intercept = 0, r_squared = 0;
};
SlopeFit fit_slope(std::span<const double> x, std::span<const double> y, Rng rng);

// The exponent p of y = c x^p: the slope of log y over log x. Error on values that are not > 0.
SlopeFit fit_exponent(std::span<const double> x, std::span<const double> y, Rng rng);

// "95 % interval [95.1, 96.8], 3 seeds": what a card's column of spread says.
std::string spread_text(const Estimate& estimate, const char* of = "seed");

}  // namespace offprint::papers
