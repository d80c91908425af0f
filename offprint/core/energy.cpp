#include "offprint/core/energy.h"

#include <filesystem>
#include <fstream>

namespace offprint {

std::optional<double> package_joules() {
  namespace fs = std::filesystem;
  std::error_code error;
  double sum = 0;
  bool any = false;
  // intel-rapl:0, intel-rapl:1: packages, also AMD's; intel-rapl:0:0: parts of one.
  for (const auto& zone : fs::directory_iterator("/sys/class/powercap", error)) {
    const std::string name = zone.path().filename();
    if (name.find(':') == name.npos || name.find(':') != name.rfind(':')) continue;
    std::ifstream file(zone.path() / "energy_uj");
    double micro = 0;
    if (!(file >> micro)) continue;
    sum += micro / 1e6, any = true;
  }
  return any ? std::optional(sum) : std::nullopt;
}

}  // namespace offprint
