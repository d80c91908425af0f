#include "offprint/kernels/token_rows.h"

#include <cmath>
#include <limits>

#include "offprint/core/vector_clones.h"
#include "offprint/kernels/vector_lanes.h"

namespace offprint::kernels {
namespace {

using detail::Floats;
constexpr int64_t kLanes = detail::kLanes<float>;
constexpr float kLog2e = 1.44269504f;

OFFPRINT_INLINE void load(Floats& v, const float* at) { std::memcpy(&v, at, sizeof v); }
OFFPRINT_INLINE void store(const Floats& v, float* at) { std::memcpy(at, &v, sizeof v); }

// out[k ..] = sum over rows j of weights[j] rows[j][k ..], kVectors vectors of a row.
template <int kVectors>
OFFPRINT_INLINE void weighted_sum(const float* weights, const float* rows, int64_t stride,
                                  int64_t count, float by, float* out) {
  Floats sums[kVectors] = {};
  for (int64_t j = 0; j < count; ++j)
    for (int i = 0; i < kVectors; ++i) {
      Floats row;
      load(row, rows + j * stride + i * kLanes);
      sums[i] += row * weights[j];
    }
  for (int i = 0; i < kVectors; ++i) {
    const Floats scaled = sums[i] * by;
    store(scaled, out + i * kLanes);
  }
}

}  // namespace

OFFPRINT_VECTOR_CLONES void rms_norm_row(const float* x, const float* weight, int64_t size,
                                         float epsilon, float* out) {
  Floats squares[2] = {};
  int64_t k = 0;
  for (; k + 2 * kLanes <= size; k += 2 * kLanes) {
    Floats a, b;
    load(a, x + k), load(b, x + k + kLanes);
    squares[0] += a * a, squares[1] += b * b;
  }
  const Floats both = squares[0] + squares[1];
  float sum;
  detail::sum_lanes(&both, 1, &sum);
  for (; k < size; ++k) sum += x[k] * x[k];
  const float by = 1 / std::sqrt(sum / static_cast<float>(size) + epsilon);
  for (k = 0; k < size; ++k) out[k] = x[k] * by * weight[k];
}

OFFPRINT_VECTOR_CLONES void rotate_row(float* x, int64_t heads, int64_t half, const float* cosine,
                                       const float* sine, bool halves) {
  const int64_t step = halves ? 1 : 2, apart = halves ? half : 1;
  for (int64_t h = 0; h < heads; ++h, x += 2 * half)
    for (int64_t i = 0; i < half; ++i) {
      float &first = x[i * step], &second = x[i * step + apart];
      const float a = first, b = second;
      first = a * cosine[i] - b * sine[i];
      second = a * sine[i] + b * cosine[i];
    }
}

OFFPRINT_VECTOR_CLONES void swiglu_row(const float* gate, const float* up, int64_t size,
                                       float* out) {
  const auto product =
      [](const Floats& g, const Floats& u, Floats& y) __attribute__((always_inline)) {
    Floats power = g * -kLog2e;
    detail::to_exp2<true>(power);
    y = g * u / (power + 1.0f);
  };
  Floats g = {}, u = {}, y;
  int64_t k = 0;
  for (; k + kLanes <= size; k += kLanes) {
    load(g, gate + k), load(u, up + k);
    product(g, u, y);
    store(y, out + k);
  }
  const auto rest = static_cast<size_t>(size - k) * sizeof(float);
  if (rest == 0) return;
  std::memcpy(&g, gate + k, rest), std::memcpy(&u, up + k, rest);
  product(g, u, y);
  std::memcpy(out + k, &y, rest);
}

OFFPRINT_VECTOR_CLONES void attend_row(const float* q, const float* keys, const float* values,
                                       int64_t stride, int64_t count, int64_t size, float scale,
                                       float* scores, float* out) {
  const int64_t whole = size / kLanes * kLanes;
  const float scale2 = scale * kLog2e;
  Floats most = Floats{} - std::numeric_limits<float>::infinity();
  for (int64_t j = 0; j < count; j += 8) {
    const float* rows[8];  // the last one again where there are no more: one code for all
    for (int64_t i = 0; i < 8; ++i) rows[i] = keys + (j + i < count ? j + i : count - 1) * stride;
    Floats dots[8] = {};
    for (int64_t k = 0; k < whole; k += kLanes) {
      Floats part, row;
      load(part, q + k);
      for (int i = 0; i < 8; ++i) load(row, rows[i] + k), dots[i] += part * row;
    }
    float sums[8];
    detail::sum_lanes(dots, 8, sums);
    for (int64_t k = whole; k < size; ++k)
      for (int i = 0; i < 8; ++i) sums[i] += q[k] * rows[i][k];
    Floats score;
    load(score, sums);
    score *= scale2;
    most = score > most ? score : most;
    store(score, scores + j);
  }
  float largest = most[0];
  for (int i = 1; i < kLanes; ++i) largest = most[i] > largest ? most[i] : largest;
  Floats totals = {};
  for (int64_t j = 0; j < count; j += 8) {
    Floats p;
    load(p, scores + j);
    p -= largest;
    detail::to_exp2<true>(p);
    for (int64_t i = count - j; i < 8; ++i) p[i] = 0;
    totals += p;
    store(p, scores + j);
  }
  float total;
  detail::sum_lanes(&totals, 1, &total);
  int64_t k = 0;
  for (; k + 8 * kLanes <= size; k += 8 * kLanes)
    weighted_sum<8>(scores, values + k, stride, count, 1 / total, out + k);
  for (; k + kLanes <= size; k += kLanes)
    weighted_sum<1>(scores, values + k, stride, count, 1 / total, out + k);
  for (; k < size; ++k) {
    float sum = 0;
    for (int64_t j = 0; j < count; ++j) sum += scores[j] * values[j * stride + k];
    out[k] = sum / total;
  }
}

}  // namespace offprint::kernels
