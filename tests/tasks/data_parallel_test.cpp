// Two processes under mpirun train as one. Without MPI in the build there is nothing to test.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cmath>
#include <cstdio>
#include <string>

#include "offprint/core/clock.h"
#include "tests/places.h"

using namespace offprint::tests;

namespace {

struct Ended {
  int status = 0;
  std::string output;
};

Ended run(const std::string& command) {
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  REQUIRE(pipe != nullptr);
  Ended ended;
  char line[512];
  while (std::fgets(line, sizeof line, pipe) != nullptr) ended.output += line;
  ended.status = pclose(pipe);
  return ended;
}

std::string under_mpi(int processes, const std::string& arguments) {
  return fmt::format("timeout 60 {} --allow-run-as-root --oversubscribe -np {} {} {}",
                     mpi_launcher(), processes, training_child(), arguments);
}

double number_after(const std::string& text, const std::string& word) {
  const size_t at = text.find(word);
  REQUIRE_MESSAGE(at != std::string::npos, text);
  return std::stod(text.substr(at + word.size()));
}

const bool kNoMpi = mpi_launcher().empty();

}  // namespace

TEST_CASE("train: two processes have the losses of one to 1e-5" * doctest::skip(kNoMpi)) {
  const Ended one = run(fmt::format("{} - 40 plain", training_child()));
  const Ended two = run(under_mpi(2, "- 40 plain"));
  REQUIRE_MESSAGE(two.status == 0, two.output);
  for (const char* word : {"losses ", "best "})
    CHECK(std::abs(number_after(one.output, word) - number_after(two.output, word)) < 1e-5);
  // One line of results: they were one run of two, not two runs of one.
  CHECK(two.output.find("weights") == two.output.rfind("weights"));
}

TEST_CASE("train: three processes share batches that they do not divide" * doctest::skip(kNoMpi)) {
  const Ended one = run(fmt::format("{} - 20 plain", training_child()));
  const Ended three = run(under_mpi(3, "- 20 plain"));
  REQUIRE_MESSAGE(three.status == 0, three.output);
  CHECK(std::abs(number_after(one.output, "losses ") - number_after(three.output, "losses ")) <
        1e-5);
}

TEST_CASE("train: a process that fails ends all of them with its message" * doctest::skip(kNoMpi)) {
  const offprint::Stopwatch watch;
  const Ended ended = run(under_mpi(2, "- 100000 fail"));
  CHECK(ended.status != 0);
  CHECK(ended.output.find("training_child: this process was told to fail") != std::string::npos);
  CHECK(watch.seconds() < 50.0);  // before `timeout` had to end it
}
