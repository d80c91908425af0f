// Losses as means over all predictions. Each throws Error on a shape mismatch; differentiable.
#pragma once
#include "offprint/core/tensor.h"

namespace offprint::nn {

// Mean over n of -log softmax(logits_n)[labels_n]; with smoothing s the target is (1-s) on the
// label plus s/K on every class (Szegedy et al. 2016, arXiv 1512.00567, section 7).
//   logits (N,K), labels (N) int64 in 0 .. K-1
Tensor cross_entropy(const Tensor& logits, const Tensor& labels, double smoothing = 0.0);

Tensor mean_squared_error(const Tensor& prediction, const Tensor& target);  // same shapes
// Its root, with 1e-8 added before: the root is steep at zero, and a perfect fit must not become
// infinite slopes.
Tensor root_mean_squared_error(const Tensor& prediction, const Tensor& target);
Tensor mean_absolute_error(const Tensor& prediction, const Tensor& target);  // same shapes

}  // namespace offprint::nn
