// Ridge regression on a line and random tanh units, the penalty chosen by generalised
// cross-validation: smooth functions in closed form, differentiable in their inputs. Rahimi & Recht
// 2008, Random Features for Large-Scale Kernel Machines; Golub, Heath & Wahba 1979.
#pragma once
#include "offprint/core/rng.h"
#include "offprint/core/tensor.h"

namespace offprint::kernels {

struct FeatureRidge {
  Tensor centre, scale;  // (D) of the inputs
  Tensor weight, bias;   // (D,H), (H) of the units
  Tensor mean;           // (F) of the features, F = D + H
  Tensor beta;           // (F)
  double intercept = 0;  // the target at the features' mean
  double penalty = 0;    // chosen
  double score = 0;      // generalised cross-validation: an estimate of the error on new rows
};

// x (N,D) float64, y (N); D 0 gives the mean. units 0 is a line; otherwise both a line and `units`
// units are tried and the line stays unless its score is 2 % behind, or 20 / N where that is less.
// Constant inputs count for nothing. Throws Error on other shapes or fewer than 3 rows.
FeatureRidge fit_feature_ridge(const Tensor& x, const Tensor& y, int64_t units, Rng rng);

Tensor predict(const FeatureRidge& fit, const Tensor& x);  // (...,D) -> (...)

// The features behind it, (...,D) -> (...,F), not centred: for other losses on the same functions.
Tensor features(const FeatureRidge& fit, const Tensor& x);

}  // namespace offprint::kernels
