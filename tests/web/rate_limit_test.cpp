#include "offprint/web/rate_limit.h"

#include <doctest/doctest.h>

using offprint::web::RateLimit;

TEST_CASE("rate limit: so many in a window, each name by itself, anew when it ends") {
  RateLimit limit(2, 60);
  CHECK(limit.take("ada", 100));
  CHECK(!limit.exhausted("ada", 100));
  CHECK(limit.take("ada", 159));
  CHECK(limit.exhausted("ada", 159));
  CHECK(!limit.take("ada", 159));
  CHECK(limit.take("bob", 159));
  CHECK(limit.take("ada", 160));
}

TEST_CASE("rate limit: a flood of names takes no memory") {
  RateLimit limit(1, 60);
  for (int i = 0; i < 50000; ++i) limit.take(std::to_string(i), 100);
  CHECK(!limit.take("49999", 100));
  CHECK(limit.take("49999", 160));
}
