#include "offprint/tasks/batch_order.h"

#include "offprint/core/error.h"

namespace offprint::tasks {

BatchOrder::BatchOrder(int64_t examples, int64_t batch, Rng rng)
    : examples_(examples), batch_(batch), at_(examples), rng_(rng) {
  require(batch >= 1 && batch <= examples, "--batch: {}, expected 1 to {} examples", batch,
          examples);
}

Tensor BatchOrder::next() {
  if (at_ + batch_ > examples_) order_ = at::tensor(rng_.permutation(examples_)), at_ = 0;
  at_ += batch_;
  return order_.narrow(0, at_ - batch_, batch_);
}

}  // namespace offprint::tasks
