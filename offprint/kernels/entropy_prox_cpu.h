// The CPU code of entropy_prox.h: groups of k states, one group a lane.
#pragma once
#include <cstdint>

namespace offprint::kernels::detail {

// x, z, log_z (groups,k) contiguous, lambda (groups); log_z and lambda may be null.
template <class T>
struct ProxCall {
  const T* x;
  T *z, *log_z, *lambda;
  int64_t k;
  T alpha;
};
void prox_groups(const ProxCall<float>& call, int64_t begin, int64_t end);
void prox_groups(const ProxCall<double>& call, int64_t begin, int64_t end);

}  // namespace offprint::kernels::detail
