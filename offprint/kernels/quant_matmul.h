// Products of quantised weights with a few rows of activations, for language models on the CPU.
//
// Weights keep the numbers of their GGUF blocks, regrouped once: a panel is 16 rows whose numbers
// stand side by side, so that a row has a lane of its own. Q4_0, Q4_1, Q8_0 and TQ2_0 keep their
// size (bytes of the file, rows rounded up to 16); all other formats become float32.
//
// Activations are rounded to 127 x 128 steps in blocks of 32 with a float32 scale, and kept as two
// planes of bytes: 8 bits alone move log-probabilities of SmolLM2 by 0.11 in the median, both
// planes by 0.001, and weights come from memory no faster for one. An output is then
//   sum over blocks b, in order, of  (sum_k w_bk x_bk) scale_x[b] scale_w[b] + offset_w[b] sum x_b
// with an exact inner sum and fused multiply-adds: the same bits from every instruction set, for
// any number of rows at once and any split of the work. Float32 panels take the activations as they
// are, and sum in an order that depends on the columns alone.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "offprint/core/block_format.h"

namespace offprint::kernels {

constexpr int64_t kPanelRows = 16, kActivationBlock = 32;

enum class PanelKind { floats, bytes, nibbles, nibbles_offset, crumbs };

struct QuantMatrix {
  PanelKind kind = PanelKind::floats;
  int64_t rows = 0, columns = 0;
  int64_t scale_bytes = 0, panel_bytes = 0;  // of a panel: its scales first, then its numbers
  std::shared_ptr<uint8_t> data;

  int64_t panels() const { return (rows + kPanelRows - 1) / kPanelRows; }
  int64_t bytes() const { return panels() * panel_bytes; }
  const uint8_t* panel(int64_t i) const { return data.get() + i * panel_bytes; }
};

// Memory that matrices lie in one after the other, in the order in which they are packed: best that
// in which they are used. It lives as long as one of them.
class PanelMemory {
 public:
  std::shared_ptr<uint8_t> take(int64_t bytes);  // zeroed, aligned to cache lines

 private:
  std::shared_ptr<uint8_t> chunk_;
  int64_t size_ = 0, used_ = 0;
};

// `rows` rows of `columns` numbers as a GGUF file holds them; rows past the last are zero. Throws
// Error on sizes that do not fit.
QuantMatrix pack_panels(BlockFormat format, std::span<const uint8_t> bytes, int64_t rows,
                        int64_t columns, PanelMemory& memory);
inline QuantMatrix pack_panels(BlockFormat format, std::span<const uint8_t> bytes, int64_t rows,
                               int64_t columns) {
  PanelMemory memory;
  return pack_panels(format, bytes, rows, columns, memory);
}
// Row `row` in float32, columns numbers: what its blocks are worth, bit for bit.
void unpack_row(const QuantMatrix& w, int64_t row, float* out);

// Rows of activations, float32 and rounded. The rounding covers whole blocks: a rest of columns is
// for float32 panels alone.
struct Activations {
  Activations(int64_t rows, int64_t columns);
  int64_t rows, columns, blocks;
  std::vector<float> values;           // (rows,columns)
  std::vector<int8_t> rounded;         // (rows,blocks,2,32): n = 128 high + low
  std::vector<float> scales, offsets;  // (rows,blocks): scale, and scale times the sum of a block
  std::vector<int32_t> sums;           // (rows,blocks)
  float* row(int64_t i) { return values.data() + i * columns; }
};
void round_row(Activations& x, int64_t row);  // after its values are set

enum class VectorPath { scalar, avx2, avx512 };  // avx512 with VNNI
// What this machine has, the best last.
std::span<const VectorPath> vector_paths();

// out[t * stride + r] = w[16 panel + r] . x[t], r = 0 .. 15, for rows t of x from `first` to before
// `last`. w.columns is x.columns.
void panel_product(const QuantMatrix& w, int64_t panel, const Activations& x, int64_t first,
                   int64_t last, float* out, int64_t stride);
void panel_product(const QuantMatrix& w, int64_t panel, const Activations& x, int64_t first,
                   int64_t last, float* out, int64_t stride, VectorPath path);

}  // namespace offprint::kernels
