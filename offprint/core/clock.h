// Wall time and memory of this process, for run cards and progress.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>

namespace offprint {

class Stopwatch {
 public:
  double seconds() const;
  void restart() { start_ = std::chrono::steady_clock::now(); }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

double peak_memory_mib();       // largest resident set of this process so far
std::string utc_timestamp();    // "2025-10-30T09:00:00Z"
std::string machine_summary();  // processor, its vector units, cores, memory: one line

}  // namespace offprint
