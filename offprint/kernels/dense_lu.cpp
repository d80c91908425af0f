#include "offprint/kernels/dense_lu.h"

#include <algorithm>

#include "offprint/core/vector_clones.h"
#include "offprint/kernels/vector_lanes.h"

namespace offprint::kernels {
namespace {

using detail::Doubles;
constexpr int64_t kLanes = detail::kLanes<double>;
constexpr int64_t kPanel = 8;

OFFPRINT_INLINE void load(const double* from, Doubles& to) { std::memcpy(&to, from, sizeof to); }

// Four chains of sums, so that additions do not wait for each other.
OFFPRINT_INLINE double dot(const double* a, const double* b, int64_t n) {
  Doubles sums[4] = {}, x, y;
  int64_t j = 0;
  for (; j + 4 * kLanes <= n; j += 4 * kLanes)
    for (int64_t k = 0; k < 4; ++k) {
      load(a + j + k * kLanes, x), load(b + j + k * kLanes, y);
      sums[k] += x * y;
    }
  for (; j + kLanes <= n; j += kLanes) {
    load(a + j, x), load(b + j, y);
    sums[0] += x * y;
  }
  const Doubles all = (sums[0] + sums[1]) + (sums[2] + sums[3]);
  double sum = (all[0] + all[1]) + (all[2] + all[3]);
  for (; j < n; ++j) sum += a[j] * b[j];
  return sum;
}

// out -= sum over the panel of factors[k] * rows[k], eight rows `stride` apart.
OFFPRINT_INLINE void subtract_panel(const double* factors, const double* rows, int64_t stride,
                                    int64_t n, double* out) {
  int64_t j = 0;
  for (; j + kLanes <= n; j += kLanes) {
    Doubles to, x, y;
    load(out + j, to);
    for (int64_t k = 0; k < kPanel; k += 2) {
      load(rows + k * stride + j, x), load(rows + (k + 1) * stride + j, y);
      to -= factors[k] * x + factors[k + 1] * y;
    }
    std::memcpy(out + j, &to, sizeof to);
  }
  for (; j < n; ++j) {
    double to = out[j];
    for (int64_t k = 0; k < kPanel; k += 2)
      to -= factors[k] * rows[k * stride + j] + factors[k + 1] * rows[(k + 1) * stride + j];
    out[j] = to;
  }
}

OFFPRINT_INLINE void subtract_scaled(double factor, const double* row, int64_t n, double* out) {
  int64_t j = 0;
  for (; j + kLanes <= n; j += kLanes) {
    Doubles to, x;
    load(out + j, to), load(row + j, x);
    to -= factor * x;
    std::memcpy(out + j, &to, sizeof to);
  }
  for (; j < n; ++j) out[j] -= factor * row[j];
}

}  // namespace

// Eight pivots at once: the rows below are read and written once a panel.
OFFPRINT_VECTOR_CLONES void solve_dominant(double* a, int64_t n, int64_t stride, double* b) {
  for (int64_t first = 0; first < n; first += kPanel) {
    const int64_t end = std::min(first + kPanel, n);
    for (int64_t p = first; p < end; ++p) {
      const double* pivot = a + p * stride;
      for (int64_t i = p + 1; i < n; ++i) {
        double* row = a + i * stride;
        row[p] /= pivot[p];
        const int64_t last = i < end ? n : end;  // rows of the panel are finished to the right
        subtract_scaled(row[p], pivot + p + 1, last - p - 1, row + p + 1);
      }
    }
    for (int64_t i = end; i < n; ++i)
      subtract_panel(a + i * stride + first, a + first * stride + end, stride, n - end,
                     a + i * stride + end);
  }
  for (int64_t i = 1; i < n; ++i) b[i] -= dot(a + i * stride, b, i);
  for (int64_t i = n - 1; i >= 0; --i)
    b[i] = (b[i] - dot(a + i * stride + i + 1, b + i + 1, n - i - 1)) / a[i * stride + i];
}

OFFPRINT_VECTOR_CLONES void multiply_rows(const double* a, int64_t rows, int64_t columns,
                                          const double* x, double* out) {
  for (int64_t i = 0; i < rows; ++i) out[i] = dot(a + i * columns, x, columns);
}

OFFPRINT_VECTOR_CLONES void add_weighted_rows(const double* a, int64_t rows, int64_t columns,
                                              const double* weights, double* out) {
  for (int64_t i = 0; i < rows; ++i)
    if (weights[i] != 0) subtract_scaled(-weights[i], a + i * columns, columns, out);
}

}  // namespace offprint::kernels
