// Training processes that are killed: what is on disk continues as if nothing had happened.
#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <string>

#include "offprint/core/rng.h"
#include "tests/places.h"

using namespace offprint;
using namespace offprint::tests;

namespace {

// Runs the child until it ends, or kills it once it has printed `kill_at` steps in this life.
// Returns its last line, empty if killed.
std::string run_child(const std::string& folder, int steps, int kill_at) {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    dup2(ends[1], STDOUT_FILENO);
    close(ends[0]);
    close(ends[1]);
    const std::string program = training_child(), count = std::to_string(steps);
    execl(program.c_str(), "training_child", folder.c_str(), count.c_str(), nullptr);
    _exit(127);
  }
  close(ends[1]);
  FILE* out = fdopen(ends[0], "r");
  std::string last;
  char line[256];
  bool killed = false;
  for (int lines = 0; !killed && std::fgets(line, sizeof line, out) != nullptr; ++lines) {
    last = line;
    if (kill_at > 0 && lines == kill_at) killed = kill(child, SIGKILL) == 0;
  }
  std::fclose(out);
  int status = 0;
  waitpid(child, &status, 0);
  if (killed) return "";
  REQUIRE(WIFEXITED(status));
  REQUIRE(WEXITSTATUS(status) == 0);
  return last;
}

}  // namespace

TEST_CASE("train: killed with SIGKILL again and again, it ends with the very same weights") {
  const std::string straight = run_child("-", 40, 0);
  REQUIRE(straight.starts_with("weights "));
  const auto folder = std::filesystem::temp_directory_path() / "offprint_train_crash";
  std::filesystem::remove_all(folder);
  Rng rng(99);
  for (int life = 0; life < 3; ++life)
    CHECK(run_child(folder, 40, 5 + static_cast<int>(rng.integer(8))).empty());
  CHECK(run_child(folder, 40, 0) == straight);
  std::filesystem::remove_all(folder);
}
