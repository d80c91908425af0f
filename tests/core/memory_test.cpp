#include "offprint/core/memory.h"

#include <doctest/doctest.h>
#include <sys/resource.h>

#include "offprint/core/tensor.h"

using namespace offprint;

namespace {
int64_t page_faults() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_minflt;
}
}  // namespace

// The address sanitizer brings its own heap, which mallopt does not reach.
#ifndef __SANITIZE_ADDRESS__
TEST_CASE(
    "keep_freed_memory: large tensors made again and again do not fault their pages in anew") {
  keep_freed_memory();
  at::ones({1 << 23});  // 32 MiB, 8192 pages
  const int64_t before = page_faults();
  for (int i = 0; i < 10; ++i) at::ones({1 << 23});
  // Without it 81920; with it the heap may still grow once.
  CHECK(page_faults() - before < 2 * 8192);
}

TEST_CASE("memory in use: rises by what a tensor holds, and falls when it is let go") {
  const double before = memory_in_use_mib();
  {
    const at::Tensor held = at::ones({1 << 21});  // 8 MiB
    CHECK(memory_in_use_mib() - before == doctest::Approx(8).epsilon(0.05));
  }
  CHECK(memory_in_use_mib() - before < 0.5);
}
#endif

TEST_CASE("large pages: asked for within a block, which holds what is written as ever") {
  const at::Tensor block = at::empty({3 << 20});  // 12 MiB
  expect_large_pages(block.data_ptr(), block.nbytes());
  block.fill_(2);
  CHECK(block.sum().item<double>() == doctest::Approx(2.0 * (3 << 20)));
  const at::Tensor small = at::ones({10});
  expect_large_pages(small.data_ptr(), small.nbytes());  // no whole page within: nothing to ask
  CHECK(small.sum().item<double>() == 10);
}
