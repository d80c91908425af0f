#include "offprint/tasks/batch_order.h"

#include <doctest/doctest.h>

#include <set>

#include "offprint/core/error.h"

using namespace offprint;
using namespace offprint::tasks;

TEST_CASE("batches: every example once before any comes again, a rest is left out") {
  BatchOrder order(10, 3, Rng{1});
  for (int pass = 0; pass < 2; ++pass) {
    std::set<int64_t> seen;
    for (int i = 0; i < 3; ++i) {
      const Tensor rows = order.next();
      CHECK(rows.numel() == 3);
      for (int64_t j = 0; j < 3; ++j) seen.insert(rows[j].item<int64_t>());
    }
    CHECK(seen.size() == 9);
  }
  CHECK_THROWS_WITH_AS(BatchOrder(4, 5, Rng{1}), "--batch: 5, expected 1 to 4 examples", Error);
}
