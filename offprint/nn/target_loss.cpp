#include "offprint/nn/target_loss.h"

#include <cmath>
#include <utility>

#include "offprint/core/error.h"

namespace offprint::nn {
namespace {

Tensor of_rows(const Tensor& y, const Tensor& rows) {
  return rows.defined() ? y.index_select(0, rows) : y;
}

Tensor one_column(const Tensor& y, const char* where) {
  require(y.dim() == 1, "{}: targets are {}, expected (N)", where, shape_text(y));
  return y.to(at::kDouble).unsqueeze(1);
}

double mean_of(const Tensor& values) { return values.mean().item<double>(); }

}  // namespace

LossAt CountedLoss::ask(const Tensor& z, const Tensor& rows) {
  LossAt at = loss_.ask(z, rows);
  ++calls_.gradients, calls_.gradient_examples += z.size(0);
  require(at.gradient.sizes().equals(z.sizes()), "loss: gradient is {}, expected {}",
          shape_text(at.gradient), shape_text(z));
  if (!std::isfinite(at.value) || !at.gradient.isfinite().all().item<bool>())
    throw NotFinite(fmt::format("loss: {} or its gradient is not finite", at.value));
  last_value_ = at.value;
  return at;
}

double CountedLoss::value(const Tensor& z, const Tensor& rows) {
  ++calls_.values, calls_.value_examples += z.size(0);
  return loss_.value ? loss_.value(z, rows) : loss_.ask(z, rows).value;
}

ExpensiveLoss logistic_targets(const Tensor& targets) {
  const Tensor y = one_column(targets, "logistic");
  ExpensiveLoss loss{.smoothness = 0.25};
  loss.value = [y](const Tensor& z, const Tensor& rows) {
    return mean_of(at::softplus(z) - of_rows(y, rows) * z);
  };
  loss.ask = [y, value = loss.value](const Tensor& z, const Tensor& rows) {
    return LossAt{value(z, rows), at::sigmoid(z) - of_rows(y, rows)};
  };
  return loss;
}

ExpensiveLoss squared_targets(const Tensor& targets, const Tensor& weights) {
  require(targets.dim() == 2, "squared: targets are {}, expected (N,K)", shape_text(targets));
  const Tensor y = targets.to(at::kDouble);
  const Tensor w = weights.defined() ? weights.to(at::kDouble).view({-1, 1})
                                     : at::ones({y.size(0), 1}, at::kDouble);
  require(w.size(0) == y.size(0), "squared: weights are {}, expected ({})", shape_text(weights),
          y.size(0));
  ExpensiveLoss loss{.smoothness = w.max().item<double>()};
  loss.ask = [y, w](const Tensor& z, const Tensor& rows) {
    const Tensor off = z - of_rows(y, rows), pull = of_rows(w, rows) * off;
    return LossAt{0.5 * mean_of((pull * off).sum(1)), pull};
  };
  return loss;
}

ExpensiveLoss squared_hinge_targets(const Tensor& targets) {
  const Tensor s = 2 * one_column(targets, "squared hinge") - 1;
  ExpensiveLoss loss{.smoothness = 1};
  loss.ask = [s](const Tensor& z, const Tensor& rows) {
    const Tensor sign = of_rows(s, rows), short_of = (1 - sign * z).clamp_min(0);
    return LossAt{0.5 * mean_of(short_of * short_of), -sign * short_of};
  };
  return loss;
}

ExpensiveLoss softmax_targets(const Tensor& targets) {
  require(targets.dim() == 2 && targets.size(1) >= 2, "softmax: targets are {}, expected (N,K)",
          shape_text(targets));
  const Tensor y = targets.to(at::kDouble);
  // Curvature diag(p) - p p^T, whose largest eigenvalue is at most 1/2.
  ExpensiveLoss loss{.smoothness = 0.5};
  loss.ask = [y](const Tensor& z, const Tensor& rows) {
    const Tensor log_p = at::log_softmax(z, 1), wanted = of_rows(y, rows);
    return LossAt{-mean_of((wanted * log_p).sum(1)), log_p.exp() - wanted};
  };
  return loss;
}

}  // namespace offprint::nn
