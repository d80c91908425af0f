#include "offprint/core/block_format.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "offprint/core/error.h"
#include "offprint/core/rng.h"

using namespace offprint;
using enum BlockFormat;

namespace {

constexpr uint8_t kOne[] = {0x00, 0x3c}, kTwo[] = {0x00, 0x40};  // float16 1 and 2

std::vector<float> worth(BlockFormat format, const std::vector<uint8_t>& bytes) {
  const BlockLayout& layout = layout_of(format);
  std::vector<float> out(bytes.size() / static_cast<size_t>(layout.bytes) *
                         static_cast<size_t>(layout.numbers));
  dequantize(format, bytes, out);
  return out;
}

// A block of zeros with these bytes from `at` on.
struct Patch {
  size_t at;
  std::vector<uint8_t> bytes;
};
std::vector<uint8_t> block(BlockFormat format, const std::vector<Patch>& patches) {
  std::vector<uint8_t> bytes(static_cast<size_t>(layout_of(format).bytes));
  for (const Patch& p : patches)
    std::ranges::copy(p.bytes, bytes.begin() + static_cast<long>(p.at));
  return bytes;
}
std::vector<uint8_t> half(const uint8_t (&bytes)[2]) { return {bytes[0], bytes[1]}; }

std::vector<float> normal(int64_t n, uint64_t seed) {
  Rng rng(seed);
  const Tensor t = rng.normal({n});
  return {t.const_data_ptr<float>(), t.const_data_ptr<float>() + n};
}

}  // namespace

TEST_CASE("block formats: 32 numbers with a scale, by hand") {
  // Byte 0 holds number 0 (low nibble 3) and number 16 (high nibble 9).
  const auto a = worth(q4_0, block(q4_0, {{0, half(kTwo)}, {2, {0x93}}}));
  CHECK(a[0] == 2 * (3 - 8));
  CHECK(a[16] == 2 * (9 - 8));
  CHECK(a[1] == -16);
  const auto b = worth(q4_1, block(q4_1, {{0, half(kTwo)}, {2, half(kOne)}, {4, {0x93}}}));
  CHECK(b[0] == 7);
  CHECK(b[16] == 19);
  // The fifth bits: of number 0 bit 0, of number 16 bit 16.
  const auto c = worth(q5_0, block(q5_0, {{0, half(kOne)}, {2, {1, 0, 1, 0}}, {6, {0x93}}}));
  CHECK(c[0] == 3 + 16 - 16);
  CHECK(c[16] == 9 + 16 - 16);
  CHECK(c[1] == -16);
  const auto d =
      worth(q5_1, block(q5_1, {{0, half(kTwo)}, {2, half(kOne)}, {4, {1}}, {8, {0x93}}}));
  CHECK(d[0] == 2 * 19 + 1);
  CHECK(d[16] == 2 * 9 + 1);
  const auto e = worth(q8_0, block(q8_0, {{0, half(kTwo)}, {2, {0xff, 0x7f}}}));
  CHECK(e[0] == -2);
  CHECK(e[1] == 254);
  const auto f = worth(iq4_nl, block(iq4_nl, {{0, half(kTwo)}, {2, {0xf0}}}));
  CHECK(f[0] == -254);
  CHECK(f[16] == 226);
}

TEST_CASE("block formats: 256 numbers with scales of their own, by hand") {
  // Scales 5 and offsets 7 of part 0; of part 4 scale 0x2b and offset 0x3c, whose high two bits
  // stand beside those of part 0.
  const std::vector<uint8_t> scales = {0x85, 0, 0, 0, 0xc7, 0, 0, 0, 0xcb, 0, 0, 0};
  const auto a = worth(
      q4_k,
      block(q4_k, {{0, half(kTwo)}, {2, half(kOne)}, {4, scales}, {16, {0x93}}, {80, {0x04}}}));
  CHECK(a[0] == 2 * 5 * 3 - 7);
  CHECK(a[128] == 2 * 0x2b * 4 - 0x3c);
  const auto b = worth(q5_k, block(q5_k, {{0, half(kTwo)},
                                          {2, half(kOne)},
                                          {4, scales},
                                          {16, {0x11}},
                                          {48, {0x93}},
                                          {112, {0x04}}}));
  CHECK(b[0] == 2 * 5 * (3 + 16) - 7);
  CHECK(b[128] == 2 * 0x2b * (4 + 16) - 0x3c);
  // Numbers 0, 32, 64 and 96 share a byte of high bits; scales 0, 2, 4 and 6.
  const auto c = worth(q6_k, block(q6_k, {{0, {0x93}},
                                          {32, {0x24}},
                                          {128, {0b11'10'01'00}},
                                          {192, {1, 0, 2, 0, 3, 0, 0xff}},
                                          {208, half(kTwo)}}));
  CHECK(c[0] == 2 * 1 * (3 + 0 - 32));
  CHECK(c[32] == 2 * 2 * (4 + 16 - 32));
  CHECK(c[64] == 2 * 3 * (9 + 32 - 32));
  CHECK(c[96] == 2 * -1 * (2 + 48 - 32));
}

TEST_CASE("block formats: ternary numbers, by hand") {
  const auto a = worth(tq2_0, block(tq2_0, {{0, {0b10'01'00'10}}, {64, half(kTwo)}}));
  CHECK(a[0] == 2);
  CHECK(a[32] == -2);
  CHECK(a[64] == 0);
  CHECK(a[96] == 2);
  // Digits 2 0 1 2 0 as a fraction of 3^5, rounded up: ceil(((2*81 + 0 + 1*9 + 2*3 + 0) * 256) /
  // 243).
  const uint8_t fraction = (177 * 256 + 242) / 243;
  const auto b = worth(tq1_0, block(tq1_0, {{0, {fraction}}, {52, half(kTwo)}}));
  CHECK(b[0] == 2);
  CHECK(b[32] == -2);
  CHECK(b[64] == 0);
  CHECK(b[96] == 2);
  CHECK(b[128] == -2);
}

TEST_CASE("quantize: what comes back is off by at most half a step of its block") {
  for (const BlockFormat format : {q8_0, q4_0, q4_1}) {
    const std::vector<float> x = normal(32 * 200, 1);
    std::vector<uint8_t> bytes(200 * static_cast<size_t>(layout_of(format).bytes));
    quantize(format, x, bytes);
    const std::vector<float> y = worth(format, bytes);
    for (size_t block = 0; block < 200; ++block) {
      float low = 0, high = 0;
      for (size_t j = 0; j < 32; ++j)
        low = std::min(low, x[block * 32 + j]), high = std::max(high, x[block * 32 + j]);
      const float most = std::max(high, -low);
      const float step = format == q8_0   ? most / 127
                         : format == q4_0 ? most / 8
                                          : (high - low) / 15;
      for (size_t j = 0; j < 32; ++j) {
        const float off = std::abs(x[block * 32 + j] - y[block * 32 + j]);
        // q4_0 has eight steps on one side and seven on the other, where it clips.
        CHECK(off <= (format == q4_0 ? 1.01f : 0.51f) * step + 2e-3f * most);
      }
    }
  }
}

TEST_CASE("quantize: numbers that a format can hold come back as they were") {
  std::vector<float> ternary(512);
  Rng rng(2);
  for (float& v : ternary) v = static_cast<float>(rng.integer(3) - 1) * 0.25f;
  std::vector<uint8_t> bytes(2 * 66);
  quantize(tq2_0, ternary, bytes);
  CHECK(worth(tq2_0, bytes) == ternary);
  const std::vector<float> few = {0, 1, -2.5f, 1e-3f};
  for (const auto& [format, exact] : {std::pair{f32, true}, {f16, false}, {bf16, false}}) {
    std::vector<uint8_t> to(4 * static_cast<size_t>(layout_of(format).bytes));
    quantize(format, few, to);
    const auto back = worth(format, to);
    for (size_t i = 0; i < few.size(); ++i)
      CHECK(std::abs(back[i] - few[i]) <= (exact ? 0 : 0.005f) * std::abs(few[i]));
  }
  std::vector<uint8_t> nothing(18);
  quantize(q4_0, std::vector<float>(32), nothing);
  CHECK(worth(q4_0, nothing) == std::vector<float>(32));
}

TEST_CASE("block formats: sizes that are no whole blocks, and formats not written, are one line") {
  std::vector<float> out(32);
  CHECK_THROWS_WITH_AS(dequantize(q4_0, std::vector<uint8_t>(17), out),
                       "Q4_0: 32 numbers in 17 bytes, expected blocks of 32 in 18", Error);
  CHECK_THROWS_AS(dequantize(q4_k, std::vector<uint8_t>(18), out), Error);
  std::vector<uint8_t> to(144);
  CHECK_THROWS_WITH_AS(quantize(q4_k, std::vector<float>(256), to),
                       "Q4_K is read, not written: expected F32 F16 BF16 Q8_0 Q4_0 Q4_1 TQ2_0",
                       Error);
  std::vector<float> bad(32, NAN);
  std::vector<uint8_t> eight(34);
  CHECK_THROWS_WITH_AS(quantize(q8_0, bad, eight), "Q8_0: a value is not finite", Error);
}
