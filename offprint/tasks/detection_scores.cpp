#include "offprint/tasks/detection_scores.h"

#include <ATen/ops/sort.h>

#include <algorithm>
#include <vector>

#include "offprint/core/error.h"

namespace offprint::tasks {
namespace {

// Found and flagged at each distinct threshold, from the highest.
struct Counts {
  double found = 0, flagged = 0;
};
struct Curve {
  std::vector<Counts> at;
  double labelled = 0;
};

Curve curve_of(const Tensor& scores, const Tensor& labels) {
  require(scores.sizes() == labels.sizes() && labels.scalar_type() == at::kBool,
          "detection: scores are {}, labels {}, expected one shape and labels of bool",
          shape_text(scores), shape_text(labels));
  const auto [ordered, places] = at::sort(scores.reshape({-1}).to(at::kDouble), 0, true);
  const Tensor label = labels.reshape({-1}).index_select(0, places).to(at::kDouble);
  const Tensor values = ordered.contiguous();
  const double *score = values.const_data_ptr<double>(), *hit = label.const_data_ptr<double>();
  Curve curve;
  Counts now;
  for (int64_t i = 0; i < values.numel(); ++i) {
    now.found += hit[i], now.flagged += 1;
    if (i + 1 == values.numel() || score[i + 1] != score[i]) curve.at.push_back(now);
  }
  curve.labelled = now.found;
  require(curve.labelled > 0, "detection: nothing of {} is labelled", values.numel());
  return curve;
}

}  // namespace

double average_precision(const Tensor& scores, const Tensor& labels) {
  const Curve curve = curve_of(scores, labels);
  double area = 0, before = 0;
  for (const Counts& c : curve.at) {
    area += (c.found - before) / curve.labelled * c.found / c.flagged;
    before = c.found;
  }
  return area;
}

double best_f1(const Tensor& scores, const Tensor& labels) {
  const Curve curve = curve_of(scores, labels);
  double best = 0;
  for (const Counts& c : curve.at)
    best = std::max(best, 2 * c.found / (c.flagged + curve.labelled));
  return best;
}

Tensor point_adjusted(const Tensor& scores, const Tensor& labels) {
  require_dim(scores, 2, "point_adjusted", "scores", "(T,V)");
  require(labels.sizes() == scores.sizes(), "point_adjusted: labels are {}, expected {}",
          shape_text(labels), shape_text(scores));
  Tensor out = scores.to(at::kDouble).t().contiguous();  // (V,T)
  const Tensor marked = labels.t().contiguous();
  const int64_t T = scores.size(0), count = scores.numel();
  double* score = out.mutable_data_ptr<double>();
  const bool* label = marked.const_data_ptr<bool>();
  for (int64_t i = 0; i < count;) {
    int64_t end = i + 1;
    if (label[i])
      while (end < count && end % T != 0 && label[end]) ++end;
    std::fill(score + i, score + end, *std::max_element(score + i, score + end));
    i = end;
  }
  return out.t();
}

}  // namespace offprint::tasks
