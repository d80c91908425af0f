#include "offprint/core/rng.h"

#include <array>
#include <bit>
#include <cmath>
#include <numbers>
#include <numeric>

#include "offprint/core/error.h"

namespace offprint {
namespace {

using Block = std::array<uint32_t, 4>;

// Philox 4x32-10, Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3", section 3.3.
inline Block philox(uint64_t key, uint64_t counter, uint32_t lane) {
  uint32_t k0 = static_cast<uint32_t>(key), k1 = static_cast<uint32_t>(key >> 32);
  uint32_t c0 = static_cast<uint32_t>(counter), c1 = static_cast<uint32_t>(counter >> 32);
  uint32_t c2 = lane, c3 = 0;
  for (int round = 0; round < 10; ++round) {
    const uint64_t p0 = uint64_t{0xD2511F53u} * c0, p1 = uint64_t{0xCD9E8D57u} * c2;
    c0 = static_cast<uint32_t>(p1 >> 32) ^ c1 ^ k0;
    c2 = static_cast<uint32_t>(p0 >> 32) ^ c3 ^ k1;
    c1 = static_cast<uint32_t>(p1);
    c3 = static_cast<uint32_t>(p0);
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  return {c0, c1, c2, c3};
}

inline uint64_t join(uint32_t low, uint32_t high) { return uint64_t{high} << 32 | low; }
inline double unit(uint64_t bits) { return static_cast<double>(bits >> 11) * 0x1.0p-53; }

// Two independent normals from two uniforms (Box and Muller 1958); 1 - u keeps the log finite.
inline std::pair<double, double> normal_pair(const Block& b) {
  const double r = std::sqrt(-2.0 * std::log(1.0 - unit(join(b[0], b[1]))));
  const double angle = 2.0 * std::numbers::pi * unit(join(b[2], b[3]));
  return {r * std::cos(angle), r * std::sin(angle)};
}

uint64_t mix(uint64_t x) {  // finaliser of SplitMix64
  x ^= x >> 30;
  x *= 0xBF58476D1CE4E5B9u;
  x ^= x >> 27;
  x *= 0x94D049BB133111EBu;
  return x ^ (x >> 31);
}

constexpr uint32_t kDrawLane = 0, kSplitLane = 1;  // draws and children never share a block
constexpr int64_t kGrain = 1 << 14;

// Calls write(pair index, block) for pairs 0 .. ceil(n/2)-1 on all threads.
template <class Write>
void for_pairs(uint64_t key, uint64_t counter, int64_t n, Write write) {
  at::parallel_for(0, (n + 1) / 2, kGrain, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i)
      write(i, philox(key, counter + static_cast<uint64_t>(i), kDrawLane));
  });
}

}  // namespace

Rng Rng::split(std::string_view purpose) const {
  uint64_t hash = 0xCBF29CE484222325u;  // FNV-1a
  for (const char c : purpose) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
  return split(hash);
}

Rng Rng::split(uint64_t index) const {
  const Block b = philox(key_, mix(index) ^ std::rotl(counter_, 32), kSplitLane);
  return Rng(join(b[0], b[1]));
}

Rng Rng::from(State state) {
  Rng rng(state.key);
  rng.counter_ = state.counter;
  return rng;
}

uint64_t Rng::bits() {
  const Block b = philox(key_, counter_++, kDrawLane);
  return join(b[0], b[1]);
}

double Rng::uniform() { return unit(bits()); }

double Rng::normal() { return normal_pair(philox(key_, counter_++, kDrawLane)).first; }

int64_t Rng::integer(int64_t end) {
  require(end > 0, "Rng::integer: end is {}, expected > 0", end);
  const auto n = static_cast<uint64_t>(end), limit = UINT64_MAX - UINT64_MAX % n;
  uint64_t x = bits();
  while (x >= limit) x = bits();  // without this, low values would be likelier
  return static_cast<int64_t>(x % n);
}

std::vector<int64_t> Rng::permutation(int64_t n) {
  std::vector<int64_t> order(static_cast<size_t>(n));
  std::iota(order.begin(), order.end(), 0);
  for (int64_t i = n - 1; i > 0; --i)
    std::swap(order[static_cast<size_t>(i)], order[static_cast<size_t>(integer(i + 1))]);
  return order;
}

Tensor Rng::uniform(at::IntArrayRef shape, at::ScalarType type) {
  return uniform(shape, 0.0, 1.0, type);
}

Tensor Rng::uniform(at::IntArrayRef shape, double low, double high, at::ScalarType type) {
  Tensor out = at::empty(shape, at::kDouble);
  const int64_t n = out.numel();
  double* data = out.mutable_data_ptr<double>();
  for_pairs(key_, counter_, n, [=](int64_t i, const Block& b) {
    data[2 * i] = low + (high - low) * unit(join(b[0], b[1]));
    if (2 * i + 1 < n) data[2 * i + 1] = low + (high - low) * unit(join(b[2], b[3]));
  });
  counter_ += static_cast<uint64_t>((n + 1) / 2);
  Tensor result = out.to(type);
  // Rounding to a narrower type may reach the open end.
  if (type != at::kDouble && high > low) result = result.where(result < high, low);
  return result;
}

Tensor Rng::normal(at::IntArrayRef shape, at::ScalarType type) {
  Tensor out = at::empty(shape, at::kDouble);
  const int64_t n = out.numel();
  double* data = out.mutable_data_ptr<double>();
  for_pairs(key_, counter_, n, [=](int64_t i, const Block& b) {
    const auto [first, second] = normal_pair(b);
    data[2 * i] = first;
    if (2 * i + 1 < n) data[2 * i + 1] = second;
  });
  counter_ += static_cast<uint64_t>((n + 1) / 2);
  return out.to(type);
}

Tensor Rng::integers(at::IntArrayRef shape, int64_t end) {
  require(end > 0, "Rng::integers: end is {}, expected > 0", end);
  Tensor out = at::empty(shape, at::kLong);
  int64_t* data = out.mutable_data_ptr<int64_t>();
  for (int64_t i = 0; i < out.numel(); ++i) data[i] = integer(end);
  return out;
}

}  // namespace offprint
