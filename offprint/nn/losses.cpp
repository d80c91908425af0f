#include "offprint/nn/losses.h"

#include "offprint/core/error.h"

namespace offprint::nn {
namespace {

void require_same(const char* where, const Tensor& prediction, const Tensor& target) {
  // Broadcasting (N,1) against (N) would silently average N^2 differences.
  require(prediction.sizes().equals(target.sizes()), "{}: prediction is {}, target is {}", where,
          shape_text(prediction), shape_text(target));
}

}  // namespace

Tensor cross_entropy(const Tensor& logits, const Tensor& labels, double smoothing) {
  require_dim(logits, 2, "cross_entropy", "logits", "(N,K)");
  require(labels.dim() == 1 && labels.size(0) == logits.size(0),
          "cross_entropy: labels is {}, expected ({})", shape_text(labels), logits.size(0));
  require(smoothing >= 0.0 && smoothing < 1.0, "cross_entropy: smoothing is {}, expected [0, 1)",
          smoothing);
  return at::cross_entropy_loss(logits, labels, {}, at::Reduction::Mean, -100, smoothing);
}

Tensor mean_squared_error(const Tensor& prediction, const Tensor& target) {
  require_same("mean_squared_error", prediction, target);
  return at::mse_loss(prediction, target);
}

Tensor root_mean_squared_error(const Tensor& prediction, const Tensor& target) {
  return (mean_squared_error(prediction, target) + 1e-8).sqrt();
}

Tensor mean_absolute_error(const Tensor& prediction, const Tensor& target) {
  require_same("mean_absolute_error", prediction, target);
  return (prediction - target).abs().mean();
}

}  // namespace offprint::nn
