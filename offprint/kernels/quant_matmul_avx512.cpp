// Panels of 16 rows in the lanes of a 512-bit register, inner sums by VNNI.
#include "offprint/kernels/quant_matmul_cpu.h"

#if defined(__x86_64__)
#include <immintrin.h>

// GCC 12 warns of its own header, where a register is left undefined on purpose.
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512vl,avx512vnni,fma,f16c")

namespace offprint::kernels::detail {
namespace {

[[gnu::always_inline]] inline __m512i four_columns(const int8_t* x) {
  int32_t word;
  __builtin_memcpy(&word, x, sizeof word);
  return _mm512_set1_epi32(word);
}

[[gnu::always_inline]] inline __m512 halves(const uint8_t* at) {
  return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(at)));
}

// One row of x takes weights faster than memory brings them unasked; panels follow one another.
constexpr int64_t kAhead = 4096;
[[gnu::always_inline]] inline void fetch_ahead(const uint8_t* at, int64_t bytes) {
  for (int64_t i = 0; i < bytes; i += 64) __builtin_prefetch(at + kAhead + i);
}

// Inner sums of block b for T rows of x, the shift taken off.
template <PanelKind kKind, int T>
[[gnu::always_inline]] inline void inner_sums(const PanelWork& p, int64_t t0, int64_t b,
                                              __m512i* dots) {
  const uint8_t* w = p.numbers + b * number_bytes(kKind);
  const int8_t* x = p.x + (t0 * p.blocks + b) * 64;
  const int64_t row = p.blocks * 64;
  if constexpr (T == 1) fetch_ahead(w, number_bytes(kKind));
  __m512i high[T];
  for (int t = 0; t < T; ++t) {
    high[t] = _mm512_setzero_si512();
    dots[t] = shift_of(kKind) == 0
                  ? _mm512_setzero_si512()
                  : _mm512_set1_epi32(-shift_of(kKind) * p.x_sums[(t0 + t) * p.blocks + b]);
  }
  const auto add = [&](__m512i numbers, int step) __attribute__((always_inline)) {
    for (int t = 0; t < T; ++t) {
      const int8_t* four = x + t * row + 4 * step;
      high[t] = _mm512_dpbusd_epi32(high[t], numbers, four_columns(four));
      dots[t] = _mm512_dpbusd_epi32(dots[t], numbers, four_columns(four + 32));
    }
  };
  if constexpr (kKind == PanelKind::bytes) {
    for (int s = 0; s < 8; ++s) add(_mm512_loadu_si512(w + 64 * s), s);
  } else if constexpr (kKind == PanelKind::crumbs) {
    const __m512i low = _mm512_set1_epi8(3);
    for (int s = 0; s < 2; ++s) {
      const __m512i run = _mm512_loadu_si512(w + 64 * s);
      add(_mm512_and_si512(run, low), s);
      add(_mm512_and_si512(_mm512_srli_epi16(run, 2), low), 2 + s);
      add(_mm512_and_si512(_mm512_srli_epi16(run, 4), low), 4 + s);
      add(_mm512_and_si512(_mm512_srli_epi16(run, 6), low), 6 + s);
    }
  } else {
    const __m512i low = _mm512_set1_epi8(15);
    for (int s = 0; s < 4; ++s) {
      const __m512i run = _mm512_loadu_si512(w + 64 * s);
      add(_mm512_and_si512(run, low), s);
      add(_mm512_and_si512(_mm512_srli_epi16(run, 4), low), 4 + s);
    }
  }
  for (int t = 0; t < T; ++t) dots[t] = _mm512_add_epi32(dots[t], _mm512_slli_epi32(high[t], 7));
}

template <PanelKind kKind, int T>
[[gnu::always_inline]] inline void rows(const PanelWork& p, int64_t t0) {
  constexpr int64_t kScales = 2 * scales_per_block(kKind), kSpan = scale_span(kKind);
  __m512 sums[T];
  for (int t = 0; t < T; ++t) sums[t] = _mm512_setzero_ps();
  for (int64_t b = 0; b < p.blocks; b += kSpan) {
    const __m512 scale = halves(p.scales + b / kSpan * kScales);
    if constexpr (T == 1) fetch_ahead(p.scales + b / kSpan * kScales, kScales);
    if constexpr (kSpan > 1) {
      __m512 parts[T];
      for (int t = 0; t < T; ++t) parts[t] = _mm512_setzero_ps();
      for (int64_t i = 0; i < kSpan; ++i) {
        __m512i dots[T];
        inner_sums<kKind, T>(p, t0, b + i, dots);
        for (int t = 0; t < T; ++t)
          parts[t] =
              _mm512_fmadd_ps(_mm512_cvtepi32_ps(dots[t]),
                              _mm512_set1_ps(p.x_scales[(t0 + t) * p.blocks + b + i]), parts[t]);
      }
      for (int t = 0; t < T; ++t) sums[t] = _mm512_fmadd_ps(parts[t], scale, sums[t]);
    } else {
      __m512i dots[T];
      inner_sums<kKind, T>(p, t0, b, dots);
      for (int t = 0; t < T; ++t) {
        const __m512 x_scale = _mm512_set1_ps(p.x_scales[(t0 + t) * p.blocks + b]);
        sums[t] =
            _mm512_fmadd_ps(_mm512_mul_ps(_mm512_cvtepi32_ps(dots[t]), x_scale), scale, sums[t]);
      }
      if constexpr (kKind == PanelKind::nibbles_offset) {
        const __m512 offset = halves(p.scales + b * kScales + 32);
        for (int t = 0; t < T; ++t)
          sums[t] = _mm512_fmadd_ps(offset, _mm512_set1_ps(p.x_offsets[(t0 + t) * p.blocks + b]),
                                    sums[t]);
      }
    }
  }
  for (int t = 0; t < T; ++t) _mm512_storeu_ps(p.out + (t0 + t) * p.stride, sums[t]);
}

template <PanelKind kKind>
void all_rows(const PanelWork& p) {
  int64_t t = 0;
  for (; t + 4 <= p.count; t += 4) rows<kKind, 4>(p, t);
  for (; t < p.count; ++t) rows<kKind, 1>(p, t);
}

}  // namespace

void panel_product_avx512(const PanelWork& p) {
  if (p.kind == PanelKind::bytes) all_rows<PanelKind::bytes>(p);
  if (p.kind == PanelKind::nibbles) all_rows<PanelKind::nibbles>(p);
  if (p.kind == PanelKind::nibbles_offset) all_rows<PanelKind::nibbles_offset>(p);
  if (p.kind == PanelKind::crumbs) all_rows<PanelKind::crumbs>(p);
}

}  // namespace offprint::kernels::detail
#pragma GCC pop_options
#endif
