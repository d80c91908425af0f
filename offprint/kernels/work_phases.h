// Threads of libtorch's pool that walk through phases of work together without leaving the parallel
// region: hundreds of phases of microseconds, where a region each would cost more than the work.
// Every thread runs the same function and calls each() with the same counts; tasks of a phase go to
// whoever asks first, and nobody goes on before all are done. Nothing waits for a thread that has
// not come: one alone finishes.
#pragma once
#include <atomic>
#include <cassert>
#include <cstdint>
#include <thread>
#include <vector>

#include "offprint/core/tensor.h"

#if defined(__x86_64__)
#include <emmintrin.h>
#endif

namespace offprint::kernels {

class WorkPhases {
  struct alignas(64) Phase {  // a cache line each
    std::atomic<int64_t> next = 0, done = 0;
  };

 public:
  // At most `most` calls of each() a thread.
  explicit WorkPhases(int64_t most) : phases_(static_cast<size_t>(most)) {}

  class Walker {
   public:
    explicit Walker(std::vector<Phase>& phases) : phases_(phases) {}
    // body(i), i = 0 .. tasks-1, over all threads; what they wrote is seen afterwards.
    template <class Body>
    void each(int64_t tasks, const Body& body) {
      assert(at_ < phases_.size());
      Phase& phase = phases_[at_++];
      for (int64_t i; (i = phase.next.fetch_add(1, std::memory_order_relaxed)) < tasks;) {
        body(i);
        phase.done.fetch_add(1, std::memory_order_release);
      }
      for (int spins = 0; phase.done.load(std::memory_order_acquire) < tasks; ++spins)
        spins < kPatience ? pause() : std::this_thread::yield();
    }

   private:
    static constexpr int kPatience = 2000;
    static void pause() {
#if defined(__x86_64__)
      _mm_pause();
#endif
    }
    std::vector<Phase>& phases_;
    size_t at_ = 0;
  };

  // walk(walker) on as many threads as libtorch's pool has. It must not throw.
  template <class Walk>
  void run(const Walk& walk) {
    const int64_t threads = at::in_parallel_region() ? 1 : at::get_num_threads();
    at::parallel_for(0, threads, 1, [&](int64_t, int64_t) {
      Walker walker(phases_);
      walk(walker);
    });
  }

 private:
  std::vector<Phase> phases_;
};

}  // namespace offprint::kernels
