#include "offprint/core/memory.h"

#if defined(__GLIBC__)
#include <malloc.h>

#include <limits>
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

}  // namespace offprint
