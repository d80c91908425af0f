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

// out[k ..] += sum over rows j of weights[j] rows[j][k ..], kVectors vectors of a row.
template <int kVectors>
OFFPRINT_INLINE void add_weighted(const float* weights, const float* rows, int64_t stride,
                                  int64_t count, float* out) {
  Floats sums[kVectors], row;
  for (int i = 0; i < kVectors; ++i) load(sums[i], out + i * kLanes);
  for (int64_t j = 0; j < count; ++j)
    for (int i = 0; i < kVectors; ++i) {
      load(row, rows + j * stride + i * kLanes);
      sums[i] += row * weights[j];
    }
  for (int i = 0; i < kVectors; ++i) store(sums[i], out + i * kLanes);
}

// scores[j] becomes exp(scores[j] - largest), for scores in units of log 2; zero from `count` on to
// a whole vector. Returns the sum.
OFFPRINT_INLINE float exponentials(float* scores, int64_t count) {
  for (int64_t j = count; j % 8 != 0; ++j) scores[j] = -std::numeric_limits<float>::infinity();
  Floats most, p, totals = {};
  load(most, scores);
  for (int64_t j = 8; j < count; j += 8) load(p, scores + j), most = p > most ? p : most;
  float largest = most[0];
  for (int i = 1; i < kLanes; ++i) largest = most[i] > largest ? most[i] : largest;
  for (int64_t j = 0; j < count; j += 8) {
    load(p, scores + j);
    p -= largest;
    detail::to_exp2<true>(p);
    for (int64_t i = count - j; i < 8; ++i) p[i] = 0;
    totals += p;
    store(p, scores + j);
  }
  float total;
  detail::sum_lanes(&totals, 1, &total);
  return total;
}

OFFPRINT_INLINE int64_t place(const int64_t* blocks, int64_t j) {
  return blocks == nullptr ? j : blocks[j / kBlockTokens] * kBlockTokens + j % kBlockTokens;
}

// Eight keys at a time, which stand in one block.
OFFPRINT_INLINE void scores_of(std::span<const AttendRow> queries, const float* keys,
                               int64_t stride, int64_t size, float scale, const int64_t* blocks) {
  const int64_t whole = size / kLanes * kLanes;
  int64_t longest = 0;
  for (const AttendRow& a : queries) longest = a.count > longest ? a.count : longest;
  for (int64_t j = 0; j < longest; j += 8) {
    const float *rows[8], *first = keys + place(blocks, j) * stride;
    for (int64_t i = 0; i < 8; ++i)  // the last one again where there are no more: one code for all
      rows[i] = first + (j + i < longest ? i : longest - 1 - j) * stride;
    for (const AttendRow& a : queries) {
      if (j >= a.count) continue;
      Floats dots[8] = {}, part, row;
      for (int64_t k = 0; k < whole; k += kLanes) {
        load(part, a.q + k);
        for (int i = 0; i < 8; ++i) load(row, rows[i] + k), dots[i] += part * row;
      }
      float sums[8];
      detail::sum_lanes(dots, 8, sums);
      for (int64_t k = whole; k < size; ++k)
        for (int i = 0; i < 8; ++i) sums[i] += a.q[k] * rows[i][k];
      load(part, sums);
      part *= scale;
      store(part, a.scores + j);
    }
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

// Keys and values come from the second-level cache once for all queries: eight keys at a time, then
// kValues values.
OFFPRINT_VECTOR_CLONES void attend_rows(std::span<const AttendRow> queries, const float* keys,
                                        const float* values, int64_t stride, int64_t size,
                                        float scale, const int64_t* blocks) {
  constexpr int64_t kValues = 16;
  scores_of(queries, keys, stride, size, scale * kLog2e, blocks);
  int64_t longest = 0;
  for (const AttendRow& a : queries) longest = a.count > longest ? a.count : longest;
  for (const AttendRow& a : queries) {
    const float by = 1 / exponentials(a.scores, a.count);
    for (int64_t j = 0; j < a.count; ++j) a.scores[j] *= by;
    for (int64_t k = 0; k < size; ++k) a.out[k] = 0;
  }
  for (int64_t j = 0; j < longest; j += kValues)
    for (const AttendRow& a : queries) {
      const int64_t count = a.count - j < kValues ? a.count - j : kValues;
      const float *weights = a.scores + j, *rows = values + place(blocks, j) * stride;
      int64_t k = 0;
      for (; k + 8 * kLanes <= size; k += 8 * kLanes)
        add_weighted<8>(weights, rows + k, stride, count, a.out + k);
      for (; k + kLanes <= size; k += kLanes)
        add_weighted<1>(weights, rows + k, stride, count, a.out + k);
      for (; k < size; ++k)
        for (int64_t i = 0; i < count; ++i) a.out[k] += weights[i] * rows[i * stride + k];
    }
}

OFFPRINT_VECTOR_CLONES void key_scores(std::span<const AttendRow> queries, const float* keys,
                                       int64_t stride, int64_t size, float scale) {
  scores_of(queries, keys, stride, size, scale, nullptr);
}

}  // namespace offprint::kernels
