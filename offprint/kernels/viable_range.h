// How far each person's score can move among models nearly as good as the best: both ends of
//   { w x + b : F(w,b) <= F_best + slack },  F of logistic_solve.h, penalty included.
// Watson-Daniels, Parkes & Ustun 2022, arXiv 2206.01131. The border of the set is climbed along
// Newton steps within its tangent plane, each led back to the border on the ray from the best
// model, until weak duality proves that no model of the set goes further.
#pragma once
#include "offprint/kernels/logistic_rows.h"
#include "offprint/kernels/logistic_solve.h"

namespace offprint::kernels {

// What all persons share. The best model must be at its optimum (gap <= 1e-12 or so).
struct LevelSet {
  LogisticRows rows;
  Doubles best, best_margins;  // (D+1), (N)
  Tensor inverse_hessian;      // (D+1,D+1) of F at the best model
  double objective = 0;        // F there
  double l2 = 0;
};
// X, y and errors as logistic_solve.
LevelSet level_set(const Tensor& X, const Tensor& y, const LogisticFit& best, double l2);

double objective(const LevelSet& set, std::span<const double> weights);  // F, weights (D+1)

// Where the ray from the best model through `weights` leaves the set, a billionth of the slack
// inside: every model w of the set has gradient (w - weights) <= F_best + slack - objective.
struct BorderModel {
  Doubles weights, gradient;  // (D+1), of F
  double objective = 0;
};
// Throws Error on slack <= 0, another width, and weights that are the best model's.
BorderModel border_model(const LevelSet& set, std::span<const double> weights, double slack);

struct ViableOptions {
  double slack = 0.01;      // > 0, absolute, in nats per row
  double tolerance = 1e-6;  // of |bound - score|; a probability's is a quarter of it
  int64_t max_steps = 200;  // per end
};

struct RangeEnds {
  Tensor scores;   // (K) w x + b of the models below; sigmoid of it is the probability
  Tensor bounds;   // (K) no model of the set has a score beyond this
  Tensor weights;  // (K,D+1) that reach the score, inside the set
};
struct ViableRanges {
  RangeEnds low, high;
};

// people (K,D) float64. Persons are spread over the threads. A bound stays further off than the
// tolerance where max_steps are too few or rounding forbids better: look at it. Throws Error on
// slack or tolerance <= 0 and on people of another width or not finite.
ViableRanges viable_ranges(const LevelSet& set, const Tensor& people,
                           const ViableOptions& options = {});

}  // namespace offprint::kernels
