// What the theorems promise of one surrogate and of many: a bound, descent, rates.
#pragma once
#include <string>
#include <vector>

#include "offprint/core/plot.h"
#include "offprint/core/progress.h"
#include "offprint/core/rng.h"

namespace offprint::papers::target_surrogates {

// At random parameters near and far of four losses over a linear model and a perceptron.
struct Bound {
  double worst = 0;  // most that the loss is above the surrogate, over its value where it is made
  double touch = 0;  // gaps of value and gradient there
  double steep = 1;  // share of points above for eta = 4/L, least of the cases
  int64_t points = 0;
};
Bound check_bound(int64_t points, const Rng& rng);

// Largest difference between one inner step of SSO and one step of SGD.
double sgd_step_gap(const Rng& rng);

// Four losses over five models, all examples in each asking.
struct Descent {
  std::string name = {};
  std::vector<double> least_square =
      {};             // of the gradient, after each outer step, five inner steps
  int64_t rises = 0;  // over 1, 5 and 20 inner steps
  double slope = 0;   // log-log of least_square, last four doublings
};
std::vector<Descent> descents(int64_t steps, const Rng& rng, const Progress& progress);

// Squares with weights between 1/condition and 1: the loss's curvature in the space of outputs.
struct LinearRate {
  double condition = 0, theory = 0, exact = 0, ten_steps = 0;  // -log of the factor of a step
};
std::vector<LinearRate> linear_rates(const Rng& rng);

// Squared distance from the best outputs once it no longer falls, by batch.
struct Neighbourhood {
  std::vector<double> batch = {}, distance = {}, predicted = {};
};
Neighbourhood neighbourhoods(int64_t steps, const Rng& rng, const Progress& progress);

}  // namespace offprint::papers::target_surrogates
