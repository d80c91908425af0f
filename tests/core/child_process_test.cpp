#include "offprint/core/child_process.h"

#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <thread>

#include "offprint/core/error.h"

using namespace offprint;

namespace {

std::vector<std::string> all_lines(ChildProcess& child) {
  std::vector<std::string> lines;
  while (!child.ended())
    for (std::string& line : child.lines(50)) lines.push_back(std::move(line));
  return lines;
}

std::vector<std::string> shell(const std::string& script) { return {"/bin/sh", "-c", script}; }

}  // namespace

TEST_CASE("child process: its lines, its exit code, its environment") {
  ChildProcess child(
      shell("echo out; echo one >&2; printf 'two\\nthree' >&2; echo \" $WORD\" >&2; exit 5"),
      {.environment = {{"WORD", "said"}}});
  CHECK(all_lines(child) == std::vector<std::string>{"one", "two", "three said"});
  CHECK(child.exit_code() == 5);
  CHECK(child.signal() == 0);
  CHECK(child.memory_mib() == 0);
}

TEST_CASE("child process: what is no program ends with 127") {
  ChildProcess child({"/no/such/program"});
  all_lines(child);
  CHECK(child.exit_code() == 127);
}

TEST_CASE("child process: interrupted it may tidy up, killed it and what it started are gone") {
  ChildProcess polite(
      shell("trap 'echo tidy >&2; exit 3' INT; echo ready >&2; while :; do sleep 0.05; done"));
  while (polite.lines(50).empty()) continue;
  polite.interrupt();
  CHECK(all_lines(polite) == std::vector<std::string>{"tidy"});
  CHECK(polite.exit_code() == 3);

  ChildProcess stubborn(shell("trap '' INT; sleep 60 & echo $! >&2; wait; sleep 60"));
  std::vector<std::string> lines;
  while ((lines = stubborn.lines(50)).empty()) continue;
  stubborn.interrupt();
  stubborn.kill();
  all_lines(stubborn);
  CHECK(stubborn.signal() == SIGKILL);
  CHECK(stubborn.exit_code() == -1);
  // The grandchild is dead too: a signal finds nobody, or a zombie that init has yet to fetch.
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  ChildProcess look(shell("kill -0 " + lines.at(0) + " 2>/dev/null && grep -q '^State:.Z' /proc/" +
                          lines.at(0) + "/status; exit 0"));
  all_lines(look);
  CHECK(look.exit_code() == 0);
}

TEST_CASE("child process: a long line comes in pieces, memory is seen while it lives") {
  ChildProcess child(shell("head -c 200000 /dev/zero | tr '\\0' x >&2; sleep 0.3"));
  int64_t most = 0;
  size_t bytes = 0;
  while (!child.ended()) {
    for (const std::string& line : child.lines(20)) {
      CHECK(line.size() <= 1 << 16);
      bytes += line.size();
    }
    most = std::max(most, child.memory_mib());
  }
  CHECK(bytes == 200000);
  CHECK(most >= 0);
}

TEST_CASE("child process: a talk by lines, its last complaint, a reader that is gone") {
  using namespace std::chrono_literals;
  ChildProcess echo(shell("while read -r line; do echo \"heard $line\"; done; echo over; echo "
                          "'first\nlast words' >&2"),
                    {.talks = true});
  CHECK(echo.tell("one\ntwo\n", 1s));
  std::vector<std::string> heard;
  while (heard.size() < 2)
    for (std::string& line : echo.lines(50)) heard.push_back(std::move(line));
  CHECK(heard == std::vector<std::string>{"heard one", "heard two"});
  echo.tell_end();
  CHECK(all_lines(echo) == std::vector<std::string>{"over"});
  CHECK(echo.complaint() == "last words");
  CHECK_FALSE(echo.tell("three\n", 1s));

  ChildProcess deaf(shell("exec 0<&-; echo closed; sleep 5"), {.talks = true});
  while (deaf.lines(50).empty()) continue;
  CHECK_FALSE(deaf.tell("anybody?\n", 1s));  // and this program lives

  ChildProcess busy(shell("sleep 5"), {.talks = true});
  CHECK_FALSE(busy.tell(std::string(1 << 20, 'x'), 50ms));  // more than a pipe holds
}

TEST_CASE("child process: memory beyond its limit is refused to it") {
  const std::string grow = "x=$(head -c 400000000 /dev/zero | tr '\\0' x) && echo ${#x}";
  ChildProcess limited(shell(grow), {.talks = true, .memory_mib = 100});
  CHECK(all_lines(limited).empty());
  CHECK(limited.exit_code() != 0);
}

TEST_CASE("programs are found as a shell finds them") {
  CHECK(find_program("sh").ends_with("/sh"));
  CHECK(find_program("./here") == "./here");
  CHECK_THROWS_WITH_AS(find_program("no-such-program-9"), "no program 'no-such-program-9' in PATH",
                       Error);
}
