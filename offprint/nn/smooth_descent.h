// Descent of a smooth function of one flat vector, for problems that are solved over and over
// inside another: gradient steps by Armijo's rule (Armijo 1966), L-BFGS (Nocedal & Wright 2006,
// algorithm 7.4), Adam. float64, on the CPU.
#pragma once
#include <cstdint>
#include <functional>

#include "offprint/core/tensor.h"

namespace offprint::nn {

struct SmoothPoint {
  double value = 0;
  Tensor gradient;  // (P)
};

struct SmoothFunction {
  std::function<double(const Tensor& x)> value;    // x (P)
  std::function<SmoothPoint(const Tensor& x)> at;  // the same value, with its gradient
};

struct Descent {
  Tensor x = {};  // (P)
  double value = 0;
  double step = 0;                    // the last one that was taken, where the next descent begins
  int64_t values = 0, gradients = 0;  // evaluations: of the value alone, of both
};

// f(x - s g) <= f(x) - c s |g|^2, s shrunk until it holds; the first trial of each step is `grow`
// times the last step, so that a step once found is not looked for again.
struct ArmijoRule {
  double c = 0.5, shrink = 0.7, grow = 1.8;
  int64_t most_trials = 60;  // of one step; without success the descent ends where it is
};

// Each takes up to `steps` steps from x and leaves x alone; the value never rises (Adam: the best
// point it saw). `start` is the first step tried, or Adam's rate, > 0. Where the gradient is zero
// they end.
Descent armijo_descent(const SmoothFunction& f, const Tensor& x, int64_t steps, double start,
                       const ArmijoRule& rule = {});
Descent lbfgs_descent(const SmoothFunction& f, const Tensor& x, int64_t steps, double start,
                      int64_t memory = 10);
Descent adam_descent(const SmoothFunction& f, const Tensor& x, int64_t steps, double rate);

}  // namespace offprint::nn
