// Batches of examples without replacement, in a new order whenever all were seen; a rest too small
// for a batch is left to the next order.
#pragma once
#include "offprint/core/rng.h"
#include "offprint/core/tensor.h"

namespace offprint::tasks {

class BatchOrder {
 public:
  // 1 <= batch <= examples; Error otherwise.
  BatchOrder(int64_t examples, int64_t batch, Rng rng);
  Tensor next();  // int64 (batch)

 private:
  int64_t examples_ = 0, batch_ = 0, at_ = 0;
  Rng rng_;
  Tensor order_;
};

}  // namespace offprint::tasks
