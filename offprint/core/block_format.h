// Number formats of model files: plain floats, and blocks of quantised numbers that share a scale,
// as ggml lays them out (ggml-org/ggml, MIT: ggml-common.h, ggml-quants.c).
//   Q4_0 Q4_1 Q5_0 Q5_1 Q8_0    32 numbers with a scale, the _1 with an offset as well
//   Q4_K Q5_K Q6_K              256 numbers, parts of 32 or 16 with scales that are quantised too
//   TQ1_0 TQ2_0                 256 ternary numbers, 1.69 and 2.06 bits each (BitNet, BitCPM)
//   IQ4_NL                      32 numbers by a table of 16 unevenly spaced values
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace offprint {

enum class BlockFormat {
  f32,
  f16,
  bf16,
  f64,
  i8,
  i16,
  i32,
  i64,
  q4_0,
  q4_1,
  q5_0,
  q5_1,
  q8_0,
  q4_k,
  q5_k,
  q6_k,
  tq1_0,
  tq2_0,
  iq4_nl
};

struct BlockLayout {
  BlockFormat format;
  std::string_view name;   // "Q4_K"
  uint32_t gguf_type;      // its number in a GGUF file
  int64_t numbers, bytes;  // of a block
};
std::span<const BlockLayout> block_layouts();
const BlockLayout& layout_of(BlockFormat format);
std::optional<BlockFormat> format_of_gguf(uint32_t type);  // nullopt: none that we read

// `out.size()` numbers, a whole number of blocks, from exactly their bytes; what they are worth in
// float32, as ggml's reference gives them bit for bit. Throws Error on sizes that do not match.
void dequantize(BlockFormat format, std::span<const uint8_t> bytes, std::span<float> out);

// The other way for f32 f16 bf16 q8_0 q4_0 q4_1 tq2_0: ggml's reference rounding (an absolute
// maximum gives the scale, its sign kept in q4_0; ternary numbers are rounded after division by the
// largest). Throws Error on other formats, sizes that do not match and values that are not finite.
void quantize(BlockFormat format, std::span<const float> values, std::span<uint8_t> out);

}  // namespace offprint
