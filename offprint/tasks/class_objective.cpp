#include "offprint/tasks/class_objective.h"

#include <algorithm>

#include "offprint/core/error.h"
#include "offprint/nn/losses.h"

namespace offprint::tasks {

LabelledExamples LabelledExamples::rows(const Tensor& index) const {
  return {x.index_select(0, index), y.index_select(0, index)};
}

double accuracy(const Logits& logits, const LabelledExamples& examples, int64_t batch) {
  const at::NoGradGuard no_grad;
  require(examples.size() > 0, "accuracy: no examples");
  int64_t right = 0;
  for (int64_t begin = 0; begin < examples.size(); begin += batch) {
    const int64_t end = std::min(begin + batch, examples.size());
    const Tensor said = logits(examples.x.slice(0, begin, end), nullptr).argmax(1);
    right += said.eq(examples.y.slice(0, begin, end)).sum().item<int64_t>();
  }
  return 100.0 * static_cast<double>(right) / static_cast<double>(examples.size());
}

Tensor ClassObjective::loss(const Tensor& examples, Rng& rng) {
  const LabelledExamples batch = examples_.rows(examples);
  return nn::cross_entropy(logits_(batch.x, &rng), batch.y);
}

}  // namespace offprint::tasks
