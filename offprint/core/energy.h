// Energy that the processor's package used, from Linux' power capping counters (RAPL).
#pragma once
#include <optional>

namespace offprint {

// Joules since some moment, summed over all packages; nothing where the counters are missing or may
// not be read. They wrap around: a difference below zero is worth nothing.
std::optional<double> package_joules();

}  // namespace offprint
