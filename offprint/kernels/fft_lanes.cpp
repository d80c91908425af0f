// Mixed-radix transforms in place, decimation in frequency forwards and in time backwards: the
// spectrum stays in digit-reversed order, which a product of spectra does not mind, so nothing is
// ever reordered. One channel's buffers fit the second-level cache.
#include "offprint/kernels/fft_lanes.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>
#include <vector>

#include "offprint/core/vector_clones.h"

#define OFFPRINT_INLINE [[gnu::always_inline]] inline
#define OFFPRINT_UNROLL _Pragma("GCC unroll 16")
#pragma GCC diagnostic ignored "-Wpsabi"  // vectors are passed between inlined functions only

namespace offprint::kernels::detail {
namespace {

constexpr int64_t kLanes = 16, kSequences = 2 * kLanes;
typedef float Lane __attribute__((vector_size(kLanes * sizeof(float))));
typedef float Unaligned __attribute__((vector_size(kLanes * sizeof(float)), aligned(4)));
typedef int32_t Index __attribute__((vector_size(kLanes * sizeof(float))));

struct Complex {
  Lane re, im;
};
struct Root {
  float re, im;
};

// What all transforms of one length share.
struct Plan {
  int64_t n;
  std::vector<int> radices;  // their product is n
  std::vector<Root> roots;   // exp(-2 pi i t / n)
};

Plan make_plan(int64_t n) {
  Plan plan{n, {}, {}};
  int64_t rest = n;
  for (const int radix : {4, 5, 3, 2})
    for (; rest % radix == 0; rest /= radix) plan.radices.push_back(radix);
  plan.roots.reserve(static_cast<size_t>(n));
  for (int64_t t = 0; t < n; ++t) {
    const double angle = -2.0 * std::numbers::pi * static_cast<double>(t) / static_cast<double>(n);
    plan.roots.push_back(
        {static_cast<float>(std::cos(angle)), static_cast<float>(std::sin(angle))});
  }
  return plan;
}

// n complex numbers a lane; real and imaginary parts apart.
struct Signal {
  Lane *re, *im;
};

OFFPRINT_INLINE Complex add(const Complex& a, const Complex& b) {
  return {a.re + b.re, a.im + b.im};
}
OFFPRINT_INLINE Complex subtract(const Complex& a, const Complex& b) {
  return {a.re - b.re, a.im - b.im};
}
OFFPRINT_INLINE Complex times(const Complex& a, Root w) {
  return {a.re * w.re - a.im * w.im, a.re * w.im + a.im * w.re};
}
// a + s i b, s = -1 or 1.
OFFPRINT_INLINE Complex add_turned(const Complex& a, const Complex& b, float s) {
  return {a.re - s * b.im, a.im + s * b.re};
}

// DFT of R numbers in place with exp(s 2 pi i j k / R).
template <int R>
OFFPRINT_INLINE void butterfly(Complex* a, float s) {
  if constexpr (R == 2) {
    const Complex sum = add(a[0], a[1]);
    a[1] = subtract(a[0], a[1]);
    a[0] = sum;
  } else if constexpr (R == 3) {
    constexpr float kSin = 0.866025403784438647f;
    const Complex sum = add(a[1], a[2]), off = subtract(a[1], a[2]);
    const Complex middle = {a[0].re - 0.5f * sum.re, a[0].im - 0.5f * sum.im};
    a[0] = add(a[0], sum);
    a[1] = add_turned(middle, off, s * kSin);
    a[2] = add_turned(middle, off, -s * kSin);
  } else if constexpr (R == 4) {
    const Complex even = add(a[0], a[2]), even_off = subtract(a[0], a[2]);
    const Complex odd = add(a[1], a[3]), odd_off = subtract(a[1], a[3]);
    a[0] = add(even, odd);
    a[1] = add_turned(even_off, odd_off, s);
    a[2] = subtract(even, odd);
    a[3] = add_turned(even_off, odd_off, -s);
  } else {
    static_assert(R == 5);
    constexpr float kCos1 = 0.309016994374947424f, kCos2 = -0.809016994374947424f;
    constexpr float kSin1 = 0.951056516295153572f, kSin2 = 0.587785252292473129f;
    const Complex sum1 = add(a[1], a[4]), off1 = subtract(a[1], a[4]);
    const Complex sum2 = add(a[2], a[3]), off2 = subtract(a[2], a[3]);
    const Complex middle1 = {a[0].re + kCos1 * sum1.re + kCos2 * sum2.re,
                             a[0].im + kCos1 * sum1.im + kCos2 * sum2.im};
    const Complex middle2 = {a[0].re + kCos2 * sum1.re + kCos1 * sum2.re,
                             a[0].im + kCos2 * sum1.im + kCos1 * sum2.im};
    const Complex turn1 = {kSin1 * off1.re + kSin2 * off2.re, kSin1 * off1.im + kSin2 * off2.im};
    const Complex turn2 = {kSin2 * off1.re - kSin1 * off2.re, kSin2 * off1.im - kSin1 * off2.im};
    a[0] = add(a[0], add(sum1, sum2));
    a[1] = add_turned(middle1, turn1, s);
    a[4] = add_turned(middle1, turn1, -s);
    a[2] = add_turned(middle2, turn2, s);
    a[3] = add_turned(middle2, turn2, -s);
  }
}

// A stretch of the signal made of blocks of m.
struct Blocks {
  int64_t begin, length, m;
};

// One pass over blocks split into R parts. Roots are loaded once for all blocks; the first column
// has none.
template <int R, bool kForward>
OFFPRINT_INLINE void pass(Signal x, const Plan& plan, Blocks blocks) {
  const int64_t part = blocks.m / R, stride = plan.n / blocks.m;
  for (int64_t k = 0; k < part; ++k) {
    Root w[R];
    OFFPRINT_UNROLL
    for (int64_t j = 1; j < R; ++j) {
      w[j] = plan.roots[static_cast<size_t>(j * k * stride)];
      if (!kForward) w[j].im = -w[j].im;
    }
    const int64_t first = blocks.begin + k, end = blocks.begin + blocks.length;
    for (int64_t at = first; at < end; at += blocks.m) {
      Complex a[R];
      OFFPRINT_UNROLL
      for (int64_t j = 0; j < R; ++j) a[j] = {x.re[at + j * part], x.im[at + j * part]};
      if (!kForward && k > 0) {
        OFFPRINT_UNROLL
        for (int64_t j = 1; j < R; ++j) a[j] = times(a[j], w[j]);
      }
      butterfly<R>(a, kForward ? -1.0f : 1.0f);
      if (kForward && k > 0) {
        OFFPRINT_UNROLL
        for (int64_t j = 1; j < R; ++j) a[j] = times(a[j], w[j]);
      }
      OFFPRINT_UNROLL
      for (int64_t j = 0; j < R; ++j) {
        x.re[at + j * part] = a[j].re;
        x.im[at + j * part] = a[j].im;
      }
    }
  }
}

template <bool kForward>
OFFPRINT_INLINE void pass_of(int radix, Signal x, const Plan& plan, Blocks blocks) {
  if (radix == 4) pass<4, kForward>(x, plan, blocks);
  if (radix == 5) pass<5, kForward>(x, plan, blocks);
  if (radix == 3) pass<3, kForward>(x, plan, blocks);
  if (radix == 2) pass<2, kForward>(x, plan, blocks);
}

OFFPRINT_VECTOR_CLONES void pass_forward(int radix, Signal x, const Plan& plan, Blocks blocks) {
  pass_of<true>(radix, x, plan, blocks);
}
OFFPRINT_VECTOR_CLONES void pass_back(int radix, Signal x, const Plan& plan, Blocks blocks) {
  pass_of<false>(radix, x, plan, blocks);
}

// A block of this many complex numbers a lane (256 KiB) is finished before the next is begun, so
// that the passes of a long transform run in the cache.
constexpr int64_t kCached = 2048;

void transform_from(size_t stage, Signal x, const Plan& plan, int64_t begin, int64_t m) {
  if (m <= kCached) {
    for (int64_t block = m; stage < plan.radices.size(); block /= plan.radices[stage++])
      pass_forward(plan.radices[stage], x, plan, {begin, m, block});
    return;
  }
  const int radix = plan.radices[stage];
  pass_forward(radix, x, plan, {begin, m, m});
  for (int j = 0; j < radix; ++j)
    transform_from(stage + 1, x, plan, begin + j * (m / radix), m / radix);
}

void transform_back_from(size_t stage, Signal x, const Plan& plan, int64_t begin, int64_t m) {
  if (m <= kCached) {
    int64_t block = 1;
    for (size_t i = plan.radices.size(); i-- > stage;) {
      block *= plan.radices[i];
      pass_back(plan.radices[i], x, plan, {begin, m, block});
    }
    return;
  }
  const int radix = plan.radices[stage];
  for (int j = 0; j < radix; ++j)
    transform_back_from(stage + 1, x, plan, begin + j * (m / radix), m / radix);
  pass_back(radix, x, plan, {begin, m, m});
}

void transform(Signal x, const Plan& plan) { transform_from(0, x, plan, 0, plan.n); }

// Without the factor 1/n.
void transform_back(Signal x, const Plan& plan) { transform_back_from(0, x, plan, 0, plan.n); }

// Four rounds of interleaving the upper with the lower half turn rows into columns.
OFFPRINT_INLINE void transpose(Lane* a) {
  constexpr Index kLow = {0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23};
  constexpr Index kHigh = {8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31};
  OFFPRINT_UNROLL
  for (int round = 0; round < 4; ++round) {
    Lane b[kLanes];
    OFFPRINT_UNROLL
    for (int64_t i = 0; i < kLanes / 2; ++i) {
      b[2 * i] = __builtin_shuffle(a[i], a[i + kLanes / 2], kLow);
      b[2 * i + 1] = __builtin_shuffle(a[i], a[i + kLanes / 2], kHigh);
    }
    OFFPRINT_UNROLL
    for (int64_t i = 0; i < kLanes; ++i) a[i] = b[i];
  }
}

// Rows of a matrix in memory, `stride` floats apart; beyond `count` they are zeros to read and
// nowhere to write.
template <class T>
struct Rows {
  T* first;
  int64_t stride, count;
};

// Row i becomes lane i: out[l] for l < n, zeros from `length` on. `out` has room for whole tiles.
OFFPRINT_VECTOR_CLONES void load(Rows<const float> rows, int64_t length, Lane* out, int64_t n) {
  int64_t l = 0;
  for (; l < length; l += kLanes) {
    Lane tile[kLanes] = {};
    const int64_t width = std::min(kLanes, length - l);
    for (int64_t i = 0; i < rows.count; ++i) {
      const float* from = rows.first + i * rows.stride + l;
      if (width == kLanes)
        tile[i] = *reinterpret_cast<const Unaligned*>(from);
      else
        std::memcpy(&tile[i], from, static_cast<size_t>(width) * sizeof(float));
    }
    transpose(tile);
    OFFPRINT_UNROLL
    for (int64_t i = 0; i < kLanes; ++i) out[l + i] = tile[i];
  }
  for (; l < n; ++l) out[l] = Lane{};
}

OFFPRINT_VECTOR_CLONES void store(const Lane* in, Rows<float> rows, int64_t length) {
  for (int64_t l = 0; l < length; l += kLanes) {
    Lane tile[kLanes];
    OFFPRINT_UNROLL
    for (int64_t i = 0; i < kLanes; ++i) tile[i] = in[l + i];
    transpose(tile);
    const int64_t width = std::min(kLanes, length - l);
    for (int64_t i = 0; i < rows.count; ++i) {
      float* to = rows.first + i * rows.stride + l;
      if (width == kLanes)
        *reinterpret_cast<Unaligned*>(to) = tile[i];
      else
        std::memcpy(to, &tile[i], static_cast<size_t>(width) * sizeof(float));
    }
  }
}

// x *= spectrum (or its conjugate), the same for every lane.
OFFPRINT_VECTOR_CLONES void multiply(Signal x, const float* re, const float* im, float sign,
                                     int64_t n) {
  for (int64_t t = 0; t < n; ++t) {
    const Complex y = times({x.re[t], x.im[t]}, {re[t], sign * im[t]});
    x.re[t] = y.re;
    x.im[t] = y.im;
  }
}

// sum += conj(a) b
OFFPRINT_VECTOR_CLONES void correlate(Signal a, Signal b, Signal sum, int64_t n) {
  for (int64_t t = 0; t < n; ++t) {
    sum.re[t] += a.re[t] * b.re[t] + a.im[t] * b.im[t];
    sum.im[t] += a.re[t] * b.im[t] - a.im[t] * b.re[t];
  }
}

// out[l] = the sum over the lanes of in[l].
OFFPRINT_VECTOR_CLONES void sum_lanes(const Lane* in, float* out, int64_t n) {
  for (int64_t l = 0; l < n; l += kLanes) {
    Lane tile[kLanes], sum = {};
    OFFPRINT_UNROLL
    for (int64_t i = 0; i < kLanes; ++i) tile[i] = in[l + i];
    transpose(tile);
    OFFPRINT_UNROLL
    for (int64_t i = 0; i < kLanes; ++i) sum += tile[i];
    std::memcpy(out + l, &sum, static_cast<size_t>(std::min(kLanes, n - l)) * sizeof(float));
  }
}

// Room for `count` signals of n, rounded up to whole tiles. libtorch aligns to a cache line.
class Scratch {
 public:
  Scratch(int64_t n, int64_t count)
      : room_((n + kLanes - 1) / kLanes * kLanes),
        memory_(at::zeros({2 * count * room_ * kLanes})),
        first_(static_cast<Lane*>(memory_.mutable_data_ptr())) {}
  Signal operator[](int64_t i) const {
    return {first_ + 2 * i * room_, first_ + (2 * i + 1) * room_};
  }
  void clear(int64_t i) const {
    std::memset(first_ + 2 * i * room_, 0, static_cast<size_t>(2 * room_) * sizeof(Lane));
  }

 private:
  int64_t room_;
  Tensor memory_;
  Lane* first_;
};

// Where the sequences b, b+1, ... of channel h lie, for the real and the imaginary part.
template <class T>
struct Pair {
  Rows<T> re, im;
};
template <class T>
Pair<T> sequences(T* data, const Tensor& u, int64_t b, int64_t h) {
  const int64_t stride = u.size(1) * u.size(2), left = u.size(0) - b;
  T* first = data + b * stride + h * u.size(2);
  return {{first, stride, std::min(left, kLanes)},
          {first + kLanes * stride, stride, std::clamp<int64_t>(left - kLanes, 0, kLanes)}};
}

void load_pair(Pair<const float> rows, int64_t length, Signal x, int64_t n) {
  load(rows.re, length, x.re, n);
  load(rows.im, length, x.im, n);
}
void store_pair(Signal x, Pair<float> rows, int64_t length) {
  store(x.re, rows.re, length);
  store(x.im, rows.im, length);
}

// Spectra (H,2,n) of real rows (H,K), sixteen channels at once, divided by n for the way back.
Tensor kernel_spectra(const Tensor& k, const Plan& plan) {
  const int64_t channels = k.size(0), taps = k.size(1), n = plan.n;
  const Tensor scaled = k / static_cast<double>(n);
  Tensor out = at::empty({channels, 2, n});
  const float* from = scaled.const_data_ptr<float>();
  float* to = out.mutable_data_ptr<float>();
  at::parallel_for(0, (channels + kLanes - 1) / kLanes, 1, [&](int64_t begin, int64_t end) {
    const Scratch scratch(n, 1);
    const Signal x = scratch[0];
    for (int64_t h = begin * kLanes; h < std::min(end * kLanes, channels); h += kLanes) {
      const int64_t count = std::min(kLanes, channels - h);
      load({from + h * taps, taps, count}, taps, x.re, n);
      load({from, taps, 0}, 0, x.im, n);
      transform(x, plan);
      store(x.re, {to + h * 2 * n, 2 * n, count}, n);
      store(x.im, {to + h * 2 * n + n, 2 * n, count}, n);
    }
  });
  return out;
}

// The first `taps` of the real rows whose spectra (H,2,n) are given, without the factor 1/n.
Tensor kernels_of_spectra(const Tensor& spectra, int64_t taps, const Plan& plan) {
  const int64_t channels = spectra.size(0), n = plan.n;
  Tensor out = at::empty({channels, taps});
  const float* from = spectra.const_data_ptr<float>();
  float* to = out.mutable_data_ptr<float>();
  at::parallel_for(0, (channels + kLanes - 1) / kLanes, 1, [&](int64_t begin, int64_t end) {
    const Scratch scratch(n, 1);
    const Signal x = scratch[0];
    for (int64_t h = begin * kLanes; h < std::min(end * kLanes, channels); h += kLanes) {
      const int64_t count = std::min(kLanes, channels - h);
      load({from + h * 2 * n, 2 * n, count}, n, x.re, n);
      load({from + h * 2 * n + n, 2 * n, count}, n, x.im, n);
      transform_back(x, plan);
      store(x.re, {to + h * taps, taps, count}, taps);
    }
  });
  return out.div_(static_cast<double>(n));
}

}  // namespace

bool lanes_fit(const Tensor& u) {
  // A quarter of the lanes filled is as fast as one sequence after the other.
  return u.is_cpu() && u.scalar_type() == at::kFloat && u.size(0) > kSequences / 4;
}

Tensor lanes_convolve(const Tensor& u, const Tensor& k, int64_t n) {
  const Plan plan = make_plan(n);
  const Tensor spectra = kernel_spectra(k, plan);
  Tensor y = at::empty_like(u);
  const int64_t length = u.size(2);
  const float *from = u.const_data_ptr<float>(), *kernel = spectra.const_data_ptr<float>();
  float* to = y.mutable_data_ptr<float>();
  at::parallel_for(0, u.size(1), 1, [&](int64_t begin, int64_t end) {
    const Scratch scratch(n, 1);
    const Signal x = scratch[0];
    for (int64_t h = begin; h < end; ++h)
      for (int64_t b = 0; b < u.size(0); b += kSequences) {
        load_pair(sequences(from, u, b, h), length, x, n);
        transform(x, plan);
        multiply(x, kernel + h * 2 * n, kernel + h * 2 * n + n, 1.0f, n);
        transform_back(x, plan);
        store_pair(x, sequences(to, u, b, h), length);
      }
  });
  return y;
}

LanesGradient lanes_gradient(const Tensor& u, const Tensor& k, const Tensor& g, int64_t n) {
  const Plan plan = make_plan(n);
  const Tensor spectra = kernel_spectra(k, plan);
  Tensor du = at::empty_like(u), dk = at::empty_like(spectra);
  const int64_t length = u.size(2);
  const float *input = u.const_data_ptr<float>(), *grad = g.const_data_ptr<float>(),
              *kernel = spectra.const_data_ptr<float>();
  float *to = du.mutable_data_ptr<float>(), *sums = dk.mutable_data_ptr<float>();
  at::parallel_for(0, u.size(1), 1, [&](int64_t begin, int64_t end) {
    const Scratch scratch(n, 3);
    const Signal x = scratch[0], y = scratch[1], sum = scratch[2];
    for (int64_t h = begin; h < end; ++h) {
      scratch.clear(2);
      for (int64_t b = 0; b < u.size(0); b += kSequences) {
        load_pair(sequences(input, u, b, h), length, x, n);
        load_pair(sequences(grad, u, b, h), length, y, n);
        transform(x, plan);
        transform(y, plan);
        // Two sequences a lane: the real part of conj(u1 + i u2) (g1 + i g2) is u1 g1 + u2 g2.
        correlate(x, y, sum, n);
        multiply(y, kernel + h * 2 * n, kernel + h * 2 * n + n, -1.0f, n);
        transform_back(y, plan);
        store_pair(y, sequences(to, u, b, h), length);
      }
      sum_lanes(sum.re, sums + h * 2 * n, n);
      sum_lanes(sum.im, sums + h * 2 * n + n, n);
    }
  });
  return {du, kernels_of_spectra(dk, k.size(1), plan)};
}

}  // namespace offprint::kernels::detail
