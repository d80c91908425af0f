// Quantiles around any point forecast, from how far it was off on rows it was not fitted on: split
// conformal prediction, one interval for each step ahead and column. Lei et al. 2018, arXiv
// 1604.04173; for several steps ahead Stankeviciute et al. 2021 (CF-RNN), without its correction
// for all steps at once: each step holds by itself.
#pragma once
#include <vector>

#include "offprint/core/tensor.h"

namespace offprint::tasks {

// residuals (W,H,V), truth less forecast, to the offsets (Q,H,V) that hold each level in (0,1). The
// rank is that of W + 1 draws, so that few windows give wide intervals; at most the extremes seen.
// Throws Error on no windows and levels outside (0,1).
Tensor conformal_offsets(const Tensor& residuals, const std::vector<double>& levels);

// Mean of 2 max(q (y - f), (q - 1)(y - f)) over the levels and everything else: the quantile loss,
// whose mean over many levels tends to the CRPS. forecasts (Q,...), truth (...).
double quantile_loss(const Tensor& forecasts, const Tensor& truth,
                     const std::vector<double>& levels);

}  // namespace offprint::tasks
