#include "benchmarks/interleave.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "offprint/core/error.h"
#include "offprint/core/tensor.h"

using namespace offprint;
using namespace offprint::benchmarks;

namespace {
const double kNoCheck = std::numeric_limits<double>::quiet_NaN();

std::string error_of(const std::string& command, double check = kNoCheck) {
  try {
    Peer peer(command);
    interleave({"case", [check] { return check; }, {}}, peer, 5);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}
}  // namespace

TEST_CASE("interleave: both sides run once to warm up and then in turns, threads are told") {
  int calls = 0;
  Peer peer(
      "n=0; while read line; do n=$((n+1)); case \"$line\" in *'\"threads\":2'*) "
      "echo \"{\\\"seconds\\\": $n, \\\"peak_mib\\\": 7}\";; esac; done");
  const Outcome outcome = interleave({"case",
                                      [&] {
                                        ++calls;
                                        return kNoCheck;
                                      },
                                      {{"length", 3}}},
                                     peer, 5);
  CHECK(calls == 6);
  REQUIRE(outcome.peer.size() == 5);
  CHECK(outcome.peer[0].seconds == 2);
  CHECK(outcome.peer[4].seconds == 6);
  CHECK(outcome.peer[0].peak_mib == 7);
}

TEST_CASE("summary: the ratio is the median of paired repeats, with its extremes") {
  const Outcome outcome{
      "case", {{1, 0, 0}, {2, 0, 0}, {1, 0, 0}}, {{4, 0, 0}, {4, 0, 0}, {3, 0, 0}}};
  CHECK(summary("x", outcome) == "x: ratio 3 (min 2, max 4; ours 1 s, peer 4 s)");
}

TEST_CASE("measure: counts the memory that the work touched, not what was held before") {
  const Sample sample = measure([] { return at::ones({16 << 20}).max().item<double>(); });
  CHECK(sample.check == 1);
  CHECK(sample.seconds > 0);
  if (!std::isnan(sample.peak_mib)) {
    CHECK(sample.peak_mib > 60);
    CHECK(sample.peak_mib < 80);
  }
}

TEST_CASE("interleave: a peer that ends, talks nonsense or computes something else is an error") {
  CHECK(error_of("exit 3") == "peer 'exit 3': ended without an answer");
  CHECK(error_of("read line; echo hello").find("line 1, column 1") != std::string::npos);
  CHECK(error_of("while read l; do echo '{\"seconds\": 1, \"check\": 2.0}'; done", 3.0)
            .find("both must do the same work") != std::string::npos);
  CHECK(error_of("while read l; do echo '{\"seconds\": 1, \"check\": 2.0}'; done", 2.0001) ==
        "no error");
}
