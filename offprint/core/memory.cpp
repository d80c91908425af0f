#include "offprint/core/memory.h"

#include <limits>

#if defined(__GLIBC__)
#include <malloc.h>

#include <mutex>
#endif

namespace offprint {

void keep_freed_memory() {
#if defined(__GLIBC__)
  static std::once_flag once;
  std::call_once(once, [] {
    mallopt(M_MMAP_THRESHOLD, 1 << 30);
    mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
    mallopt(M_TOP_PAD, 64 << 20);  // the heap grows in few large steps
  });
#endif
}

double memory_in_use_mib() {
#if defined(__GLIBC__)
  const struct mallinfo2 info = mallinfo2();
  return static_cast<double>(info.uordblks + info.hblkhd) / (1 << 20);
#else
  return std::numeric_limits<double>::quiet_NaN();
#endif
}

}  // namespace offprint
