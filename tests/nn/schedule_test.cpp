#include "offprint/nn/schedule.h"

#include <doctest/doctest.h>

#include "offprint/core/error.h"

using namespace offprint;
using nn::schedule_factor;

namespace {
nn::ScheduleOptions kind(const char* name, double warmup = 0.1, double final = 0.0) {
  return {.kind = name, .warmup = warmup, .final = final, .decay = 0.2};
}
constexpr const char* kKinds[] = {"constant", "cosine", "wsd-exponential", "wsd-linear",
                                  "inverse-sqrt"};
}  // namespace

TEST_CASE("schedule: every kind rises linearly and reaches the peak at the last warmup step") {
  for (const char* name : kKinds) {
    CAPTURE(name);
    CHECK(schedule_factor(kind(name), 0, 100) == doctest::Approx(0.1));
    CHECK(schedule_factor(kind(name), 4, 100) == doctest::Approx(0.5));
    CHECK(schedule_factor(kind(name), 9, 100) == doctest::Approx(1.0));
  }
}

TEST_CASE("schedule: without warmup the first step has the whole rate") {
  for (const char* name : kKinds) {
    CAPTURE(name);
    CHECK(schedule_factor(kind(name, 0.0), 0, 100) == doctest::Approx(1.0));
  }
}

TEST_CASE("schedule: cosine is halfway down in the middle and ends at its final factor") {
  CHECK(schedule_factor(kind("cosine", 0.0, 0.1), 50, 100) == doctest::Approx(0.55));
  CHECK(schedule_factor(kind("cosine", 0.0, 0.1), 100, 100) == doctest::Approx(0.1));
}

TEST_CASE("schedule: wsd holds the peak until its tail, then decays to the final factor") {
  CHECK(schedule_factor(kind("wsd-linear", 0.1, 0.2), 79, 100) == 1.0);
  CHECK(schedule_factor(kind("wsd-linear", 0.1, 0.2), 80, 100) == doctest::Approx(1.0));
  CHECK(schedule_factor(kind("wsd-linear", 0.1, 0.2), 90, 100) == doctest::Approx(0.6));
  CHECK(schedule_factor(kind("wsd-linear", 0.1, 0.2), 100, 100) == doctest::Approx(0.2));
  CHECK(schedule_factor(kind("wsd-exponential", 0.1, 0.25), 90, 100) == doctest::Approx(0.5));
  CHECK(schedule_factor(kind("wsd-exponential", 0.1, 0.0), 100, 100) == doctest::Approx(0.1));
}

TEST_CASE("schedule: inverse square root is continuous after warmup and halves at four times it") {
  CHECK(schedule_factor(kind("inverse-sqrt"), 39, 100) == doctest::Approx(0.5));
  CHECK(schedule_factor(kind("inverse-sqrt"), 10, 100) > 0.95);
}

TEST_CASE(
    "schedule: corners stay in [0, 1]: warmup of all steps, a tail longer than what is left") {
  for (const char* name : kKinds)
    for (const double warmup : {0.0, 0.5, 0.9, 1.0})
      for (const int64_t total : {int64_t{0}, int64_t{1}, int64_t{2}, int64_t{7}})
        for (int64_t step = 0; step <= total; ++step) {
          CAPTURE(name);
          const double f = schedule_factor(kind(name, warmup), step, total);
          CHECK(f >= 0.0);
          CHECK(f <= 1.0);
        }
}

TEST_CASE("schedule: an unknown kind and a share outside [0, 1] are named") {
  CHECK_THROWS_WITH_AS(
      schedule_factor(kind("cosin"), 50, 100),
      "--schedule: 'cosin', expected constant|cosine|wsd-exponential|wsd-linear|inverse-sqrt",
      Error);
  CHECK_THROWS_WITH_AS(schedule_factor(kind("cosine", 1.5), 0, 100),
                       "schedule: warmup is 1.5, expected a share from 0 to 1", Error);
}
