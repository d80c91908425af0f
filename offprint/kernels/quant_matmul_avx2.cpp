// Panels of 16 rows in two 256-bit registers, inner sums by pairs of 16 bits.
#include "offprint/kernels/quant_matmul_cpu.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma GCC push_options
#pragma GCC target("avx2,fma,f16c")

namespace offprint::kernels::detail {
namespace {

[[gnu::always_inline]] inline __m256i load(const void* at) {
  return _mm256_loadu_si256(static_cast<const __m256i*>(at));
}

[[gnu::always_inline]] inline __m256i four_columns(const int8_t* x) {
  int32_t word;
  __builtin_memcpy(&word, x, sizeof word);
  return _mm256_set1_epi32(word);
}

[[gnu::always_inline]] inline __m256 halves(const uint8_t* at) {
  return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(at)));
}

// Inner sums of block b for T rows of one plane of x and the eight rows of w from `half`. Sums of
// pairs stay in 16 bits: 8 steps of 2 x 15 x 127, or one of 2 x 128 x 127.
template <PanelKind kKind, int T>
[[gnu::always_inline]] inline void plane_sums(const uint8_t* w, const int8_t* x, int64_t row,
                                              __m256i* dots) {
  const __m256i ones = _mm256_set1_epi16(1);
  if constexpr (kKind == PanelKind::bytes) {
    const __m256i top = _mm256_set1_epi8(-128);
    for (int t = 0; t < T; ++t) dots[t] = _mm256_setzero_si256();
    for (int s = 0; s < 8; ++s) {
      const __m256i numbers = _mm256_xor_si256(load(w + 64 * s), top);
      const __m256i sizes = _mm256_abs_epi8(numbers);
      for (int t = 0; t < T; ++t) {
        const __m256i signs = _mm256_sign_epi8(four_columns(x + t * row + 4 * s), numbers);
        dots[t] =
            _mm256_add_epi32(dots[t], _mm256_madd_epi16(_mm256_maddubs_epi16(sizes, signs), ones));
      }
    }
  } else {
    __m256i pairs[T];
    for (int t = 0; t < T; ++t) pairs[t] = _mm256_setzero_si256();
    const auto add = [&](__m256i numbers, int step) __attribute__((always_inline)) {
      for (int t = 0; t < T; ++t)
        pairs[t] = _mm256_add_epi16(
            pairs[t], _mm256_maddubs_epi16(numbers, four_columns(x + t * row + 4 * step)));
    };
    if constexpr (kKind == PanelKind::crumbs) {
      const __m256i low = _mm256_set1_epi8(3);
      for (int s = 0; s < 2; ++s) {
        const __m256i run = load(w + 64 * s);
        add(_mm256_and_si256(run, low), s);
        add(_mm256_and_si256(_mm256_srli_epi16(run, 2), low), 2 + s);
        add(_mm256_and_si256(_mm256_srli_epi16(run, 4), low), 4 + s);
        add(_mm256_and_si256(_mm256_srli_epi16(run, 6), low), 6 + s);
      }
    } else {
      const __m256i low = _mm256_set1_epi8(15);
      for (int s = 0; s < 4; ++s) {
        const __m256i run = load(w + 64 * s);
        add(_mm256_and_si256(run, low), s);
        add(_mm256_and_si256(_mm256_srli_epi16(run, 4), low), 4 + s);
      }
    }
    for (int t = 0; t < T; ++t) dots[t] = _mm256_madd_epi16(pairs[t], ones);
  }
}

// Both planes, the shift of the weights taken off.
template <PanelKind kKind, int T>
[[gnu::always_inline]] inline void inner_sums(const PanelWork& p, int64_t t0, int64_t b, int half,
                                              __m256i* dots) {
  const uint8_t* w = p.numbers + b * number_bytes(kKind) + 32 * half;
  const int8_t* x = p.x + (t0 * p.blocks + b) * 64;
  __m256i low[T];
  plane_sums<kKind, T>(w, x, p.blocks * 64, dots);
  plane_sums<kKind, T>(w, x + 32, p.blocks * 64, low);
  for (int t = 0; t < T; ++t) {
    dots[t] = _mm256_add_epi32(_mm256_slli_epi32(dots[t], 7), low[t]);
    if constexpr (kKind != PanelKind::bytes && shift_of(kKind) != 0)
      dots[t] = _mm256_sub_epi32(
          dots[t], _mm256_set1_epi32(shift_of(kKind) * p.x_sums[(t0 + t) * p.blocks + b]));
  }
}

template <PanelKind kKind, int T>
[[gnu::always_inline]] inline void rows(const PanelWork& p, int64_t t0, int half) {
  constexpr int64_t kScales = 2 * scales_per_block(kKind), kSpan = scale_span(kKind);
  __m256 sums[T];
  for (int t = 0; t < T; ++t) sums[t] = _mm256_setzero_ps();
  for (int64_t b = 0; b < p.blocks; b += kSpan) {
    const uint8_t* scales = p.scales + b / kSpan * kScales + 16 * half;
    const __m256 scale = halves(scales);
    __m256i dots[T];
    if constexpr (kSpan > 1) {
      __m256 parts[T];
      for (int t = 0; t < T; ++t) parts[t] = _mm256_setzero_ps();
      for (int64_t i = 0; i < kSpan; ++i) {
        inner_sums<kKind, T>(p, t0, b + i, half, dots);
        for (int t = 0; t < T; ++t)
          parts[t] =
              _mm256_fmadd_ps(_mm256_cvtepi32_ps(dots[t]),
                              _mm256_set1_ps(p.x_scales[(t0 + t) * p.blocks + b + i]), parts[t]);
      }
      for (int t = 0; t < T; ++t) sums[t] = _mm256_fmadd_ps(parts[t], scale, sums[t]);
    } else {
      inner_sums<kKind, T>(p, t0, b, half, dots);
      for (int t = 0; t < T; ++t) {
        const __m256 x_scale = _mm256_set1_ps(p.x_scales[(t0 + t) * p.blocks + b]);
        sums[t] =
            _mm256_fmadd_ps(_mm256_mul_ps(_mm256_cvtepi32_ps(dots[t]), x_scale), scale, sums[t]);
      }
      if constexpr (kKind == PanelKind::nibbles_offset) {
        const __m256 offset = halves(scales + 32);
        for (int t = 0; t < T; ++t)
          sums[t] = _mm256_fmadd_ps(offset, _mm256_set1_ps(p.x_offsets[(t0 + t) * p.blocks + b]),
                                    sums[t]);
      }
    }
  }
  for (int t = 0; t < T; ++t) _mm256_storeu_ps(p.out + (t0 + t) * p.stride + 8 * half, sums[t]);
}

template <PanelKind kKind>
void all_rows(const PanelWork& p) {
  for (int half = 0; half < 2; ++half) {
    int64_t t = 0;
    for (; t + 4 <= p.count; t += 4) rows<kKind, 4>(p, t, half);
    for (; t < p.count; ++t) rows<kKind, 1>(p, t, half);
  }
}

}  // namespace

void panel_product_avx2(const PanelWork& p) {
  if (p.kind == PanelKind::bytes) all_rows<PanelKind::bytes>(p);
  if (p.kind == PanelKind::nibbles) all_rows<PanelKind::nibbles>(p);
  if (p.kind == PanelKind::nibbles_offset) all_rows<PanelKind::nibbles_offset>(p);
  if (p.kind == PanelKind::crumbs) all_rows<PanelKind::crumbs>(p);
}

}  // namespace offprint::kernels::detail
#pragma GCC pop_options
#endif
