// Linear self-attention on Hankel windows as a forecaster, and its softmax twin: one model for all
// columns, trained to foretell the next value and fed its own for the rest of the horizon, which
// may be any. Zhou et al. 2025, arXiv 2510.09776; models/hankel_attention.h.
#pragma once
#include <memory>

#include "offprint/tasks/forecaster.h"

namespace offprint::tasks {

std::unique_ptr<Forecaster> make_lsa(const ForecastShape& shape, const MethodOptions& options);
std::unique_ptr<Forecaster> make_lsa_softmax(const ForecastShape& shape,
                                             const MethodOptions& options);

}  // namespace offprint::tasks
