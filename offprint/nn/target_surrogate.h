// A loss frozen at one point into a surrogate that costs nothing to ask. Lavington et al. 2023,
// arXiv 2302.02607, section 3:
//   g(z) = l(z_t) + mean_i [ <grad_i, z_i - z_ti> + D(z_i, z_ti) / eta ]
// with D = 1/2 |z - z_t|^2 (euclid: above the loss everywhere for eta <= 1/L) or D = KL(p_t | p) of
// the softmax of K logits, or of the coin of one (kl: the Bregman divergence of the log-partition
// function, the mirror form; above cross-entropies for eta <= 1).
#pragma once
#include <string>

#include "offprint/nn/target_loss.h"

namespace offprint::nn {

enum class Divergence { euclid, kl };
Divergence divergence_named(const std::string& name);  // Error on neither

struct Surrogate {
  double value = 0;  // l(z_t)
  Tensor targets;    // z_t (N,K)
  Tensor gradient;   // (N,K), row by row
  double eta = 1;
  Divergence divergence = Divergence::euclid;
};

double surrogate_value(const Surrogate& g, const Tensor& z);
// Row by row, as LossAt has it; at z_t the loss's own.
LossAt surrogate_at(const Surrogate& g, const Tensor& z);

// A surrogate of a batch that holds all N other outputs near where they are: gradients stand on the
// batch's rows times N / |batch|, zeros elsewhere; D runs over all. all (N,K), rows int64 (B).
Surrogate anchored_everywhere(const LossAt& batch, const Tensor& rows, const Tensor& all,
                              double eta, Divergence divergence);

}  // namespace offprint::nn
