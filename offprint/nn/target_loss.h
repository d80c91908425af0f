// Losses of a model's outputs, asked for the value and the gradient there and nothing else; each
// asking is counted, because it is what costs. A mean over N examples is kept as its rows: row i of
// a gradient is that of example i's loss, so that smoothness and step sizes do not hang on N.
#pragma once
#include <cstdint>
#include <functional>

#include "offprint/core/error.h"
#include "offprint/core/tensor.h"

namespace offprint::nn {

struct LossAt {
  double value = 0;  // the mean over the examples
  Tensor gradient;   // (N,K), row by row; the mean's gradient is this over N
};

// z (N,K), rows int64 (N): which examples they are; undefined: all, in order.
struct ExpensiveLoss {
  std::function<LossAt(const Tensor& z, const Tensor& rows)> ask = {};
  std::function<double(const Tensor& z, const Tensor& rows)> value = {};  // empty: by ask
  double smoothness = 0;  // L of one example's loss in its outputs; 0: not known
};

struct Calls {
  int64_t gradients = 0, values = 0;                  // askings, of any number of examples
  int64_t gradient_examples = 0, value_examples = 0;  // examples in them
};

// A loss or a gradient that is no finite number.
class NotFinite : public Error {
 public:
  using Error::Error;
};

// Passes on to a loss, which must outlive it, and counts. Throws Error "loss: gradient is (3,1),
// expected (4,1)", and NotFinite.
class CountedLoss {
 public:
  explicit CountedLoss(const ExpensiveLoss& loss) : loss_(loss) {}
  LossAt ask(const Tensor& z, const Tensor& rows);
  double value(const Tensor& z, const Tensor& rows);
  double smoothness() const { return loss_.smoothness; }
  const Calls& calls() const { return calls_; }
  double last_value() const { return last_value_; }  // what the last ask said

 private:
  const ExpensiveLoss& loss_;
  Calls calls_;
  double last_value_ = 0;
};

// Of targets y for all examples, float64; `weights` (all N): one factor an example, or undefined.
// logistic: y (N) of 0 and 1, one logit. squared: 1/2 |z - y|^2, y (N,K). squared hinge: 1/2 max(0,
// 1 - s z)^2 with s = 2y - 1. softmax: y (N,K) probabilities, K logits.
ExpensiveLoss logistic_targets(const Tensor& y);
ExpensiveLoss squared_targets(const Tensor& y, const Tensor& weights = {});
ExpensiveLoss squared_hinge_targets(const Tensor& y);
ExpensiveLoss softmax_targets(const Tensor& y);

}  // namespace offprint::nn
