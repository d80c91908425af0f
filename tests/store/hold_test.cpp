#include "offprint/store/hold.h"

#include "tests/store/scratch_database.h"

using namespace offprint;
using namespace offprint::store;

TEST_CASE("hold: one at a time for each work, over all that opened the database") {
  ScratchDatabase db;
  const Database other(db.database.location());
  auto held = hold(db, "digest");
  CHECK(held != nullptr);
  CHECK(hold(db, "digest") == nullptr);
  CHECK(hold(other, "digest") == nullptr);
  CHECK(hold(other, "import") != nullptr);
  held = nullptr;
  CHECK(hold(other, "digest") != nullptr);
}

TEST_CASE("hold: ends with the process, however it ends") {
  ScratchDatabase db;
  int ready[2];
  REQUIRE(pipe(ready) == 0);
  const pid_t child = fork();
  if (child == 0) {
    const Database mine(db.database.location());
    const auto held = hold(mine, "digest");
    const char answer = held != nullptr ? 'y' : 'n';
    if (write(ready[1], &answer, 1) == 1) pause();
    _exit(1);
  }
  char answer = 0;
  CHECK(read(ready[0], &answer, 1) == 1);
  CHECK(answer == 'y');
  CHECK(hold(db, "digest") == nullptr);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  close(ready[0]), close(ready[1]);
  std::unique_ptr<Hold> held;
  // The server hears of it a moment later.
  for (int i = 0; i < 200 && held == nullptr; ++i) {
    held = hold(db, "digest");
    if (held == nullptr) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  CHECK(held != nullptr);
}
