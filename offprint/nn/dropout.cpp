#include "offprint/nn/dropout.h"

#include <algorithm>

#include "offprint/core/autograd.h"
#include "offprint/core/error.h"
#include "offprint/core/vector_clones.h"

namespace offprint::nn {
namespace {

// Counter-based, so that backward keeps a key instead of a mask. Entries come in blocks; each block
// has a 64-bit key by the SplitMix64 finaliser (Steele, Lea & Flood 2014), each entry 32 bits by
// two multiply-xorshift rounds of its index (constants of C. Wellons' hash prospector), all of it
// plain 32-bit vector code.
constexpr int64_t kBlock = 1 << 14;

inline uint64_t block_key(uint64_t key, uint64_t block) {
  uint64_t z = key + (block + 1) * 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

inline uint32_t entry_bits(uint32_t index, uint32_t key, uint32_t second_key) {
  uint32_t h = index * 0x9E3779B1u + key;
  h = (h ^ (h >> 16)) * 0x21F0AAADu;
  h = ((h ^ (h >> 15)) + second_key) * 0x735A2D97u;
  return h ^ (h >> 15);
}

// At most one block; out may not be in.
#define OFFPRINT_MASKED(name, T)                                                                \
  OFFPRINT_VECTOR_CLONES [[gnu::optimize("O3")]] void name(                                     \
      const T* __restrict in, T* __restrict out, uint32_t n, uint64_t key, uint32_t drop_below, \
      T scale) {                                                                                \
    const auto low = static_cast<uint32_t>(key), high = static_cast<uint32_t>(key >> 32);       \
    for (uint32_t i = 0; i < n; ++i)                                                            \
      out[i] = entry_bits(i, low, high) < drop_below ? T(0) : in[i] * scale;                    \
  }
OFFPRINT_MASKED(masked_block, float)
OFFPRINT_MASKED(masked_block, double)
#undef OFFPRINT_MASKED

template <class T>
void masked(const Tensor& in, Tensor& out, uint64_t key, uint32_t drop_below, double scale) {
  const T* from = in.const_data_ptr<T>();
  T* to = out.mutable_data_ptr<T>();
  const int64_t n = in.numel();
  at::parallel_for(0, (n + kBlock - 1) / kBlock, 1, [=](int64_t begin, int64_t end) {
    for (int64_t b = begin; b < end; ++b)
      masked_block(from + b * kBlock, to + b * kBlock,
                   static_cast<uint32_t>(std::min(kBlock, n - b * kBlock)),
                   block_key(key, static_cast<uint64_t>(b)), drop_below, static_cast<T>(scale));
  });
}

Tensor apply_mask(const Tensor& x, uint64_t key, double p) {
  const auto drop_below = static_cast<uint32_t>(p * 0x1p32);
  const double scale = 1.0 / (1.0 - p);
  if (!x.is_cpu())
    return x * apply_mask(at::ones(x.sizes(), x.scalar_type()), key, p).to(x.device());
  const Tensor in = x.contiguous();
  Tensor out = at::empty_like(in);
  if (in.scalar_type() == at::kFloat)
    masked<float>(in, out, key, drop_below, scale);
  else if (in.scalar_type() == at::kDouble)
    masked<double>(in, out, key, drop_below, scale);
  else
    return (x.to(at::kDouble) * apply_mask(at::ones(x.sizes(), at::kDouble), key, p))
        .to(x.scalar_type());
  return out;
}

}  // namespace

Tensor dropout(const Tensor& x, double p, Rng* rng) {
  require(p >= 0.0 && p < 1.0, "dropout: p is {}, expected 0 <= p < 1", p);
  if (rng == nullptr || p == 0.0) return x;
  const uint64_t key = rng->bits();
  return apply({"dropout",
                [=](const Tensors& in) -> CustomGradient::Result {
                  return {{apply_mask(in[0], key, p)}, {}};
                },
                [=](const Tensors&, const Tensors& grad) -> Tensors {
                  return {apply_mask(grad[0], key, p)};
                }},
               {x})[0];
}

}  // namespace offprint::nn
