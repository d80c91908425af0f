// What every verb gets: where results go, the stop flag, and the exit code it may set.
#pragma once
#include <atomic>
#include <ostream>
#include <string>

#include "offprint/core/progress.h"

namespace CLI {
class App;
}

namespace offprint::cli {

// 0 done, 1 the user's error, 2 a claim failed, 3 our error, 130 stopped by Ctrl-C.
enum ExitCode { kDone = 0, kUserError = 1, kClaimFailed = 2, kOurError = 3, kStopped = 130 };

struct Context {
  std::ostream& out;
  const std::atomic<bool>* stop = nullptr;
  std::string progress_style = {};  // bar, lines, json, none; empty: by the terminal
  int exit_code = kDone;

  Progress progress() const;
};

}  // namespace offprint::cli
