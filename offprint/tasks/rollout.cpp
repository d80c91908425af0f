#include "offprint/tasks/rollout.h"

#include <ATen/ops/isfinite.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "offprint/core/error.h"
#include "offprint/core/numbers.h"
#include "offprint/kernels/hankel.h"

namespace offprint::tasks {
namespace {

Tensor bounded(const Tensor& y, double clamp) {
  const Tensor wide = y.to(at::kCPU, at::kDouble);
  return clamp > 0 ? wide.nan_to_num(0).clamp(-clamp, clamp) : wide;
}

// First step of `row` from which on `long_enough` entries in a row are small, or -1.
int64_t first_collapse(at::TensorAccessor<double, 1> row, double small, int64_t long_enough) {
  int64_t streak = 0;
  for (int64_t h = 0; h < row.size(0); ++h) {
    streak = std::abs(row[h]) < small ? streak + 1 : 0;
    if (streak == long_enough) return h + 1 - long_enough;
  }
  return -1;
}

}  // namespace

Tensor roll_out(const NextValue& next, const Tensor& context, int64_t steps, double clamp) {
  require_dim(context, 2, "roll_out", "context", "(W,N)");
  const at::NoGradGuard no_grad;
  const int64_t N = context.size(1);
  Tensor path = at::empty({context.size(0), N + steps}, at::kDouble);
  path.slice(1, 0, N).copy_(context);
  for (int64_t h = 0; h < steps; ++h)
    path.select(1, N + h).copy_(bounded(next(path.slice(1, 0, N + h)), clamp));
  return path.slice(1, N);
}

Tensor roll_out(const models::OneLayerAttention& layer, const Tensor& context, int64_t steps,
                double clamp) {
  require_dim(context, 2, "roll_out", "context", "(W,N)");
  const int64_t p = layer.A.size(1);
  int64_t n = context.size(1) - p;
  Tensor G = kernels::hankel_gram(context.to(at::kDouble), p);
  Tensor last = context.slice(1, -p).to(at::kDouble);
  std::vector<Tensor> ahead;
  for (int64_t h = 0; h < steps; ++h) {
    const Tensor y =
        (at::matmul(G, layer.b) * at::matmul(last, layer.A.t())).sum(1, /*keepdim=*/true);
    ahead.push_back(bounded(y, clamp));
    const Tensor column = at::cat({last, ahead.back()}, 1);
    G = kernels::append_to_gram(G, n++, column);
    last = column.slice(1, 1);
  }
  return at::cat(ahead, 1);
}

NextValue linear_rule(const Tensor& w) {
  return [w](const Tensor& context) { return at::matmul(context.slice(1, -w.size(0)), w); };
}

NextValue last_value_rule() {
  return [](const Tensor& context) { return context.select(1, context.size(1) - 1); };
}

RolloutScore score_rollout(const Tensor& forecasts, const Tensor& truth, double spread,
                           double explodes) {
  require(forecasts.dim() == 2 && forecasts.sizes().equals(truth.sizes()) && spread > 0,
          "score_rollout: forecasts {} and truth {}, expected both (W,steps)",
          shape_text(forecasts), shape_text(truth));
  RolloutScore score;
  const Tensor squares = (forecasts - truth)
                             .square()
                             .nan_to_num(std::numeric_limits<double>::infinity(),
                                         std::numeric_limits<double>::infinity());
  score.mean_square = numbers(forecasts.square().mean(at::IntArrayRef{0}));
  score.mse = numbers(squares.mean(at::IntArrayRef{0}));
  score.median_error = numbers(std::get<0>(squares.median(0)));
  const Tensor calm = forecasts.abs().le(explodes * spread).all(1);
  score.exploding = 1 - calm.to(at::kDouble).mean().item<double>();
  const Tensor rows = forecasts.contiguous();
  const auto paths = rows.accessor<double, 2>();
  const int64_t steps = rows.size(1);
  const int64_t long_enough = std::max<int64_t>(5, std::min<int64_t>(20, steps / 5));
  std::vector<double> collapses;
  for (int64_t w = 0; w < rows.size(0); ++w)
    if (const int64_t h = first_collapse(paths[w], 0.05 * spread, long_enough); h >= 0)
      collapses.push_back(static_cast<double>(h + 1));
  score.collapsing = static_cast<double>(collapses.size()) / static_cast<double>(rows.size(0));
  score.collapse_step = median(std::move(collapses));
  return score;
}

}  // namespace offprint::tasks
