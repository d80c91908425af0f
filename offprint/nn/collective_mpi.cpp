// The processes of an MPI launcher as a Collective; without MPI in the build, one process.
#include "offprint/nn/collective.h"

#ifdef OFFPRINT_HAS_MPI
#define OMPI_SKIP_MPICXX 1
#include <mpi.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <limits>

#include "offprint/core/error.h"

namespace offprint::nn {
namespace {

constexpr int64_t kBucketBytes = int64_t{8} << 20;  // large enough to hide the latency of a call

MPI_Datatype mpi_type(at::ScalarType type) {
  if (type == at::kFloat) return MPI_FLOAT;
  if (type == at::kDouble) return MPI_DOUBLE;
  fail("sum over processes: type {}, expected float32 or float64", c10::toString(type));
}

class MpiProcesses final : public Collective {
 public:
  MpiProcesses() {
    MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
    MPI_Comm_size(MPI_COMM_WORLD, &size_);
    share_threads();
  }
  int rank() const override { return rank_; }
  int size() const override { return size_; }

  void sum(std::vector<Tensor>& tensors) override {
    const at::NoGradGuard no_grad;
    for (size_t begin = 0, end = 0; begin < tensors.size(); begin = end) {
      int64_t bytes = 0;
      for (end = begin; end < tensors.size() && fits(tensors[begin], tensors[end], bytes); ++end)
        bytes += static_cast<int64_t>(tensors[end].nbytes());
      sum_bucket(&tensors[begin], end - begin);
    }
  }

  void broadcast(std::vector<Tensor>& tensors) override {
    const at::NoGradGuard no_grad;
    for (Tensor& t : tensors) {
      Tensor host = t.to(at::kCPU).contiguous();
      auto* data = static_cast<char*>(host.mutable_data_ptr());
      const auto bytes = static_cast<int64_t>(host.nbytes());
      constexpr int64_t kMost = std::numeric_limits<int>::max();  // MPI counts in int
      for (int64_t at = 0; at < bytes; at += kMost)
        MPI_Bcast(data + at, static_cast<int>(std::min(kMost, bytes - at)), MPI_BYTE, 0,
                  MPI_COMM_WORLD);
      if (rank_ != 0) t.copy_(host);
    }
  }

  bool any(bool flag) override {
    int here = flag, anywhere = 0;
    MPI_Allreduce(&here, &anywhere, 1, MPI_INT, MPI_LOR, MPI_COMM_WORLD);
    return anywhere != 0;
  }

 private:
  static bool fits(const Tensor& first, const Tensor& t, int64_t bytes) {
    return t.scalar_type() == first.scalar_type() &&
           (bytes == 0 || bytes + static_cast<int64_t>(t.nbytes()) <= kBucketBytes);
  }

  static void sum_bucket(Tensor* tensors, size_t count) {
    std::vector<Tensor> flat;
    for (size_t i = 0; i < count; ++i) flat.push_back(tensors[i].to(at::kCPU).reshape(-1));
    const Tensor bucket = at::cat(flat);
    require(bucket.numel() <= std::numeric_limits<int>::max(),
            "sum over processes: a tensor of {} entries is too large", bucket.numel());
    MPI_Allreduce(MPI_IN_PLACE, bucket.mutable_data_ptr(), static_cast<int>(bucket.numel()),
                  mpi_type(bucket.scalar_type()), MPI_SUM, MPI_COMM_WORLD);
    int64_t at = 0;
    for (size_t i = 0; i < count; ++i) {
      const int64_t n = tensors[i].numel();
      tensors[i].copy_(bucket.narrow(0, at, n).view(tensors[i].sizes()));
      at += n;
    }
  }

  // Ranks of one machine share its cores, unless the launcher or the user has dealt them out.
  static void share_threads() {
    if (std::getenv("OMP_NUM_THREADS") != nullptr) return;
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return;
    const int mine = CPU_COUNT(&allowed);
    const auto all = static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN));
    MPI_Comm machine;
    MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &machine);
    int neighbours = 1;
    MPI_Comm_size(machine, &neighbours);
    MPI_Comm_free(&machine);
    at::set_num_threads(mine < all ? mine : std::max(1, all / neighbours));
  }

  int rank_ = 0, size_ = 1;
};

// A process that ends with an error must not wait in MPI_Finalize for others that wait for it.
void leave(int status, void*) {
  if (status != 0) MPI_Abort(MPI_COMM_WORLD, status);
  MPI_Finalize();
}

bool launched() {
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK"})
    if (std::getenv(name) != nullptr) return true;
  return false;
}

Collective& start() {
  if (!launched()) return single_process();
  int level = 0;
  require(MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &level) == MPI_SUCCESS,
          "MPI did not start");
  on_exit(leave, nullptr);
  static MpiProcesses processes;
  return processes;
}

}  // namespace

Collective& launched_processes() {
  static Collective& processes = start();
  return processes;
}

}  // namespace offprint::nn

#else

namespace offprint::nn {
Collective& launched_processes() { return single_process(); }
}  // namespace offprint::nn

#endif
