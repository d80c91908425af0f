#include "offprint/kernels/entropy_prox_cpu.h"

#include <algorithm>
#include <cmath>

#include "offprint/core/vector_clones.h"
#include "offprint/kernels/vector_lanes.h"

namespace offprint::kernels::detail {
namespace {

constexpr float kLog2E = 1.44269504088896341f;

OFFPRINT_INLINE void exponential(Floats& z) {
  z *= kLog2E;
  to_exp2<true>(z);
}
OFFPRINT_INLINE void exponential(Doubles& z) {
  for (int j = 0; j < kLanes<double>; ++j) z[j] = std::exp(z[j]);
}

template <class V>
OFFPRINT_INLINE void absolute(const V& v, V& out) {
  out = v < 0 ? -v : v;
}
template <class V>
OFFPRINT_INLINE bool any_above(const V& v, decltype(v[0] + v[0]) bound) {
  bool above = false;
  for (size_t j = 0; j < sizeof(V) / sizeof(v[0]); ++j) above |= v[static_cast<int>(j)] > bound;
  return above;
}

template <class T>
struct Limits;
template <>
struct Limits<float> {
  static constexpr float inner = 2e-7f, outer = 2e-7f;
};
template <>
struct Limits<double> {
  static constexpr double inner = 1e-14, outer = 1e-14;
};
constexpr int kMostSteps = 60;

// t = log(z_1 / z_0) with (1 - alpha) tanh(t/2) + alpha t = d. For d >= 0 the left side is concave
// (alpha < 1) or convex (alpha > 1), so that Newton from the tangent at zero moves one way.
template <class T>
OFFPRINT_INLINE void prox_two(const ProxCall<T>& c, int64_t group, int64_t width) {
  using V = typename Vector<T>::type;
  V x0{}, x1{};
  for (int64_t j = 0; j < width; ++j)
    x0[j] = c.x[2 * (group + j)], x1[j] = c.x[2 * (group + j) + 1];
  const V d = x1 - x0;
  V size;
  absolute(d, size);
  const T a = c.alpha;
  V t = size * (2 / (1 + a)), e{}, tanh{};
  for (int step = 0; step < kMostSteps; ++step) {
    e = -t;
    exponential(e);
    tanh = (1 - e) / (1 + e);
    const V move = ((1 - a) * tanh + a * t - size) / (a + (1 - a) * T(0.5) * (1 - tanh * tanh));
    t -= move;
    V off;
    absolute(move, off);
    if (!any_above(V(off / (1 + t)), 4 * Limits<T>::inner)) break;
  }
  e = -t;
  exponential(e);
  const V large = 1 / (1 + e), small = e / (1 + e);
  for (int64_t j = 0; j < width; ++j) {
    const int64_t g = group + j;
    const int up = d[j] >= 0 ? 1 : 0;
    c.z[2 * g + up] = large[j], c.z[2 * g + 1 - up] = small[j];
    if (!c.log_z) continue;
    const T log_large = -std::log1p(e[j]);
    c.log_z[2 * g + up] = log_large, c.log_z[2 * g + 1 - up] = log_large - t[j];
    c.lambda[g] = c.x[2 * g + up] - (1 - a) * large[j] - a * log_large;
  }
}

// u_i with (1 - alpha) e^u + alpha u = x_i - lambda, from u as it stands, which is at most zero.
// The left side rises, and is convex or concave below zero, where all roots lie.
template <class T>
OFFPRINT_INLINE void inner_roots(const typename Vector<T>::type* x,
                                 const typename Vector<T>::type& lambda, T a, int64_t k,
                                 typename Vector<T>::type* u, typename Vector<T>::type& sum,
                                 typename Vector<T>::type& slope) {
  using V = typename Vector<T>::type;
  sum = V{}, slope = V{};
  for (int64_t i = 0; i < k; ++i) {
    const V c = x[i] - lambda;
    V w = u[i], e{};
    for (int step = 0; step < kMostSteps; ++step) {
      e = w;
      exponential(e);
      const V move = (a * w + (1 - a) * e - c) / (a + (1 - a) * e);
      w -= move;
      w = w > 0 ? V{} : w;
      V off, size;
      absolute(move, off), absolute(w, size);
      if (!any_above(V(off / (1 + size)), Limits<T>::inner)) break;
    }
    e = w;
    exponential(e);
    u[i] = w, sum += e, slope += e / (a + (1 - a) * e);
  }
}

template <class T>
OFFPRINT_INLINE void prox_many(const ProxCall<T>& c, int64_t group, int64_t width,
                               typename Vector<T>::type* x, typename Vector<T>::type* u) {
  using V = typename Vector<T>::type;
  const T a = c.alpha;
  V top = V{} - std::numeric_limits<T>::infinity();
  for (int64_t i = 0; i < c.k; ++i) {
    x[i] = V{};
    for (int64_t j = 0; j < width; ++j) x[i][j] = c.x[(group + j) * c.k + i];
    top = x[i] > top ? x[i] : top;
  }
  // With the largest z at 1 the sum is at least 1, with it at 1/k at most.
  const auto count = static_cast<T>(c.k);
  V low = top - (1 - a), high = top - (1 - a) / count + a * std::log(count);
  V lambda = T(0.5) * (low + high), sum, slope;
  for (int64_t i = 0; i < c.k; ++i) {
    const V first = (x[i] - lambda) / a;
    u[i] = first > 0 ? V{} : first;
  }
  for (int step = 0; step < kMostSteps; ++step) {
    inner_roots<T>(x, lambda, a, c.k, u, sum, slope);
    V log_sum;
    for (int j = 0; j < kLanes<T>; ++j) log_sum[j] = std::log(sum[j]);
    low = log_sum > 0 ? lambda : low, high = log_sum > 0 ? high : lambda;
    V next = lambda + log_sum * sum / slope, off;
    next = next < low ? T(0.5) * (low + high) : next;
    next = next > high ? T(0.5) * (low + high) : next;
    absolute(log_sum, off);
    if (!any_above(off, Limits<T>::outer * (c.k > 16 ? 4 : 1))) break;
    lambda = next;
  }
  for (int64_t i = 0; i < c.k; ++i) {
    V e = u[i];
    exponential(e);
    for (int64_t j = 0; j < width; ++j) c.z[(group + j) * c.k + i] = e[j];
    if (c.log_z)
      for (int64_t j = 0; j < width; ++j) c.log_z[(group + j) * c.k + i] = u[i][j];
  }
  if (c.lambda)
    for (int64_t j = 0; j < width; ++j) c.lambda[group + j] = lambda[j];
}

template <class T>
OFFPRINT_INLINE void all_groups(const ProxCall<T>& c, int64_t begin, int64_t end) {
  constexpr int64_t lanes = kLanes<T>;
  Lanes<T> x(c.k), u(c.k);
  for (int64_t g = begin; g < end; g += lanes) {
    const int64_t width = std::min(lanes, end - g);
    if (c.k == 2)
      prox_two(c, g, width);
    else
      prox_many(c, g, width, x.data(), u.data());
  }
}

}  // namespace

OFFPRINT_VECTOR_CLONES void prox_groups(const ProxCall<float>& call, int64_t begin, int64_t end) {
  all_groups(call, begin, end);
}
OFFPRINT_VECTOR_CLONES void prox_groups(const ProxCall<double>& call, int64_t begin, int64_t end) {
  all_groups(call, begin, end);
}

}  // namespace offprint::kernels::detail
