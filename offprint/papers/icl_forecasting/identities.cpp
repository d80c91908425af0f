#include "offprint/papers/icl_forecasting/identities.h"

#include <algorithm>

#include "offprint/core/autograd.h"
#include "offprint/kernels/hankel.h"
#include "offprint/models/one_layer_attention.h"
#include "offprint/papers/icl_forecasting/gap_runs.h"

namespace offprint::papers::icl_forecasting {

Measurement code_gap(Rng rng) {
  double worst = 0;
  for (const int64_t p : {1, 3, 7}) {
    const models::OneLayerAttention m{rng.normal({p + 1}, at::kDouble),
                                      rng.normal({p + 1, p}, at::kDouble)};
    const Tensor x = rng.normal({50, 40}, at::kDouble);
    worst = std::max(worst, max_abs_diff(models::forward(models::as_hankel_attention(m), x),
                                         models::forward(m, x)));
  }
  return {worst, "b'GAq by running sums", "worst of 150 windows, p 1, 3 and 7", ""};
}

Measurement rank_one_gap(Rng rng) {
  const int64_t p = 5;
  const Tensor x = rng.normal({50, 160}, at::kDouble);
  Tensor G = kernels::hankel_gram(x.slice(1, 0, 60), p);
  for (int64_t N = 60; N < 160; ++N)
    G = kernels::append_to_gram(G, N - p, x.slice(1, N - p, N + 1));
  return {max_abs_diff(G, kernels::hankel_gram_reference(x, p)), "all columns anew",
          "50 windows, 100 columns appended", ""};
}

Measurement gradient_gap(Rng rng) {
  double worst = 0;
  const Tensor x = rng.normal({4, 12}, at::kDouble);
  for (const char* attention : {"linear", "softmax"}) {
    const auto f = [&](const Tensors& t) {
      models::HankelAttention model;
      model.options.lags = 3, model.options.attention = attention;
      model.layers = {{t[0], t[1]}, {t[2], t[3]}};
      return models::forward(model, x);
    };
    Tensors weights;
    for (int i = 0; i < 4; ++i)
      weights.push_back((0.4 * rng.normal({4, 4}, at::kDouble)).requires_grad_());
    worst = std::max(worst, gradient_check(f, weights));
  }
  return {worst, "central differences", "two layers, linear and softmax", ""};
}

Measurement limit_gap(Rng rng) {
  const worlds::LinearProcess process = decaying_process().process;
  const auto p = static_cast<int64_t>(process.rho.size());
  const Tensor x = worlds::sample_windows(process, 40, 100'000 + p, rng);
  const Tensor truth = at::matmul(x.slice(1, -p), worlds::coefficients(process));
  const models::OneLayerAttention step =
      models::gradient_step(worlds::autocovariances(process, p), p);
  const double off = (models::forward(step, x) - truth).square().mean().item<double>();
  return {off / truth.square().mean().item<double>(), "w'q", "40 windows of 100 000 columns", ""};
}

}  // namespace offprint::papers::icl_forecasting
