#include "offprint/kernels/quant_matmul.h"

#include <c10/util/Half.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>

#include "offprint/core/error.h"
#include "offprint/core/vector_clones.h"
#include "offprint/kernels/quant_matmul_cpu.h"

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace offprint::kernels {
namespace {

using detail::number_bytes;
using detail::scales_per_block;

PanelKind kind_of(BlockFormat format) {
  switch (format) {
    case BlockFormat::q4_0:
      return PanelKind::nibbles;
    case BlockFormat::q4_1:
      return PanelKind::nibbles_offset;
    case BlockFormat::q8_0:
      return PanelKind::bytes;
    case BlockFormat::tq2_0:
      return PanelKind::crumbs;
    default:
      return PanelKind::floats;
  }
}

int64_t block_columns(PanelKind kind) { return kActivationBlock * detail::scale_span(kind); }

// One block of the file into lane `lane` of its panel.
void place_block(PanelKind kind, const uint8_t* block, uint8_t* scales, uint8_t* numbers,
                 int64_t lane) {
  const auto run = [&](int64_t s) { return numbers + s * 64 + lane * 4; };
  switch (kind) {
    case PanelKind::nibbles:
    case PanelKind::nibbles_offset: {
      std::memcpy(scales + 2 * lane, block, 2);
      const bool offset = kind == PanelKind::nibbles_offset;
      if (offset) std::memcpy(scales + 32 + 2 * lane, block + 2, 2);
      for (int64_t s = 0; s < 4; ++s) std::memcpy(run(s), block + (offset ? 4 : 2) + 4 * s, 4);
      return;
    }
    case PanelKind::bytes:
      std::memcpy(scales + 2 * lane, block, 2);
      for (int64_t k = 0; k < 32; ++k)
        run(k / 4)[k % 4] = static_cast<uint8_t>(block[2 + k] ^ 0x80);
      return;
    case PanelKind::crumbs:
      std::memcpy(scales + 2 * lane, block + 64, 2);
      for (int64_t part = 0; part < 8; ++part)
        for (int64_t k = 0; k < 32; ++k) {
          const int two = block[part / 4 * 32 + k] >> 2 * (part % 4) & 3;
          uint8_t& to = run(part * 2 + k / 4 % 2)[k % 4];
          to = static_cast<uint8_t>(to | two << 2 * (k / 8));
        }
      return;
    case PanelKind::floats:
      return;
  }
}

void pack_floats(QuantMatrix& m, BlockFormat format, std::span<const uint8_t> bytes) {
  const auto columns = static_cast<size_t>(m.columns);
  std::vector<float> row(columns);
  const size_t row_bytes = bytes.size() / static_cast<size_t>(m.rows);
  for (int64_t r = 0; r < m.rows; ++r) {
    dequantize(format, bytes.subspan(static_cast<size_t>(r) * row_bytes, row_bytes), row);
    auto* to = reinterpret_cast<float*>(m.data.get() + r / kPanelRows * m.panel_bytes);
    for (int64_t k = 0; k < m.columns; ++k)
      to[k * kPanelRows + r % kPanelRows] = row[static_cast<size_t>(k)];
  }
}

float half_at(const uint8_t* at) {
  c10::Half half;
  std::memcpy(&half, at, sizeof half);
  return static_cast<float>(half);
}

// The number of lane `lane` at column k of a block, as it was before the shift.
int32_t number_at(PanelKind kind, const uint8_t* numbers, int64_t lane, int64_t k) {
  const auto byte = [&](int64_t run) { return numbers[run * 64 + lane * 4 + k % 4]; };
  switch (kind) {
    case PanelKind::bytes:
      return byte(k / 4) - detail::shift_of(kind);
    case PanelKind::crumbs:
      return (byte(k / 4 % 2) >> 2 * (k / 8) & 3) - detail::shift_of(kind);
    default:
      return (k < 16 ? byte(k / 4) & 15 : byte(k / 4 - 4) >> 4) - detail::shift_of(kind);
  }
}

}  // namespace

// Pages of 2 MiB where the system has them: all weights pass by once a token.
std::shared_ptr<uint8_t> PanelMemory::take(int64_t bytes) {
  constexpr int64_t kPage = 2 << 20, kChunk = 16 * kPage, kLine = 64;
  bytes = (bytes + kLine - 1) / kLine * kLine;
  if (bytes > size_ - used_) {
    size_ = bytes < kChunk / 4 ? kChunk : (bytes + kPage - 1) / kPage * kPage, used_ = 0;
    const auto size = static_cast<size_t>(size_);
    void* memory = std::aligned_alloc(kPage, size);
    require(memory != nullptr, "no memory for {} bytes of weights", size_);
    chunk_ = {static_cast<uint8_t*>(memory), [](uint8_t* p) { std::free(p); }};
#if defined(MADV_HUGEPAGE)
    madvise(memory, size, MADV_HUGEPAGE);
#endif
  }
  uint8_t* at = chunk_.get() + used_;
  used_ += bytes;
  std::memset(at, 0, static_cast<size_t>(bytes));
  return {chunk_, at};
}

QuantMatrix pack_panels(BlockFormat format, std::span<const uint8_t> bytes, int64_t rows,
                        int64_t columns, PanelMemory& memory) {
  const BlockLayout& layout = layout_of(format);
  require(
      rows > 0 && columns > 0 && columns % layout.numbers == 0 &&
          static_cast<int64_t>(bytes.size()) == rows * (columns / layout.numbers) * layout.bytes,
      "pack_panels: ({},{}) {} in {} bytes do not fit together", rows, columns, layout.name,
      bytes.size());
  QuantMatrix m{kind_of(format), rows, columns, 0, 0, nullptr};
  const PanelKind kind = m.kind;
  if (kind == PanelKind::floats) {
    m.panel_bytes = columns * kPanelRows * 4;
    m.data = memory.take(m.bytes());
    pack_floats(m, format, bytes);
    return m;
  }
  const int64_t per_row = columns / layout.numbers, span = detail::scale_span(kind);
  const int64_t scales = 2 * scales_per_block(kind), numbers = number_bytes(kind) * span;
  m.scale_bytes = (per_row * scales + 63) / 64 * 64;
  m.panel_bytes = m.scale_bytes + per_row * numbers;
  m.data = memory.take(m.bytes());
  for (int64_t r = 0; r < rows; ++r) {
    uint8_t* panel = m.data.get() + r / kPanelRows * m.panel_bytes;
    for (int64_t b = 0; b < per_row; ++b)
      place_block(kind, bytes.data() + (r * per_row + b) * layout.bytes, panel + b * scales,
                  panel + m.scale_bytes + b * numbers, r % kPanelRows);
  }
  return m;
}

void unpack_row(const QuantMatrix& w, int64_t row, float* out) {
  const uint8_t* panel = w.panel(row / kPanelRows);
  const int64_t lane = row % kPanelRows;
  if (w.kind == PanelKind::floats) {
    const auto* values = reinterpret_cast<const float*>(panel);
    for (int64_t k = 0; k < w.columns; ++k) out[k] = values[k * kPanelRows + lane];
    return;
  }
  const int64_t span = block_columns(w.kind);
  for (int64_t k = 0; k < w.columns; ++k) {
    const int64_t block = k / kActivationBlock;
    const uint8_t* scale = panel + k / span * 2 * scales_per_block(w.kind) + 2 * lane;
    const uint8_t* numbers = panel + w.scale_bytes + block * number_bytes(w.kind);
    const auto q = static_cast<float>(number_at(w.kind, numbers, lane, k % kActivationBlock));
    out[k] = q * half_at(scale);
    if (w.kind == PanelKind::nibbles_offset) out[k] += half_at(scale + 32);
  }
}

Activations::Activations(int64_t n, int64_t width)
    : rows(n),
      columns(width),
      blocks(width / kActivationBlock),
      values(static_cast<size_t>(n * width)),
      rounded(static_cast<size_t>(n * blocks * 2 * kActivationBlock)),
      scales(static_cast<size_t>(n * blocks)),
      offsets(scales.size()),
      sums(scales.size()) {}

namespace {

// A quotient, not a product with the inverse: compilers fuse products with the sum that follows,
// and not for all instruction sets.
OFFPRINT_VECTOR_CLONES void round_blocks(const float* x, int64_t blocks, int8_t* q, float* scales,
                                         float* offsets, int32_t* sums) {
  constexpr float kNearest = 12582912.0f;  // 1.5 * 2^23: a sum with it rounds to the nearest
  constexpr float kLeast = 1e-30f;         // below, a block is zero
  constexpr float kSteps = 127 * 128;
  for (int64_t b = 0; b < blocks; ++b, x += 32, q += 64) {
    int32_t most_bits = 0;  // floats without sign are ordered as their bits are
    for (int k = 0; k < 32; ++k) {
      int32_t bits;
      std::memcpy(&bits, x + k, sizeof bits);
      bits &= 0x7fffffff;
      most_bits = bits > most_bits ? bits : most_bits;
    }
    float most;
    std::memcpy(&most, &most_bits, sizeof most);
    const bool zero = most < kLeast;
    const float scale = zero ? 0 : most / kSteps, divisor = zero ? 1 : scale;
    int32_t sum = 0;
    for (int k = 0; k < 32; ++k) {
      const float shifted = x[k] / divisor + kNearest;
      int32_t bits;
      std::memcpy(&bits, &shifted, sizeof bits);
      const int32_t n = static_cast<int16_t>(bits), high = (n + 64) >> 7;
      q[k] = static_cast<int8_t>(high);
      q[k + 32] = static_cast<int8_t>(n - 128 * high);
      sum += n;
    }
    scales[b] = scale;
    sums[b] = sum;
    offsets[b] = scale * static_cast<float>(sum);
  }
}

}  // namespace

void round_row(Activations& x, int64_t row) {
  const auto at = static_cast<size_t>(row * x.blocks);
  round_blocks(x.row(row), x.blocks, x.rounded.data() + at * 64, x.scales.data() + at,
               x.offsets.data() + at, x.sums.data() + at);
}

std::span<const VectorPath> vector_paths() {
  static const std::vector<VectorPath> paths = [] {
    std::vector<VectorPath> have = {VectorPath::scalar};
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
      have.push_back(VectorPath::avx2);
    if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512vnni"))
      have.push_back(VectorPath::avx512);
#endif
    return have;
  }();
  return paths;
}

void panel_product(const QuantMatrix& w, int64_t panel, const Activations& x, int64_t first,
                   int64_t last, float* out, int64_t stride) {
  static const VectorPath best = vector_paths().back();
  panel_product(w, panel, x, first, last, out, stride, best);
}

void panel_product(const QuantMatrix& w, int64_t panel, const Activations& x, int64_t first,
                   int64_t last, float* out, int64_t stride, VectorPath path) {
  out += first * stride;
  const uint8_t* data = w.panel(panel);
  if (w.kind == PanelKind::floats)
    return detail::float_panel_product(reinterpret_cast<const float*>(data),
                                       x.values.data() + first * x.columns, w.columns, last - first,
                                       out, stride);
  const auto at = static_cast<size_t>(first * x.blocks);
  const detail::PanelWork work{w.kind,
                               data,
                               data + w.scale_bytes,
                               x.blocks,
                               x.rounded.data() + at * 64,
                               x.scales.data() + at,
                               x.offsets.data() + at,
                               x.sums.data() + at,
                               last - first,
                               out,
                               stride};
#if defined(__x86_64__)
  if (path == VectorPath::avx512) return detail::panel_product_avx512(work);
  if (path == VectorPath::avx2) return detail::panel_product_avx2(work);
#endif
  detail::panel_product_scalar(work);
}

namespace detail {

void panel_product_scalar(const PanelWork& p) {
  const int64_t span = scale_span(p.kind);
  for (int64_t t = 0; t < p.count; ++t)
    for (int64_t lane = 0; lane < kPanelRows; ++lane) {
      float sum = 0, part = 0;  // part: what a ternary scale serves
      for (int64_t b = 0; b < p.blocks; ++b) {
        const uint8_t* scale = p.scales + b / span * 2 * scales_per_block(p.kind) + 2 * lane;
        const uint8_t* numbers = p.numbers + b * number_bytes(p.kind);
        const int8_t* x = p.x + (t * p.blocks + b) * 64;
        int32_t dot = 0;
        for (int64_t k = 0; k < 32; ++k)
          dot += number_at(p.kind, numbers, lane, k) * (128 * x[k] + x[k + 32]);
        const float x_scale = p.x_scales[t * p.blocks + b];
        if (span > 1) {
          part = std::fma(static_cast<float>(dot), x_scale, b % span == 0 ? 0 : part);
          if (b % span == span - 1) sum = std::fma(part, half_at(scale), sum);
          continue;
        }
        sum = std::fma(static_cast<float>(dot) * x_scale, half_at(scale), sum);
        if (p.kind == PanelKind::nibbles_offset)
          sum = std::fma(half_at(scale + 32), p.x_offsets[t * p.blocks + b], sum);
      }
      p.out[t * p.stride + lane] = sum;
    }
}

namespace {

typedef float Lane16 __attribute__((vector_size(64)));

// Two sums, of even and of odd columns: one alone waits for its own last addition.
template <int kRows>
[[gnu::always_inline]] inline void float_rows(const float* w, const float* x, int64_t columns,
                                              float* out, int64_t stride) {
  Lane16 even[kRows] = {}, odd[kRows] = {};
  int64_t k = 0;
  for (; k + 2 <= columns; k += 2) {
    Lane16 a, b;
    std::memcpy(&a, w + k * 16, sizeof a), std::memcpy(&b, w + k * 16 + 16, sizeof b);
    for (int t = 0; t < kRows; ++t) {
      even[t] += a * x[t * columns + k];
      odd[t] += b * x[t * columns + k + 1];
    }
  }
  for (; k < columns; ++k) {
    Lane16 a;
    std::memcpy(&a, w + k * 16, sizeof a);
    for (int t = 0; t < kRows; ++t) even[t] += a * x[t * columns + k];
  }
  for (int t = 0; t < kRows; ++t) {
    const Lane16 sum = even[t] + odd[t];
    std::memcpy(out + t * stride, &sum, sizeof sum);
  }
}

}  // namespace

OFFPRINT_VECTOR_CLONES void float_panel_product(const float* panel, const float* x, int64_t columns,
                                                int64_t count, float* out, int64_t stride) {
  int64_t t = 0;
  for (; t + 4 <= count; t += 4)
    float_rows<4>(panel, x + t * columns, columns, out + t * stride, stride);
  for (; t < count; ++t) float_rows<1>(panel, x + t * columns, columns, out + t * stride, stride);
}

}  // namespace detail
}  // namespace offprint::kernels
