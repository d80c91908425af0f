// Our side and a peer's on the same work, taken in turns within one run and compared as a ratio.
//
// A benchmark is one file benchmarks/<name>.cpp whose main() calls compare(), and a peer
// benchmarks/peers/<name>.py (with <name>.requirements.txt) that answers request lines through
// peers/answer.py. `./bench NAME` builds, installs the peer and runs both.
#pragma once
#include <cstdio>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "offprint/core/json.h"

namespace offprint::benchmarks {

// One repeat of one side. The peak is what the work added over the memory held before it, in MiB;
// NaN where the system does not tell.
struct Sample {
  double seconds = 0, peak_mib = 0;
  double check = 0;  // a number of the result that both sides must share; NaN: none
};

// Runs the work once: wall time, added peak memory, and what it returns as check.
Sample measure(const std::function<double()>& work);

// A peer's process (a shell command), asked by one JSON line, answering with one:
// {"seconds": .., "peak_mib": .., "check": ..}; the last two may be missing. It is told to end by
// the end of its input. Throws Error if it ends early or answers something else.
class Peer {
 public:
  explicit Peer(std::string command);
  ~Peer();
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;
  Sample ask(const Json& request);

 private:
  std::string command_;
  int process_ = -1;
  std::FILE* answers_ = nullptr;
  int requests_ = -1;
};

struct Case {
  std::string name;               // "L 1024"
  std::function<double()> ours;   // the timed work; returns the check, or NaN
  Json request = Json::object();  // tells the peer the same work; "threads" is added
  int threads = 0;                // of both sides; 0: as --threads says
};

struct Outcome {
  std::string name;
  std::vector<Sample> ours, peer;  // as many repeats, in the order they were taken

  std::vector<double> ratios() const;  // peer's seconds over ours, repeat by repeat
};

// One warm-up and `repeats` turns; who goes first alternates, so that a drift of the machine's
// speed hits both. Throws Error where the checks differ by more than 1e-3 relatively.
Outcome interleave(const Case& work, Peer& peer, int repeats);

// "s4d-kernel: ratio 17.2 (min 16.8, max 17.9; ours 0.018 s, peer 0.31 s)": median, least and
// largest ratio; > 1 when we are ahead.
std::string summary(std::string_view name, const Outcome& outcome);

// The main() of a benchmark: --peer COMMAND, --repeats N (>= 5), --threads N. Prints one row a case
// and, last, the summary of the case with the least ratio. Returns the exit code.
int compare(int argc, char** argv, std::string_view name, const std::vector<Case>& cases);

// What `run` returns; 1 where it throws Error, its one line printed to stderr.
int exit_code_of(const std::function<int()>& run);

}  // namespace offprint::benchmarks
