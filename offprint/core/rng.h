// Seeded, splittable, counter-based random numbers (Philox 4x32-10, Salmon et al. 2011): the same
// seed and calls give the same numbers whatever the thread count, device or platform.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "offprint/core/tensor.h"

namespace offprint {

class Rng {
 public:
  explicit Rng(uint64_t seed) : key_(seed) {}

  // An independent stream for one purpose ("init", "dropout", "data"); does not advance this one.
  Rng split(std::string_view purpose) const;
  Rng split(uint64_t index) const;

  uint64_t bits();               // 64 uniform bits
  double uniform();              // [0, 1)
  double normal();               // N(0, 1)
  int64_t integer(int64_t end);  // uniform on 0 .. end-1, end > 0
  std::vector<int64_t> permutation(int64_t n);

  // Tensors on the CPU; threads fill them in parallel from the counter.
  Tensor uniform(at::IntArrayRef shape, at::ScalarType type = at::kFloat);  // [0, 1)
  Tensor uniform(at::IntArrayRef shape, double low, double high, at::ScalarType type = at::kFloat);
  Tensor normal(at::IntArrayRef shape, at::ScalarType type = at::kFloat);  // N(0, 1)
  Tensor integers(at::IntArrayRef shape, int64_t end);                     // int64

  // What a checkpoint keeps: (key, counter).
  struct State {
    uint64_t key = 0, counter = 0;
  };
  State state() const { return {key_, counter_}; }
  static Rng from(State state);

 private:
  uint64_t key_ = 0, counter_ = 0;
};

}  // namespace offprint
