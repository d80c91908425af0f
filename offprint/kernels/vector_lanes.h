// Channels in the lanes of a vector: GCC's vector types of 32 bytes (GCC 12 keeps wider ones on the
// stack where it has to split them), what scans along them need, and rows of channels into lanes
// and out. Inlined into the functions that OFFPRINT_VECTOR_CLONES compiles several times.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

#if defined(__SSE__)
#include <xmmintrin.h>
#endif

#define OFFPRINT_INLINE [[gnu::always_inline]] inline

namespace offprint::kernels::detail {

constexpr int64_t kBytes = 32;
template <class T>
constexpr int64_t kLanes = kBytes / static_cast<int64_t>(sizeof(T));
template <class T>
struct Vector {
  typedef T type __attribute__((vector_size(kBytes)));
};
using Floats = Vector<float>::type;
using Doubles = Vector<double>::type;
typedef int32_t Integers __attribute__((vector_size(kBytes)));

// States decay into denormal numbers, a hundred times slower than zero and no more useful.
class FlushDenormals {
 public:
#if defined(__SSE__)
  FlushDenormals() : before_(_mm_getcsr()) { _mm_setcsr(before_ | 0x8040); }
  ~FlushDenormals() { _mm_setcsr(before_); }

 private:
  unsigned before_;
#else
  FlushDenormals() {}
#endif
};

// z to 2^z, 1e-7 relative: 2^(z - round z) by a minimax polynomial (2e-9) on [-1/2, 1/2], then the
// exponent's bits. Checked, z stays within [-126, 127]; unchecked it has to be there.
template <bool kChecked>
OFFPRINT_INLINE void to_exp2(Floats& z) {
  if (kChecked) {
    z = z < -126.0f ? Floats{} - 126.0f : z;
    z = z > 127.0f ? Floats{} + 127.0f : z;
  }
  constexpr float kRound = 12582912.0f;  // 1.5 * 2^23: its sum with z holds round(z) in low bits
  const Floats shifted = z + kRound;
  const Floats f = z - (shifted - kRound);
  // 2^0 is 1 exactly: an error there would add up over all steps that a slow state remembers.
  Floats p = f * 0.000153533620f + 0.00133988744f;
  p = p * f + 0.00961843736f;
  p = p * f + 0.0555033247f;
  p = p * f + 0.240226479f;
  p = p * f + 0.693147203f;
  p = p * f + 1.0f;
  Integers bits, exponent;
  std::memcpy(&bits, &p, sizeof bits);
  std::memcpy(&exponent, &shifted, sizeof exponent);
  bits += exponent << 23;
  std::memcpy(&z, &bits, sizeof z);
}
template <bool>
OFFPRINT_INLINE void to_exp2(Doubles& z) {
  for (int j = 0; j < kLanes<double>; ++j) z[j] = std::exp2(z[j]);
}

template <class T>
class Lanes {  // an aligned, zeroed array of vectors
 public:
  using V = typename Vector<T>::type;
  explicit Lanes(int64_t n) : cells_(static_cast<size_t>(n)) {}
  V* data() { return reinterpret_cast<V*>(cells_.data()); }
  V& operator[](int64_t i) { return data()[i]; }
  void clear() { std::fill(cells_.begin(), cells_.end(), Cell{}); }

 private:
  struct alignas(kBytes) Cell {
    T lanes[kLanes<T>] = {};
  };
  std::vector<Cell> cells_;
};

// `rows` rows of up to a vector's channels, from and to rows `stride` apart. Channels that are not
// there are zero and stay zero.
template <class T>
void gather(const T* from, int64_t stride, int64_t rows, int64_t width, void* to) {
  T* out = static_cast<T*>(to);
  for (int64_t r = 0; r < rows; ++r, from += stride, out += kLanes<T>) {
    std::copy_n(from, width, out);
    std::fill(out + width, out + kLanes<T>, T(0));
  }
}
template <class T>
void scatter(const void* from, int64_t stride, int64_t rows, int64_t width, T* to) {
  const T* in = static_cast<const T*>(from);
  for (int64_t r = 0; r < rows; ++r) std::copy_n(in + r * kLanes<T>, width, to + r * stride);
}

// What two vectors hold side by side, added: (a0 + a1, a2 + a3, .., b0 + b1, ..). To a reference,
// as a vector that is returned has no fixed ABI.
OFFPRINT_INLINE void add_neighbours(const Floats& a, const Floats& b, Floats& sums) {
  sums = __builtin_shuffle(a, b, Integers{0, 2, 4, 6, 8, 10, 12, 14}) +
         __builtin_shuffle(a, b, Integers{1, 3, 5, 7, 9, 11, 13, 15});
}

// Sums over the lanes of each vector, neighbours first: eight vectors become one of eight sums.
OFFPRINT_INLINE void sum_lanes(const Floats* v, int64_t count, float* sums) {
  int64_t i = 0;
  for (; i + 8 <= count; i += 8) {
    Floats pairs[4], fours[2], eights;
    for (int j = 0; j < 4; ++j) add_neighbours(v[i + 2 * j], v[i + 2 * j + 1], pairs[j]);
    for (int j = 0; j < 2; ++j) add_neighbours(pairs[2 * j], pairs[2 * j + 1], fours[j]);
    add_neighbours(fours[0], fours[1], eights);
    std::memcpy(sums + i, &eights, sizeof eights);
  }
  for (; i < count; ++i) {
    const Floats w = v[i];
    sums[i] = ((w[0] + w[1]) + (w[2] + w[3])) + ((w[4] + w[5]) + (w[6] + w[7]));
  }
}
OFFPRINT_INLINE void sum_lanes(const Doubles* v, int64_t count, double* sums) {
  for (int64_t i = 0; i < count; ++i) sums[i] = (v[i][0] + v[i][1]) + (v[i][2] + v[i][3]);
}

}  // namespace offprint::kernels::detail
