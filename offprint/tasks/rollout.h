// One-step forecasts fed back: the value foretold joins the context, and the next one is asked for
// ("chain of thought"). What the forecasts do with the horizon, and the paths that explode.
#pragma once
#include <functional>
#include <vector>

#include "offprint/core/tensor.h"
#include "offprint/models/one_layer_attention.h"

namespace offprint::tasks {

// Contexts (W,N) to the next value of each, (W).
using NextValue = std::function<Tensor(const Tensor& context)>;

// (W,steps) float64; clamp > 0 keeps every value within +- clamp before it is fed back.
Tensor roll_out(const NextValue& next, const Tensor& context, int64_t steps, double clamp = 0);

// The same of one layer in O(p^2) a step: appending a column updates G by rank one.
Tensor roll_out(const models::OneLayerAttention& layer, const Tensor& context, int64_t steps,
                double clamp = 0);

// sum w_i x over the last p values, w oldest first (p).
NextValue linear_rule(const Tensor& w);
NextValue last_value_rule();

struct RolloutScore {
  std::vector<double> mean_square;        // of the forecasts, by step
  std::vector<double> mse, median_error;  // squared errors by step; a mean may be infinite
  double exploding = 0;  // share of paths that leave +- explodes spreads or overflow
  double collapse_step =
      0;                  // median first step from which on the forecast is all but zero for long
  double collapsing = 0;  // share of paths that have one
};
// forecasts and truth (W,steps), spread the series' standard deviation. Collapsed: |forecast| <
// 0.05 spreads for max(5, min(20, steps/5)) steps in a row, as the authors count it.
RolloutScore score_rollout(const Tensor& forecasts, const Tensor& truth, double spread,
                           double explodes = 10);

}  // namespace offprint::tasks
