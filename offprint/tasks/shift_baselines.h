// What others do against shifts between environments, all linear in one set of features of all
// variables: pooled regression, anchor regression (Rothenhaeusler et al. 2021, eq. 8), invariant
// risk minimisation (Arjovsky et al. 2019, IRMv1), a conditional variance penalty after CoRe
// (Heinze-Deml & Meinshausen 2021, without its groups of one object: outcomes alike take their
// place), and group distributionally robust optimisation (Sagawa et al. 2020, algorithm 1).
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "offprint/core/rng.h"
#include "offprint/kernels/feature_ridge.h"

namespace offprint::tasks {

struct EnvironmentData {
  Tensor x, y;         // (N,D), (N) float64
  Tensor environment;  // (N) int64, 0 .. count-1
  int64_t count = 0;
};

enum class ShiftBaseline { erm, anchor, irm, core, group_dro };
inline constexpr ShiftBaseline kShiftBaselines[]{ShiftBaseline::erm, ShiftBaseline::anchor,
                                                 ShiftBaseline::irm, ShiftBaseline::core,
                                                 ShiftBaseline::group_dro};
std::string_view baseline_name(ShiftBaseline baseline);  // "ERM", "anchor regression"

// The strength of anchor, IRM and CoRe is the one of 1, 10, 100 whose worst error on an environment
// left out is least, where there are three environments or more; else 10. Throws Error on fewer
// than two environments (but for ERM).
kernels::FeatureRidge fit_baseline(ShiftBaseline baseline, const EnvironmentData& data,
                                   int64_t units, const Rng& rng);

}  // namespace offprint::tasks
