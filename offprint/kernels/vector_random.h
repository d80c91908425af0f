// Random numbers in the lanes of vectors: a stream a lane, uniform and normal draws. Inlined into
// the functions that OFFPRINT_VECTOR_CLONES compiles several times.
#pragma once
#include "offprint/core/rng.h"
#include "offprint/kernels/vector_lanes.h"

namespace offprint::kernels::detail {

typedef uint32_t Words __attribute__((vector_size(kBytes)));

// Draws are written for any width of vector: F is one of floats, W one of as many 32-bit words.
// What F compares to is the vector of as many signed words.
template <class F>
using SignedOf = decltype(F{} < F{});

// xoshiro128++ (Blackman & Vigna 2019) in each lane.
template <class W>
struct StreamsOf {
  W s[4];
};
using Streams = StreamsOf<Words>;

// Lane i draws from the child first + i of rng, whoever its neighbours are.
template <class W>
void seed_streams(StreamsOf<W>& out, const Rng& rng, int64_t first) {
  for (int64_t lane = 0; lane < static_cast<int64_t>(sizeof(W) / sizeof(uint32_t)); ++lane) {
    Rng own = rng.split(static_cast<uint64_t>(first + lane));
    for (int pair = 0; pair < 2; ++pair) {
      const uint64_t bits = own.bits();
      out.s[2 * pair][lane] = static_cast<uint32_t>(bits);
      out.s[2 * pair + 1][lane] = static_cast<uint32_t>(bits >> 32) | 1;  // never all zero
    }
  }
}
inline Streams make_streams(const Rng& rng, int64_t first) {
  Streams out;
  seed_streams(out, rng, first);
  return out;
}

template <class W>
OFFPRINT_INLINE void next(StreamsOf<W>& r, W& out) {
  const W sum = r.s[0] + r.s[3];
  out = ((sum << 7) | (sum >> 25)) + r.s[0];
  const W t = r.s[1] << 9;
  r.s[2] ^= r.s[0], r.s[3] ^= r.s[1], r.s[1] ^= r.s[2], r.s[0] ^= r.s[3];
  r.s[2] ^= t;
  r.s[3] = (r.s[3] << 11) | (r.s[3] >> 21);
}

// Uniform on (0, 1): the middles of 2^23 parts.
template <class F, class W>
OFFPRINT_INLINE void uniform(StreamsOf<W>& r, F& out) {
  W bits;
  next(r, bits);
  out = (__builtin_convertvector(bits >> 9, F) + 0.5f) * 0x1p-23f;
}

// x > 0 to 1 / sqrt(x), 1e-7 relative, and zero to a number.
template <class F>
OFFPRINT_INLINE void to_inverse_root(F& x) {
  SignedOf<F> bits;
  std::memcpy(&bits, &x, sizeof bits);
  bits = 0x5f3759df - (bits >> 1);
  F y;
  std::memcpy(&y, &bits, sizeof y);
  for (int i = 0; i < 3; ++i) y = y * (1.5f - 0.5f * x * y * y);
  x = y;
}

// x in (0, 1] to log x: exponent and the series of atanh on [sqrt 1/2, sqrt 2), 1e-7.
template <class F>
OFFPRINT_INLINE void to_log(F& x) {
  SignedOf<F> bits;
  std::memcpy(&bits, &x, sizeof bits);
  const SignedOf<F> exponent = (bits - 0x3f3504f3) >> 23;
  bits -= exponent << 23;
  F m;
  std::memcpy(&m, &bits, sizeof m);
  const F s = (m - 1.0f) / (m + 1.0f), q = s * s;
  const F series = 1.0f + q * (1 / 3.0f + q * (1 / 5.0f + q * (1 / 7.0f + q * (1 / 9.0f))));
  x = 2.0f * s * series + __builtin_convertvector(exponent, F) * 0.693147181f;
}

// A normal draw through the inverse of the error function: Giles 2010, Approximating the erfinv
// function, table of single precision.
OFFPRINT_INLINE void normal(Streams& r, Floats& out) {
  Floats u;
  uniform(r, u);
  const Floats x = 2.0f * u - 1.0f;
  Floats w = (1.0f - x) * (1.0f + x);
  to_log(w);
  w = -w;
  Floats root = w;
  to_inverse_root(root);
  const Floats a = w - 2.5f, b = w * root - 3.0f;
  constexpr float kCentre[] = {2.81022636e-08f,  3.43273939e-07f, -3.5233877e-06f,
                               -4.39150654e-06f, 0.00021858087f,  -0.00125372503f,
                               -0.00417768164f,  0.246640727f,    1.50140941f};
  constexpr float kTail[] = {-0.000200214257f, 0.000100950558f, 0.00134934322f,
                             -0.00367342844f,  0.00573950773f,  -0.0076224613f,
                             0.00943887047f,   1.00167406f,     2.83297682f};
  Floats centre = Floats{} + kCentre[0], tail = Floats{} + kTail[0];
  for (int i = 1; i < 9; ++i) centre = centre * a + kCentre[i], tail = tail * b + kTail[i];
  out = 1.41421356f * x * (w < 5.0f ? centre : tail);
}

// Two independent normal draws (Box & Muller 1958), at the price of one of the above: an angle
// within an eighth of a turn, then the turn's eighths by a swap and a sign from two spare bits.
template <class F, class W>
OFFPRINT_INLINE void normal_pair(StreamsOf<W>& r, F& a, F& b) {
  F radius;
  uniform(r, radius);
  to_log(radius);
  radius *= -2.0f;
  F root = radius;
  to_inverse_root(root);
  radius *= root;
  W bits;
  next(r, bits);
  const F turn = (__builtin_convertvector(bits >> 9, F) + 0.5f) * 0x1p-23f - 0.5f;
  const F q = turn * turn;  // of quarter turns: sine and cosine of pi / 2 turn, 1e-8
  F sine = q * 1.5147367e-4f - 4.6737664e-3f;
  sine = (sine * q + 7.9689679e-2f) * q - 6.4596353e-1f;
  sine = (sine * q + 1.5707963f) * turn;
  F cosine = q * 8.9057e-4f - 2.0863033e-2f;
  cosine = (cosine * q + 2.5366950e-1f) * q - 1.2337006f;
  cosine = cosine * q + 1.0f;
  const W signs = bits << 31;
  W signed_radius;
  std::memcpy(&signed_radius, &radius, sizeof radius);
  signed_radius ^= signs;
  std::memcpy(&radius, &signed_radius, sizeof radius);
  const W swapped = bits & 2u;
  a = radius * (swapped != 0u ? sine : cosine);
  b = radius * (swapped != 0u ? cosine : sine);
}

}  // namespace offprint::kernels::detail
