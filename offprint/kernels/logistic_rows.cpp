#include "offprint/kernels/logistic_rows.h"

#include <cmath>
#include <cstring>

#include "offprint/core/error.h"
#include "offprint/core/vector_clones.h"
#include "offprint/kernels/vector_lanes.h"

namespace offprint::kernels {
namespace {

using V = detail::Vector<double>::type;
typedef int64_t Whole __attribute__((vector_size(detail::kBytes)));
constexpr int64_t kRows = 64, kLane = detail::kLanes<double>, kVectors = kRows / kLane;

// A vector wherever it lies; references, as vectors returned by value would differ between clones.
typedef double Unaligned __attribute__((vector_size(detail::kBytes), aligned(8), may_alias));
OFFPRINT_INLINE const Unaligned& load(const double* from) {
  return *reinterpret_cast<const Unaligned*>(from);
}
OFFPRINT_INLINE Unaligned& load(double* from) { return *reinterpret_cast<Unaligned*>(from); }
OFFPRINT_INLINE double total(const V& v) { return (v[0] + v[1]) + (v[2] + v[3]); }

// exp(x) for x <= 0, 2e-16 relative; 0 is not reached, 1e-300 stands for all below it.
OFFPRINT_INLINE void exp_below_one(V& x) {
  x = x < -690.0 ? V{} - 690.0 : x;
  constexpr double kRound = 6755399441055744.0;  // 1.5 * 2^52: the sum's low bits hold the integer
  const V shifted = x * 1.4426950408889634 + kRound, k = shifted - kRound;
  const V r = (x - k * 0.693147180369123816490) - k * 1.90821492927058770002e-10;
  V p = r * (1.0 / 6227020800.0) + 1.0 / 479001600.0;
  p = p * r + 1.0 / 39916800.0;
  p = p * r + 1.0 / 3628800.0;
  p = p * r + 1.0 / 362880.0;
  p = p * r + 1.0 / 40320.0;
  p = p * r + 1.0 / 5040.0;
  p = p * r + 1.0 / 720.0;
  p = p * r + 1.0 / 120.0;
  p = p * r + 1.0 / 24.0;
  p = p * r + 1.0 / 6.0;
  p = p * r + 0.5;
  p = p * r + 1.0;
  p = p * r + 1.0;
  Whole bits, exponent;
  std::memcpy(&bits, &p, sizeof bits);
  std::memcpy(&exponent, &shifted, sizeof exponent);
  bits += exponent << 52;
  std::memcpy(&x, &bits, sizeof x);
}

OFFPRINT_INLINE void pulls_of(V& m, V& e) {
  e = m < 0.0 ? m : -m;
  exp_below_one(e);
  const V low = 1.0 / (1.0 + e);
  m = m < 0.0 ? low : e * low;
}

}  // namespace

LogisticRows logistic_rows(const Tensor& X, const Tensor& y) {
  require(X.dim() == 2 && y.dim() == 1 && y.size(0) == X.size(0) && X.size(0) > 0 &&
              X.scalar_type() == at::kDouble && y.scalar_type() == at::kDouble,
          "logistic_rows: X is {} and y {}, expected (N,D) and (N) float64", shape_text(X),
          shape_text(y));
  const Tensor x = X.contiguous(), label = y.contiguous();
  const double *from = x.const_data_ptr<double>(), *is_one = label.const_data_ptr<double>();
  const int64_t d = X.size(1);
  LogisticRows rows{X.size(0), d + 1, {}};
  rows.blocks.resize(static_cast<size_t>((rows.n + kRows - 1) / kRows * kRows * rows.width));
  for (int64_t i = 0; i < rows.n; ++i) {
    double* to = rows.blocks.data() + i / kRows * kRows * rows.width + i % kRows;
    const double sign = is_one[i] > 0.5 ? 1 : -1;
    for (int64_t j = 0; j < d; ++j) to[j * kRows] = sign * from[i * d + j];
    to[d * kRows] = sign;
  }
  return rows;
}

OFFPRINT_VECTOR_CLONES
Doubles margins(const LogisticRows& rows, std::span<const double> w) {
  Doubles m(static_cast<size_t>(rows.n));
  for (int64_t first = 0; first < rows.n; first += kRows) {
    const double* z = rows.blocks.data() + first * rows.width;
    V sum[kVectors] = {};
    for (int64_t j = 0; j < rows.width; ++j)
      for (int64_t v = 0; v < kVectors; ++v)
        sum[v] += w[static_cast<size_t>(j)] * load(z + j * kRows + v * kLane);
    std::memcpy(m.data() + first, sum,
                sizeof(double) * static_cast<size_t>(std::min(kRows, rows.n - first)));
  }
  return m;
}

OFFPRINT_VECTOR_CLONES
Doubles weighted_mean(const LogisticRows& rows, std::span<const double> a) {
  Doubles out(static_cast<size_t>(rows.width));
  for (int64_t first = 0; first < rows.n; first += kRows) {
    const double* z = rows.blocks.data() + first * rows.width;
    V weight[kVectors] = {};
    std::memcpy(weight, a.data() + first,
                sizeof(double) * static_cast<size_t>(std::min(kRows, rows.n - first)));
    for (int64_t j = 0; j < rows.width; ++j) {
      V sum = {}, other = {};
      for (int64_t v = 0; v < kVectors; v += 2) {
        sum += weight[v] * load(z + j * kRows + v * kLane);
        other += weight[v + 1] * load(z + j * kRows + (v + 1) * kLane);
      }
      out[static_cast<size_t>(j)] += total(sum + other);
    }
  }
  for (double& value : out) value /= static_cast<double>(rows.n);
  return out;
}

OFFPRINT_VECTOR_CLONES
Doubles weighted_products(const LogisticRows& rows, std::span<const double> h) {
  const int64_t width = rows.width;
  Doubles out(static_cast<size_t>(width * width));
  for (int64_t first = 0; first < rows.n; first += kRows) {
    const double* z = rows.blocks.data() + first * width;
    V weight[kVectors] = {}, scaled[kVectors];
    std::memcpy(weight, h.data() + first,
                sizeof(double) * static_cast<size_t>(std::min(kRows, rows.n - first)));
    for (int64_t j = 0; j < width; ++j) {
      for (int64_t v = 0; v < kVectors; ++v)
        scaled[v] = weight[v] * load(z + j * kRows + v * kLane);
      double* row = out.data() + j * width;
      int64_t k = 0;
      for (; k + 4 <= j + 1; k += 4) {  // four sums at once hide the latency of each
        V s0 = {}, s1 = {}, s2 = {}, s3 = {};
        const double* other = z + k * kRows;
        for (int64_t v = 0; v < kVectors; ++v, other += kLane) {
          s0 += scaled[v] * load(other);
          s1 += scaled[v] * load(other + kRows);
          s2 += scaled[v] * load(other + 2 * kRows);
          s3 += scaled[v] * load(other + 3 * kRows);
        }
        row[k] += total(s0), row[k + 1] += total(s1), row[k + 2] += total(s2);
        row[k + 3] += total(s3);
      }
      for (; k <= j; ++k) {
        V sum = {};
        for (int64_t v = 0; v < kVectors; ++v) sum += scaled[v] * load(z + k * kRows + v * kLane);
        row[k] += total(sum);
      }
    }
  }
  for (int64_t j = 0; j < width; ++j)
    for (int64_t k = 0; k <= j; ++k) {
      double& cell = out[static_cast<size_t>(j * width + k)];
      cell /= static_cast<double>(rows.n);
      out[static_cast<size_t>(k * width + j)] = cell;
    }
  return out;
}

OFFPRINT_VECTOR_CLONES
Doubles pulls(std::span<const double> m) {
  Doubles out(m.size());
  const size_t whole = m.size() / kLane * kLane;
  V e;
  for (size_t i = 0; i < whole; i += kLane) {
    V v = load(m.data() + i);
    pulls_of(v, e);
    load(out.data() + i) = v;
  }
  for (size_t i = whole; i < m.size(); ++i) {
    V v = {m[i]};
    pulls_of(v, e);
    out[i] = v[0];
  }
  return out;
}

OFFPRINT_VECTOR_CLONES
LossAlong loss_along(std::span<const double> start, std::span<const double> move, double step) {
  // The logarithm of a product instead of a sum of logarithms: 128 factors in (1,2] stay finite.
  constexpr size_t kFactors = 128 * kLane;
  double linear = 0, logs = 0, slope = 0;
  const size_t n = start.size(), whole = n / kLane * kLane;
  for (size_t first = 0; first < n; first += kFactors) {
    const size_t end = std::min(first + kFactors, whole);
    V product = V{} + 1.0, below = {}, fall = {};
    for (size_t i = first; i < end; i += kLane) {
      const V direction = load(move.data() + i);
      V m = load(start.data() + i) + step * direction, e;
      below -= m < 0.0 ? m : V{};
      pulls_of(m, e);
      product *= 1.0 + e;
      fall += m * direction;
    }
    if (first + kFactors >= n)  // the rows that fill no vector
      for (size_t i = whole; i < n; ++i) {
        V m = {start[i] + step * move[i]}, e;
        below[0] -= std::min(m[0], 0.0);
        pulls_of(m, e);
        product[0] *= 1.0 + e[0];
        fall[0] += m[0] * move[i];
      }
    for (int64_t l = 0; l < kLane; ++l) logs += std::log(product[l]);
    linear += total(below), slope -= total(fall);
  }
  const auto count = static_cast<double>(n);
  return {(linear + logs) / count, slope / count};
}

}  // namespace offprint::kernels
