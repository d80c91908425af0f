// How vandermonde.h splits the lags into blocks.
#pragma once
#include <cstdint>

namespace offprint::kernels::detail {

struct Grid {
  int64_t steps, blocks;  // T, B: lag l = b T + t
};

// T is the smallest power of two >= sqrt(L): both tables are about equally long.
inline Grid grid_for(int64_t L) {
  int64_t steps = 1;
  while (steps * steps < L) steps *= 2;
  return {steps, (L + steps - 1) / steps};
}

}  // namespace offprint::kernels::detail
