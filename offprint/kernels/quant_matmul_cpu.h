// The instruction sets behind quant_matmul.h; call that one.
#pragma once
#include <cstdint>

#include "offprint/kernels/quant_matmul.h"

namespace offprint::kernels::detail {

struct PanelWork {
  PanelKind kind;
  const uint8_t *scales, *numbers;  // scales: 16 halves a block, then 16 offsets if it has them
  int64_t blocks;                   // of 32 columns
  const int8_t* x;                  // rows of blocks: 32 high bytes, 32 low ones
  const float *x_scales, *x_offsets;
  const int32_t* x_sums;
  int64_t count;  // rows of x
  float* out;
  int64_t stride;
};

// Where the numbers of a block are, for 16 rows: runs of 64 bytes, a row 4 bytes of each.
//   bytes    run s holds columns 4s .. 4s+3, 128 added (Q8_0)
//   nibbles  run s: columns 4s .. 4s+3 in the low halves, 16 + 4s .. in the high ones
//   crumbs   run s of 2: two bits of each byte for columns 4s, 8 + 4s, 16 + 4s, 24 + 4s; 1 added
constexpr int64_t number_bytes(PanelKind kind) {
  return kind == PanelKind::bytes ? 512 : kind == PanelKind::crumbs ? 128 : 256;
}
// What was added to the numbers to make them unsigned.
constexpr int32_t shift_of(PanelKind kind) {
  return kind == PanelKind::bytes     ? 128
         : kind == PanelKind::nibbles ? 8
         : kind == PanelKind::crumbs  ? 1
                                      : 0;
}
// Ternary blocks are of 256: their scale serves eight blocks.
constexpr int64_t scale_span(PanelKind kind) { return kind == PanelKind::crumbs ? 8 : 1; }
constexpr int64_t scales_per_block(PanelKind kind) {
  return kind == PanelKind::nibbles_offset ? 32 : 16;
}

void panel_product_scalar(const PanelWork& work);
void panel_product_avx2(const PanelWork& work);
void panel_product_avx512(const PanelWork& work);

// Float32 panels: 16 numbers a column.
void float_panel_product(const float* panel, const float* x, int64_t columns, int64_t count,
                         float* out, int64_t stride);

}  // namespace offprint::kernels::detail
