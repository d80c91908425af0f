#include "offprint/kernels/channel_norm.h"

#include <algorithm>
#include <cmath>

#include "offprint/core/autograd.h"
#include "offprint/core/error.h"
#include "offprint/core/vector_clones.h"

namespace offprint::kernels {
namespace {

// Steps worked on together: D x kTile floats of x stay in the second-level cache, and the loops
// over steps are plain vector code with a fixed count.
constexpr int64_t kTile = 64;

struct Shape {
  int64_t channels, length;
};

// All pointers are at the first step of a tile of `n` <= kTile steps; rows are `length` apart.
OFFPRINT_VECTOR_CLONES [[gnu::optimize("O3")]] void normalise_tile(
    const float* __restrict x, const float* __restrict weight, const float* __restrict bias,
    float* __restrict y, float* __restrict mean_out, float* __restrict scale_out, Shape shape,
    int64_t n, float epsilon) {
  float sum[kTile] = {}, squares[kTile] = {}, mean[kTile], scale[kTile];
  const auto channels = static_cast<float>(shape.channels);
  for (int64_t d = 0; d < shape.channels; ++d)
    for (int64_t l = 0; l < n; ++l) sum[l] += x[d * shape.length + l];
  for (int64_t l = 0; l < kTile; ++l) mean[l] = sum[l] / channels;
  // A second pass over the cached tile: the mean of squares minus the square of the mean would
  // cancel.
  for (int64_t d = 0; d < shape.channels; ++d)
    for (int64_t l = 0; l < n; ++l) {
      const float off = x[d * shape.length + l] - mean[l];
      squares[l] += off * off;
    }
  for (int64_t l = 0; l < kTile; ++l) scale[l] = 1.0f / std::sqrt(squares[l] / channels + epsilon);
  for (int64_t d = 0; d < shape.channels; ++d)
    for (int64_t l = 0; l < n; ++l)
      y[d * shape.length + l] =
          (x[d * shape.length + l] - mean[l]) * scale[l] * weight[d] + bias[d];
  std::copy(mean, mean + n, mean_out);
  std::copy(scale, scale + n, scale_out);
}

// With h = (x - mean) scale and q = g weight:  dx = scale (q - mean_d(q) - h mean_d(q h)).
OFFPRINT_VECTOR_CLONES [[gnu::optimize("O3")]] void gradient_tile(
    const float* __restrict x, const float* __restrict g, const float* __restrict weight,
    const float* __restrict mean, const float* __restrict scale, float* __restrict dx,
    float* __restrict dweight, float* __restrict dbias, Shape shape, int64_t n) {
  float sum[kTile] = {}, product[kTile] = {};
  constexpr int64_t kLanes = 16;
  for (int64_t d = 0; d < shape.channels; ++d) {
    const float *gd = g + d * shape.length, *xd = x + d * shape.length;
    float h_sum[kTile] = {}, g_sum[kTile] = {};
    for (int64_t l = 0; l < n; ++l) {
      const float gh = gd[l] * (xd[l] - mean[l]) * scale[l];
      sum[l] += gd[l] * weight[d];
      product[l] += gh * weight[d];
      h_sum[l] = gh;
      g_sum[l] = gd[l];
    }
    // Lane by lane, so that the compiler may use vectors without reordering the sum.
    float h_lane[kLanes] = {}, g_lane[kLanes] = {};
    for (int64_t l = 0; l < kTile; l += kLanes)
      for (int64_t j = 0; j < kLanes; ++j) {
        h_lane[j] += h_sum[l + j];
        g_lane[j] += g_sum[l + j];
      }
    for (int64_t j = 0; j < kLanes; ++j) {
      dweight[d] += h_lane[j];
      dbias[d] += g_lane[j];
    }
  }
  const auto channels = static_cast<float>(shape.channels);
  for (int64_t l = 0; l < kTile; ++l) {
    sum[l] /= channels;
    product[l] /= channels;
  }
  for (int64_t d = 0; d < shape.channels; ++d)
    for (int64_t l = 0; l < n; ++l) {
      const int64_t i = d * shape.length + l;
      const float h = (x[i] - mean[l]) * scale[l];
      dx[i] = scale[l] * (g[i] * weight[d] - sum[l] - h * product[l]);
    }
}

// Calls work(sequence, first step, steps) for every tile of one sequence, sequences in parallel.
template <class Work>
void for_sequences(int64_t batch, Work work) {
  at::parallel_for(0, batch, 1, [&](int64_t begin, int64_t end) {
    for (int64_t b = begin; b < end; ++b) work(b);
  });
}

template <class Work>
void for_tiles(int64_t length, Work work) {
  for (int64_t l = 0; l < length; l += kTile) work(l, std::min(kTile, length - l));
}

CustomGradient::Result forward(const Tensors& in, double epsilon) {
  const Tensor x = in[0].contiguous(), weight = in[1].contiguous(), bias = in[2].contiguous();
  const Shape shape{x.size(1), x.size(2)};
  Tensor y = at::empty_like(x), mean = at::empty({x.size(0), x.size(2)}),
         scale = at::empty_like(mean);
  const float *xp = x.const_data_ptr<float>(), *wp = weight.const_data_ptr<float>(),
              *bp = bias.const_data_ptr<float>();
  float *yp = y.mutable_data_ptr<float>(), *mp = mean.mutable_data_ptr<float>(),
        *sp = scale.mutable_data_ptr<float>();
  for_sequences(x.size(0), [&](int64_t b) {
    for_tiles(shape.length, [&](int64_t l, int64_t n) {
      const int64_t at = b * shape.channels * shape.length + l, row = b * shape.length + l;
      normalise_tile(xp + at, wp, bp, yp + at, mp + row, sp + row, shape, n,
                     static_cast<float>(epsilon));
    });
  });
  return {{y}, {x, weight, mean, scale}};
}

Tensors backward(const Tensors& saved, const Tensors& grads) {
  const Tensor &x = saved[0], &weight = saved[1], &mean = saved[2], &scale = saved[3];
  const Tensor g = grads[0].contiguous();
  const Shape shape{x.size(1), x.size(2)};
  Tensor dx = at::empty_like(x);
  // One row a sequence, added at the end in a fixed order: the same whatever the threads.
  Tensor dweight = at::zeros({x.size(0), x.size(1)}), dbias = at::zeros({x.size(0), x.size(1)});
  const float *xp = x.const_data_ptr<float>(), *gp = g.const_data_ptr<float>(),
              *wp = weight.const_data_ptr<float>(), *mp = mean.const_data_ptr<float>(),
              *sp = scale.const_data_ptr<float>();
  float *dxp = dx.mutable_data_ptr<float>(), *dwp = dweight.mutable_data_ptr<float>(),
        *dbp = dbias.mutable_data_ptr<float>();
  for_sequences(x.size(0), [&](int64_t b) {
    for_tiles(shape.length, [&](int64_t l, int64_t n) {
      const int64_t at = b * shape.channels * shape.length + l, row = b * shape.length + l;
      gradient_tile(xp + at, gp + at, wp, mp + row, sp + row, dxp + at, dwp + b * shape.channels,
                    dbp + b * shape.channels, shape, n);
    });
  });
  return {dx, dweight.sum(0), dbias.sum(0)};
}

}  // namespace

Tensor channel_norm_reference(const Tensor& x, const Tensor& weight, const Tensor& bias,
                              double epsilon) {
  const Tensor centred = x - x.mean(1, true);
  const Tensor scale = (centred.pow(2).mean(1, true) + epsilon).rsqrt();
  return centred * scale * weight.view({1, -1, 1}) + bias.view({1, -1, 1});
}

Tensor channel_norm(const Tensor& x, const Tensor& weight, const Tensor& bias, double epsilon) {
  require_dim(x, 3, "channel_norm", "x", "(B,D,L)");
  for (const Tensor& t : {weight, bias})
    require(t.dim() == 1 && t.size(0) == x.size(1),
            "channel_norm: weight or bias is {}, expected ({})", shape_text(t), x.size(1));
  if (!x.is_cpu() || x.scalar_type() != at::kFloat || weight.scalar_type() != at::kFloat)
    return channel_norm_reference(x, weight, bias, epsilon);
  return apply(
      {"channel_norm", [epsilon](const Tensors& in) { return forward(in, epsilon); }, backward},
      {x, weight, bias})[0];
}

}  // namespace offprint::kernels
