#include "offprint/core/block_format.h"

#include <c10/util/BFloat16.h>
#include <c10/util/Half.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "offprint/core/error.h"

namespace offprint {
namespace {

using enum BlockFormat;

constexpr auto kLayouts = std::to_array<BlockLayout>({
    {f32, "F32", 0, 1, 4},         {f16, "F16", 1, 1, 2},          {q4_0, "Q4_0", 2, 32, 18},
    {q4_1, "Q4_1", 3, 32, 20},     {q5_0, "Q5_0", 6, 32, 22},      {q5_1, "Q5_1", 7, 32, 24},
    {q8_0, "Q8_0", 8, 32, 34},     {q4_k, "Q4_K", 12, 256, 144},   {q5_k, "Q5_K", 13, 256, 176},
    {q6_k, "Q6_K", 14, 256, 210},  {iq4_nl, "IQ4_NL", 20, 32, 18}, {i8, "I8", 24, 1, 1},
    {i16, "I16", 25, 1, 2},        {i32, "I32", 26, 1, 4},         {i64, "I64", 27, 1, 8},
    {f64, "F64", 28, 1, 8},        {bf16, "BF16", 30, 1, 2},       {tq1_0, "TQ1_0", 34, 256, 54},
    {tq2_0, "TQ2_0", 35, 256, 66},
});

constexpr std::array<int8_t, 16> kNonLinear = {-127, -104, -83, -65, -49, -35, -22, -10,
                                               1,    13,   25,  38,  53,  69,  89,  113};

template <class T>
T load(const uint8_t* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}
float half_at(const uint8_t* at) { return static_cast<float>(load<c10::Half>(at)); }
void put_half(uint8_t* at, float value) {
  const c10::Half half(value);
  std::memcpy(at, &half, sizeof half);
}

// Blocks of 32 with one nibble each: the first half of the numbers in the low nibbles.
template <class Worth>
void nibbles(const uint8_t* q, float* out, Worth&& worth) {
  for (int j = 0; j < 16; ++j) out[j] = worth(q[j] & 15, j), out[j + 16] = worth(q[j] >> 4, j + 16);
}

void from_q5(const uint8_t* block, bool offset, float* out) {
  const uint8_t* rest = block + (offset ? 4 : 2);
  const float d = half_at(block), m = offset ? half_at(block + 2) : 0;
  const auto high = load<uint32_t>(rest);
  nibbles(rest + 4, out, [&](int q, int j) {
    const int five = q | static_cast<int>(high >> j & 1) << 4;
    return offset ? static_cast<float>(five) * d + m : static_cast<float>(five - 16) * d;
  });
}

struct ScaleAndMin {
  int scale, min;
};
// Twelve bytes hold eight scales and eight offsets of six bits.
ScaleAndMin six_bits(const uint8_t* q, int part) {
  if (part < 4) return {q[part] & 63, q[part + 4] & 63};
  return {(q[part + 4] & 15) | (q[part - 4] >> 6) << 4, (q[part + 4] >> 4) | (q[part] >> 6) << 4};
}

// Q4_K, and Q5_K with its plane of fifth bits.
void from_k(const uint8_t* block, const uint8_t* fifth, const uint8_t* q, float* out) {
  const float d = half_at(block), least = half_at(block + 2);
  for (int part = 0; part < 8; ++part) {
    const ScaleAndMin s = six_bits(block + 4, part);
    const float scale = d * static_cast<float>(s.scale), min = least * static_cast<float>(s.min);
    const uint8_t* low = q + part / 2 * 32;
    for (int j = 0; j < 32; ++j) {
      int value = part % 2 == 0 ? low[j] & 15 : low[j] >> 4;
      if (fifth != nullptr) value += (fifth[j] >> part & 1) * 16;
      out[part * 32 + j] = scale * static_cast<float>(value) - min;
    }
  }
}

void from_q6_k(const uint8_t* block, float* out) {
  const float d = half_at(block + 208);
  for (int half = 0; half < 2; ++half) {
    const uint8_t *low = block + half * 64, *high = block + 128 + half * 32;
    const uint8_t* scales = block + 192 + half * 8;
    for (int quarter = 0; quarter < 4; ++quarter)
      for (int j = 0; j < 32; ++j) {
        const int byte = low[j + quarter % 2 * 32];
        const int four = quarter < 2 ? byte & 15 : byte >> 4;
        const int q = (four | (high[j] >> 2 * quarter & 3) << 4) - 32;
        const auto scale = static_cast<int8_t>(scales[j / 16 + 2 * quarter]);
        out[half * 128 + quarter * 32 + j] = d * static_cast<float>(scale) * static_cast<float>(q);
      }
  }
}

// Five ternary digits a byte as a fraction of 3^5: the next digit is what three times it carries.
float digit_of(uint8_t fraction, int place) {
  constexpr std::array<uint8_t, 5> kPowers = {1, 3, 9, 27, 81};
  const auto rest = static_cast<uint8_t>(fraction * kPowers[static_cast<size_t>(place)]);
  return static_cast<float>((rest * 3 >> 8) - 1);
}

void from_tq1(const uint8_t* block, float* out) {
  const float d = half_at(block + 52);
  const auto run = [&](const uint8_t* bytes, int width, int digits) {
    for (int place = 0; place < digits; ++place)
      for (int j = 0; j < width; ++j) *out++ = digit_of(bytes[j], place) * d;
  };
  run(block, 32, 5), run(block + 32, 16, 5), run(block + 48, 4, 4);
}

void from_tq2(const uint8_t* block, float* out) {
  const float d = half_at(block + 64);
  for (int half = 0; half < 2; ++half)
    for (int place = 0; place < 4; ++place)
      for (int j = 0; j < 32; ++j)
        *out++ = static_cast<float>((block[half * 32 + j] >> 2 * place & 3) - 1) * d;
}

void from_block(BlockFormat format, const uint8_t* b, float* out) {
  switch (format) {
    case f32:
      *out = load<float>(b);
      return;
    case f16:
      *out = half_at(b);
      return;
    case bf16:
      *out = static_cast<float>(load<c10::BFloat16>(b));
      return;
    case f64:
      *out = static_cast<float>(load<double>(b));
      return;
    case i8:
      *out = static_cast<float>(load<int8_t>(b));
      return;
    case i16:
      *out = static_cast<float>(load<int16_t>(b));
      return;
    case i32:
      *out = static_cast<float>(load<int32_t>(b));
      return;
    case i64:
      *out = static_cast<float>(load<int64_t>(b));
      return;
    case q4_0:
      nibbles(b + 2, out, [d = half_at(b)](int q, int) { return static_cast<float>(q - 8) * d; });
      return;
    case q4_1:
      nibbles(b + 4, out, [d = half_at(b), m = half_at(b + 2)](int q, int) {
        return static_cast<float>(q) * d + m;
      });
      return;
    case q5_0:
      from_q5(b, false, out);
      return;
    case q5_1:
      from_q5(b, true, out);
      return;
    case q8_0:
      for (int j = 0; j < 32; ++j)
        out[j] = static_cast<float>(static_cast<int8_t>(b[2 + j])) * half_at(b);
      return;
    case q4_k:
      from_k(b, nullptr, b + 16, out);
      return;
    case q5_k:
      from_k(b, b + 16, b + 48, out);
      return;
    case q6_k:
      from_q6_k(b, out);
      return;
    case tq1_0:
      from_tq1(b, out);
      return;
    case tq2_0:
      from_tq2(b, out);
      return;
    case iq4_nl:
      nibbles(b + 2, out, [d = half_at(b)](int q, int) {
        return d * static_cast<float>(kNonLinear[static_cast<size_t>(q)]);
      });
      return;
  }
}

float largest(const float* x, int n) {
  float most = 0;
  for (int j = 0; j < n; ++j) most = std::max(most, std::abs(x[j]));
  return most;
}

void to_q8(const float* x, uint8_t* out) {
  const float d = largest(x, 32) / 127, inverse = d == 0 ? 0 : 1 / d;
  put_half(out, d);
  for (int j = 0; j < 32; ++j)
    out[2 + j] = static_cast<uint8_t>(static_cast<int8_t>(std::round(x[j] * inverse)));
}

void put_nibbles(const float* x, uint8_t* out, float inverse, float least, float shift) {
  const auto q = [&](float v) {
    return static_cast<uint8_t>(std::min(15, static_cast<int>((v - least) * inverse + shift)));
  };
  for (int j = 0; j < 16; ++j) out[j] = static_cast<uint8_t>(q(x[j]) | q(x[j + 16]) << 4);
}

void to_q4_0(const float* x, uint8_t* out) {
  float most = 0;  // with its sign: it becomes -8
  for (int j = 0; j < 32; ++j)
    if (std::abs(x[j]) > std::abs(most)) most = x[j];
  const float d = most / -8;
  put_half(out, d);
  put_nibbles(x, out + 2, d == 0 ? 0 : 1 / d, 0, 8.5f);
}

void to_q4_1(const float* x, uint8_t* out) {
  const auto [least, most] = std::minmax_element(x, x + 32);
  const float d = (*most - *least) / 15;
  put_half(out, d), put_half(out + 2, *least);
  put_nibbles(x, out + 4, d == 0 ? 0 : 1 / d, *least, 0.5f);
}

void to_tq2(const float* x, uint8_t* out) {
  const float d = largest(x, 256), inverse = d == 0 ? 0 : 1 / d;
  put_half(out + 64, d);
  for (int byte = 0; byte < 64; ++byte) {
    out[byte] = 0;
    for (int place = 0; place < 4; ++place) {
      const float v = x[byte / 32 * 128 + place * 32 + byte % 32];
      out[byte] |= static_cast<uint8_t>((std::lround(v * inverse) + 1) << 2 * place);
    }
  }
}

// Blocks of the sizes given, or Error.
int64_t blocks_of(const BlockLayout& layout, size_t numbers, size_t bytes) {
  const auto n = static_cast<int64_t>(numbers), size = static_cast<int64_t>(bytes);
  require(n % layout.numbers == 0 && size == n / layout.numbers * layout.bytes,
          "{}: {} numbers in {} bytes, expected blocks of {} in {}", layout.name, n, size,
          layout.numbers, layout.bytes);
  return n / layout.numbers;
}

}  // namespace

std::span<const BlockLayout> block_layouts() { return kLayouts; }

const BlockLayout& layout_of(BlockFormat format) {
  return *std::ranges::find(kLayouts, format, &BlockLayout::format);
}

std::optional<BlockFormat> format_of_gguf(uint32_t type) {
  const auto* found = std::ranges::find(kLayouts, type, &BlockLayout::gguf_type);
  return found == kLayouts.end() ? std::nullopt : std::optional(found->format);
}

void dequantize(BlockFormat format, std::span<const uint8_t> bytes, std::span<float> out) {
  const BlockLayout& layout = layout_of(format);
  const int64_t blocks = blocks_of(layout, out.size(), bytes.size());
  for (int64_t i = 0; i < blocks; ++i)
    from_block(format, bytes.data() + i * layout.bytes, out.data() + i * layout.numbers);
}

void quantize(BlockFormat format, std::span<const float> values, std::span<uint8_t> out) {
  const BlockLayout& layout = layout_of(format);
  const int64_t blocks = blocks_of(layout, values.size(), out.size());
  for (const float value : values)
    require(std::isfinite(value), "{}: a value is not finite", layout.name);
  for (int64_t i = 0; i < blocks; ++i) {
    const float* x = values.data() + i * layout.numbers;
    uint8_t* to = out.data() + i * layout.bytes;
    const c10::BFloat16 brain(*x);
    switch (format) {
      case f32:
        std::memcpy(to, x, 4);
        break;
      case f16:
        put_half(to, *x);
        break;
      case bf16:
        std::memcpy(to, &brain, 2);
        break;
      case q8_0:
        to_q8(x, to);
        break;
      case q4_0:
        to_q4_0(x, to);
        break;
      case q4_1:
        to_q4_1(x, to);
        break;
      case tq2_0:
        to_tq2(x, to);
        break;
      default:
        fail("{} is read, not written: expected F32 F16 BF16 Q8_0 Q4_0 Q4_1 TQ2_0", layout.name);
    }
  }
}

}  // namespace offprint
