#include "offprint/papers/monarch_mixer/product_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "offprint/core/autograd.h"
#include "offprint/core/clock.h"
#include "offprint/kernels/fft_conv.h"
#include "offprint/kernels/monarch.h"
#include "offprint/nn/learned_monarch.h"

namespace offprint::papers::monarch_mixer {
namespace {

constexpr int64_t kColumns = 64, kSmallest = 512, kLargestDense = 4096;

double least_seconds(int repeats, const std::function<void()>& work) {
  work();  // the first touches memory
  double least = 1e9;
  for (int i = 0; i < repeats; ++i) {
    const Stopwatch watch;
    work();
    least = std::min(least, watch.seconds());
  }
  return least;
}

// The Jacobian of one channel, (L,L).
Tensor jacobian(const std::function<Tensor(const Tensor&)>& map, const Tensor& u) {
  Tensors rows;
  const Tensor y = map(u).reshape({-1});
  for (int64_t i = 0; i < y.size(0); ++i) {
    const Tensor fresh = u.detach().requires_grad_();
    rows.push_back(gradients({map(fresh).reshape({-1})[i]}, {fresh})[0].reshape({-1}));
  }
  return at::stack(rows);
}

double above_diagonal(const Tensor& matrix) { return matrix.triu(1).abs().max().item<double>(); }

kernels::MonarchFactors real_factors(const std::vector<int64_t>& sizes, Rng rng) {
  kernels::MonarchFactors f;
  for (size_t s = 0; s < sizes.size(); ++s) {
    std::vector<int64_t> shape;
    for (size_t axis = 0; axis < sizes.size(); ++axis)
      if (axis != s) shape.push_back(sizes[axis]);
    shape.insert(shape.end(), {sizes[s], sizes[s]});
    f.stages.push_back(rng.normal(shape));
  }
  return f;
}

double step_seconds(const std::function<Tensor(const Tensors&)>& mix, const Tensors& leaves,
                    int repeats) {
  return least_seconds(repeats, [&] { gradients({mix(leaves).square().sum()}, leaves); });
}

}  // namespace

Measurement dft_gap(const Rng& rng) {
  double worst = 0;
  for (const int64_t n : {256, 360, 4096, 65536}) {
    const Tensor x = rng.split(static_cast<uint64_t>(n)).normal({n, 2});
    const Tensor exact = at::view_as_real(at::fft_fft(x.to(at::kDouble), {}, 0));
    for (const int64_t order : {2, 3}) {
      const Tensor ours =
          kernels::monarch(kernels::dft_factors(kernels::monarch_sizes(n, order)), x);
      worst = std::max(worst, relative_error(at::view_as_real(ours).to(at::kDouble), exact));
    }
  }
  return {worst, "", "largest of N 256, 360, 4096, 65536 in orders 2 and 3", ""};
}

Measurement dense_gap(const Rng& rng) {
  double worst = 0;
  const std::vector<std::vector<int64_t>> grids = {{8, 8}, {5, 3}, {4, 3, 5}};
  for (const auto& sizes : grids) {
    kernels::MonarchFactors f = real_factors(sizes, rng.split("factors"));
    for (Tensor& stage : f.stages) stage = stage.to(at::kDouble);
    const Tensor x = rng.split("x").normal({f.inputs(), 4}, at::kDouble);
    const Tensor dense = at::matmul(kernels::monarch_dense(f), x);
    worst = std::max(worst, relative_error(kernels::monarch(f, x), dense));
  }
  return {worst, "", "largest of 8 x 8, 5 x 3 and 4 x 3 x 5, float64", ""};
}

Measurement product_gradient_gap(const Rng& rng) {
  Rng draw = rng;
  const auto leaf = [&](at::IntArrayRef shape) {
    return draw.normal(shape, at::kDouble).requires_grad_();
  };
  const double product = gradient_check(
      [](const Tensors& t) {
        return kernels::monarch({{t[0], t[1]}}, t[2]);
      },
      {leaf({3, 4, 4}), leaf({4, 3, 3}), leaf({12, 2})});
  const double conv =
      gradient_check([](const Tensors& t) { return kernels::monarch_conv(t[0], t[1]); },
                     {leaf({2, 2, 9}), leaf({2, 9})});
  return {std::max(product, conv), "", "factors, signal and kernel; finite differences, float64",
          ""};
}

Measurement learned_causal_leak(const Rng& rng) {
  Rng init = rng.split("init");
  const nn::LearnedCausalMonarch m = nn::make_learned_causal_monarch(1, 64, init);
  const Tensor J = jacobian([&](const Tensor& u) { return nn::forward(m, u); },
                            rng.split("u").normal({1, 1, 64}));
  return {above_diagonal(J), "", "all 2016 pairs of a later and an earlier step, L 64, float32",
          ""};
}

Measurement padded_dft_leak(const Rng& rng) {
  const Tensor k = rng.split("k").normal({1, 64}, at::kDouble);
  const Tensor J = jacobian([&](const Tensor& u) { return kernels::monarch_conv(u, k); },
                            rng.split("u").normal({1, 1, 64}, at::kDouble));
  return {above_diagonal(J) / J.abs().max().item<double>(), "",
          "all 2016 pairs, L 64, float64; the padding is exact, the transform rounds", ""};
}

Measurement circular_leak(const Rng& rng) {
  Rng init = rng.split("init");
  const nn::LearnedMonarch m = nn::make_learned_monarch(1, 64, init);
  const Tensor J = jacobian([&](const Tensor& u) { return nn::forward(m, u); },
                            rng.split("u").normal({1, 1, 64}));
  return {above_diagonal(J) / J.abs().max().item<double>(), "",
          "all 2016 pairs, L 64: without padding or masks the end wraps around", ""};
}

ProductTimes time_products(int64_t longest, const Rng& rng, Progress& progress) {
  const at::NoGradGuard no_grad;
  ProductTimes times;
  progress.start("Monarch products");
  for (int64_t n = kSmallest; n <= longest; n *= 2) {
    progress.throw_if_stopped();
    const Rng own = rng.split(static_cast<uint64_t>(n));
    const Tensor x = own.split("x").normal({n, kColumns});
    const auto seconds = [&](const kernels::MonarchFactors& f) {
      return least_seconds(n < 4096 ? 30 : 7, [&] { kernels::monarch(f, x); });
    };
    times.sizes.push_back(static_cast<double>(n));
    times.order2.push_back(seconds(real_factors(kernels::monarch_sizes(n, 2), own.split("two"))));
    times.order3.push_back(seconds(real_factors(kernels::monarch_sizes(n, 3), own.split("three"))));
    times.fft.push_back(least_seconds(7, [&] { at::fft_rfft(x, {}, 0); }));
    if (n > kLargestDense) continue;
    const Tensor dense = own.split("dense").normal({n, n});
    times.dense.push_back(least_seconds(3, [&] { at::matmul(dense, x); }));
  }
  return times;
}

MixerTimes time_mixers(const Options& o, const Rng& rng, Progress& progress) {
  MixerTimes times;
  const int64_t D = o.attention_width;
  progress.start("mixers beside attention");
  for (int64_t L = std::max<int64_t>(64, o.attention_steps / 8); L <= o.attention_steps; L *= 2) {
    progress.throw_if_stopped();
    const Rng own = rng.split(static_cast<uint64_t>(L));
    const auto leaf = [&](const char* name, at::IntArrayRef shape) {
      return own.split(name).normal(shape).requires_grad_();
    };
    const Tensors gated = {leaf("x1", {1, D, L}), leaf("x2", {1, D, L}), leaf("v", {1, D, L}),
                           leaf("k", {D, L})};
    const auto by = [](auto conv) {
      return [conv](const Tensors& t) { return t[1] * conv(t[0] * t[2], t[3]); };
    };
    const Tensors heads = {leaf("q", {1, 1, L, D}), leaf("key", {1, 1, L, D}),
                           leaf("value", {1, 1, L, D})};
    const auto attend = [](const Tensors& t) {
      return at::scaled_dot_product_attention(t[0], t[1], t[2], {}, 0.0, true);
    };
    const int repeats = L < 4096 ? 5 : 2;
    times.steps.push_back(static_cast<double>(L));
    times.monarch.push_back(step_seconds(by(kernels::monarch_conv), gated, repeats));
    times.fft.push_back(
        step_seconds(by([](const Tensor& u, const Tensor& k) { return kernels::fft_conv(u, k); }),
                     gated, repeats));
    times.attention.push_back(step_seconds(attend, heads, repeats));
  }
  return times;
}

}  // namespace offprint::papers::monarch_mixer
