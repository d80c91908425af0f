// Inner products of packed vectors, for the processor at hand.
#pragma once
#include <cstddef>
#include <cstdint>

namespace offprint::feed {

int32_t inner_product(const int8_t* a, const int8_t* b, size_t size);

}  // namespace offprint::feed
