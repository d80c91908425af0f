// How far a person's score can move among models nearly as good as the best: both ends of
//   { w x + b : F(w,b) <= F_best + slack },  F of logistic_solve.h, penalty included.
// Watson-Daniels, Parkes & Ustun 2022, arXiv 2206.01131. Solved by a root in the multiplier of the
// level set, Newton warm starts between; any multiplier gives a bound by weak duality.
#pragma once
#include "offprint/kernels/logistic_solve.h"

namespace offprint::kernels {

struct RangeEnd {
  double score = 0;  // w x + b of the model below; sigmoid of it is the probability
  double bound = 0;  // no model of the set has a score beyond this
  Tensor weights;    // (D+1) that reach the score, inside the set
};

struct ViableRange {
  RangeEnd low, high;
};

struct ViableOptions {
  double l2 = 1e-3;         // as `best` was fitted
  double slack = 0.01;      // > 0, absolute, in nats per row
  double tolerance = 1e-6;  // of |bound - score|; a probability's is a quarter of it
  int64_t max_fits = 100;   // per end
};

// person (D) features; X, y and errors as logistic_solve. A bound stays further off than the
// tolerance where max_fits are too few: look at it. That happens on nearly separable data with a
// weak penalty (l2 1e-4, 569 x 30: one end in five).
ViableRange viable_range(const Tensor& X, const Tensor& y, const Tensor& person,
                         const LogisticFit& best, const ViableOptions& options = {});

}  // namespace offprint::kernels
