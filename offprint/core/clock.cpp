#include "offprint/core/clock.h"

#include <fmt/chrono.h>
#include <sys/resource.h>
#include <unistd.h>

#include <ctime>
#include <fstream>
#include <thread>

namespace offprint {

double Stopwatch::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

double peak_memory_mib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024.0;  // Linux counts KiB
}

std::string utc_timestamp() {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
}

namespace {

std::string processor_name() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);)
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  return "unknown processor";
}

std::string vector_units() {
  std::string units;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) units += " AVX2";
  if (__builtin_cpu_supports("avx512f")) units += " AVX-512";
  if (__builtin_cpu_supports("avx512vnni")) units += " VNNI";
#endif
  return units;
}

}  // namespace

std::string machine_summary() {
  const double gib = static_cast<double>(sysconf(_SC_PHYS_PAGES)) *
                     static_cast<double>(sysconf(_SC_PAGE_SIZE)) / (1 << 30);
  return fmt::format("{}{}, {} cores, {:.0f} GiB", processor_name(), vector_units(),
                     std::thread::hardware_concurrency(), gib);
}

}  // namespace offprint
