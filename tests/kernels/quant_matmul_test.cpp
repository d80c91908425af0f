#include "offprint/kernels/quant_matmul.h"

#include <doctest/doctest.h>

#include <cmath>

#include "offprint/core/error.h"
#include "offprint/core/rng.h"
#include "offprint/core/tensor.h"

using namespace offprint;
using namespace offprint::kernels;

namespace {

struct Weights {
  BlockFormat format;
  int64_t rows, columns;
  std::vector<uint8_t> bytes;
  std::vector<float> values;  // what the blocks are worth
};

Weights random_weights(BlockFormat format, int64_t rows, int64_t columns, Rng& rng) {
  const BlockLayout& layout = layout_of(format);
  Weights w{format, rows, columns, {}, {}};
  const Tensor drawn = (rng.normal({rows * columns}) * 0.3 + 0.02).to(at::kFloat);
  w.values.assign(drawn.data_ptr<float>(), drawn.data_ptr<float>() + drawn.numel());
  w.bytes.resize(w.values.size() / static_cast<size_t>(layout.numbers) *
                 static_cast<size_t>(layout.bytes));
  quantize(format, w.values, w.bytes);
  dequantize(format, w.bytes, w.values);
  return w;
}

Activations random_activations(int64_t rows, int64_t columns, Rng& rng) {
  Activations x(rows, columns);
  const Tensor drawn = rng.normal({rows * columns}).to(at::kFloat);
  std::copy_n(drawn.data_ptr<float>(), drawn.numel(), x.values.begin());
  for (int64_t t = 0; t < rows; ++t) round_row(x, t);
  return x;
}

std::vector<float> product(const QuantMatrix& w, const Activations& x, VectorPath path) {
  const int64_t stride = w.panels() * kPanelRows;
  std::vector<float> out(static_cast<size_t>(x.rows * stride));
  for (int64_t p = 0; p < w.panels(); ++p)
    panel_product(w, p, x, 0, x.rows, out.data() + p * kPanelRows, stride, path);
  return out;
}

int32_t number(const Activations& x, int64_t t, int64_t k) {
  const int8_t* block = x.rounded.data() + (t * x.blocks + k / 32) * 64 + k % 32;
  return 128 * block[0] + block[32];
}

constexpr BlockFormat kFormats[] = {BlockFormat::q4_0,  BlockFormat::q4_1, BlockFormat::q8_0,
                                    BlockFormat::tq2_0, BlockFormat::f32,  BlockFormat::f16};

}  // namespace

TEST_CASE("quant_matmul: products are those of what the blocks and the rounded rows are worth") {
  Rng rng(11);
  for (const BlockFormat format : kFormats)
    for (const int64_t rows : {1, 16, 35})
      for (const int64_t columns : {256, 768}) {
        CAPTURE(layout_of(format).name);
        CAPTURE(rows);
        CAPTURE(columns);
        const Weights w = random_weights(format, rows, columns, rng);
        const QuantMatrix m = pack_panels(format, w.bytes, rows, columns);
        const Activations x = random_activations(13, columns, rng);
        const std::vector<float> y = product(m, x, vector_paths().back());
        double off = 0, size = 0;
        for (int64_t t = 0; t < 13; ++t)
          for (int64_t r = 0; r < rows; ++r) {
            double sum = 0;
            for (int64_t k = 0; k < columns; ++k) {
              const auto at = static_cast<size_t>(t * columns + k);
              const double value =
                  m.kind == PanelKind::floats
                      ? double{x.values[at]}
                      : double{x.scales[static_cast<size_t>(t * x.blocks + k / 32)]} *
                            number(x, t, k);
              sum += value * double{w.values[static_cast<size_t>(r * columns + k)]};
            }
            const double ours = y[static_cast<size_t>(t * m.panels() * kPanelRows + r)];
            off = std::max(off, std::abs(ours - sum)), size = std::max(size, std::abs(sum));
          }
        CHECK(off < 3e-6 * size);
      }
}

TEST_CASE(
    "quant_matmul: every instruction set gives the bits of the scalar code, and every batch") {
  Rng rng(12);
  for (const BlockFormat format : kFormats) {
    CAPTURE(layout_of(format).name);
    const Weights w = random_weights(format, 48, 1536, rng);
    const QuantMatrix m = pack_panels(format, w.bytes, 48, 1536);
    const Activations x = random_activations(15, 1536, rng);
    const std::vector<float> expected = product(m, x, VectorPath::scalar);
    for (const VectorPath path : vector_paths()) CHECK(product(m, x, path) == expected);
    for (const VectorPath path : vector_paths())
      for (int64_t t = 0; t < 15; ++t) {
        std::vector<float> one(expected.size());
        panel_product(m, 1, x, t, t + 1, one.data() + 16, 48, path);
        for (int64_t i = t * 48 + 16; i < t * 48 + 32; ++i)
          REQUIRE(one[static_cast<size_t>(i)] == expected[static_cast<size_t>(i)]);
      }
  }
}

TEST_CASE("quant_matmul: the ends of the number formats neither overflow nor lose their sign") {
  for (const BlockFormat format :
       {BlockFormat::q4_0, BlockFormat::q4_1, BlockFormat::q8_0, BlockFormat::tq2_0})
    for (const int byte : {0x00, 0x80, 0xff, 0x7f}) {
      CAPTURE(layout_of(format).name);
      CAPTURE(byte);
      const BlockLayout& layout = layout_of(format);
      std::vector<uint8_t> bytes(static_cast<size_t>(256 / layout.numbers * layout.bytes),
                                 static_cast<uint8_t>(byte));
      for (int64_t b = 0; b < 256 / layout.numbers; ++b) {  // scale 1, offset 1
        uint8_t* scale = bytes.data() + b * layout.bytes + (format == BlockFormat::tq2_0 ? 64 : 0);
        scale[0] = 0, scale[1] = 0x3c;
        if (format == BlockFormat::q4_1) scale[2] = 0, scale[3] = 0x3c;
      }
      const QuantMatrix m = pack_panels(format, bytes, 1, 256);
      std::vector<float> worth(256), row(256);
      dequantize(format, bytes, worth), unpack_row(m, 0, row.data());
      CHECK(row == worth);
      for (const float sign : {1.0f, -1.0f}) {
        Activations x(1, 256);
        float sum = 0;
        for (size_t k = 0; k < 256; ++k) x.values[k] = sign * 127, sum += worth[k] * x.values[k];
        round_row(x, 0);
        for (const VectorPath path : vector_paths()) CHECK(product(m, x, path)[0] == sum);
      }
    }
}

TEST_CASE("quant_matmul: rows unpack to what their blocks are worth; zero rows stay zero") {
  Rng rng(13);
  for (const BlockFormat format : kFormats) {
    CAPTURE(layout_of(format).name);
    const Weights w = random_weights(format, 19, 512, rng);
    const QuantMatrix m = pack_panels(format, w.bytes, 19, 512);
    std::vector<float> row(512);
    for (int64_t r = 0; r < 19; ++r) {
      unpack_row(m, r, row.data());
      CHECK(std::equal(row.begin(), row.end(), w.values.begin() + r * 512));
    }
    Activations zero(1, 512);
    round_row(zero, 0);
    for (const float value : product(m, zero, vector_paths().back())) CHECK(value == 0);
    if (m.kind != PanelKind::floats)
      CHECK(m.bytes() == 32 * static_cast<int64_t>(w.bytes.size()) / 19);
  }
}

TEST_CASE("quant_matmul: rounding is to the nearest of 16 256 steps") {
  Activations x(1, 64);
  for (size_t k = 0; k < 32; ++k) x.values[k] = static_cast<float>(k) - 20.25f;
  round_row(x, 0);
  CHECK(x.scales[0] == 20.25f / 16256);
  int32_t sum = 0;
  for (int64_t k = 0; k < 32; ++k) {
    CHECK(number(x, 0, k) == std::lround(x.values[static_cast<size_t>(k)] / x.scales[0]));
    sum += number(x, 0, k);
  }
  CHECK(x.sums[0] == sum);
  CHECK(x.scales[1] == 0);
  CHECK(number(x, 0, 40) == 0);
}

TEST_CASE("quant_matmul: sizes that do not fit are one line") {
  const std::vector<uint8_t> bytes(36);
  CHECK_THROWS_WITH_AS(pack_panels(BlockFormat::q4_0, bytes, 1, 32),
                       "pack_panels: (1,32) Q4_0 in 36 bytes do not fit together", Error);
}
