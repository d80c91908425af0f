#include "offprint/feed/inner_product.h"

#include "offprint/core/vector_clones.h"

namespace offprint::feed {

// The loop as the compiler turns it into multiply-add of 16-bit pairs.
OFFPRINT_VECTOR_CLONES __attribute__((optimize("O3"))) int32_t inner_product(const int8_t* a,
                                                                             const int8_t* b,
                                                                             size_t size) {
  int32_t sum = 0;
  for (size_t i = 0; i < size; ++i) sum += int16_t{a[i]} * int16_t{b[i]};
  return sum;
}

}  // namespace offprint::feed
