#include "offprint/nn/target_surrogate.h"

#include "offprint/core/error.h"

namespace offprint::nn {
namespace {

// log-partition of the logits, (N,1), and its gradient, the probabilities.
struct Partition {
  Tensor value, probabilities;
};
Partition partition(const Tensor& z) {
  if (z.size(1) == 1) return {at::softplus(z), at::sigmoid(z)};
  const Tensor value = z.logsumexp(1, true);
  return {value, (z - value).exp()};
}

}  // namespace

Divergence divergence_named(const std::string& name) {
  require(name == "euclid" || name == "kl", "--divergence: '{}', expected euclid|kl", name);
  return name == "kl" ? Divergence::kl : Divergence::euclid;
}

LossAt surrogate_at(const Surrogate& g, const Tensor& z) {
  const Tensor moved = z - g.targets;
  Tensor apart, slope;  // D and its gradient, row by row
  if (g.divergence == Divergence::euclid) {
    apart = 0.5 * (moved * moved).sum(1), slope = moved;
  } else {
    const Partition now = partition(z), then = partition(g.targets);
    apart = (now.value - then.value).sum(1) - (then.probabilities * moved).sum(1);
    slope = now.probabilities - then.probabilities;
  }
  const Tensor rows = (g.gradient * moved).sum(1) + apart / g.eta;
  return {g.value + rows.mean().item<double>(), g.gradient + slope / g.eta};
}

double surrogate_value(const Surrogate& g, const Tensor& z) {
  const Tensor moved = z - g.targets;
  const auto n = static_cast<double>(z.size(0));
  if (g.divergence == Divergence::kl) return surrogate_at(g, z).value;
  return g.value + (moved * (g.gradient + moved / (2 * g.eta))).sum().item<double>() / n;
}

Surrogate anchored_everywhere(const LossAt& batch, const Tensor& rows, const Tensor& all,
                              double eta, Divergence divergence) {
  require(batch.gradient.size(0) == rows.numel(), "surrogate: {} rows of {} gradients",
          rows.numel(), batch.gradient.size(0));
  const double share = static_cast<double>(all.size(0)) / static_cast<double>(rows.numel());
  // A row that the batch drew twice counts twice.
  const Tensor gradient = at::zeros_like(all).index_add(0, rows, batch.gradient * share);
  return {batch.value, all, gradient, eta, divergence};
}

}  // namespace offprint::nn
