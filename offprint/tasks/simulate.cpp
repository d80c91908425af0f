#include "offprint/tasks/simulate.h"

#include <array>
#include <vector>

#include "offprint/core/error.h"
#include "offprint/core/suggest.h"
#include "offprint/core/table.h"
#include "offprint/tasks/number_list.h"
#include "offprint/worlds/linear_process.h"

namespace offprint::tasks {
namespace {

Simulation simulate_arma(const SimulateOptions& o, Rng rng, Progress& progress) {
  worlds::LinearProcess process{.rho = parse_numbers(o.rho, "--rho"),
                                .theta = parse_numbers(o.theta, "--theta"),
                                .sigma = o.sigma,
                                .shocks = worlds::parse_shocks(o.shocks)};
  if (process.rho.empty()) {
    require(o.order >= 1 && o.order <= 20, "--order: {}, expected 1 to 20", o.order);
    Rng draw = rng.split("rho");
    process.rho = worlds::random_rho(o.order, draw);
  }
  worlds::require_stationary(process, "--rho");
  progress.start("simulating");
  Rng path = rng.split("path");
  Simulation out;
  out.table.rows = o.length;
  out.table.columns.push_back({.name = "x", .numbers = sample_path(process, o.length, path)});
  const double variance = worlds::autocovariances(process, 0)[0];
  const double radius = worlds::spectral_radius(process.rho);
  out.summary = fmt::format("rho {}, variance {}, radius {}", list_text(process.rho),
                            number_text(variance), number_text(radius));
  out.json = {{"rho", process.rho}, {"theta", process.theta}, {"sigma", process.sigma},
              {"shocks", o.shocks}, {"variance", variance},   {"radius", radius},
              {"rows", o.length}};
  return out;
}

constexpr auto kMethods = std::to_array<SimulateMethod>({
    {"arma", "autoregressive and moving-average series, given or drawn", "icl-forecasting",
     simulate_arma},
});

}  // namespace

std::span<const SimulateMethod> simulate_methods() { return kMethods; }

Simulation simulate(const std::string& method, const SimulateOptions& options, uint64_t seed,
                    Progress& progress) {
  require(options.length >= 1 && options.length <= 100'000'000,
          "--length: {}, expected 1 to 100000000", options.length);
  std::vector<std::string> names;
  for (const SimulateMethod& known : kMethods) {
    if (known.name == method) return known.run(options, Rng(seed).split(known.name), progress);
    names.emplace_back(known.name);
  }
  fail("simulate: unknown method '{}'{}, expected {}", method, did_you_mean(method, names),
       fmt::join(names, "|"));
}

}  // namespace offprint::tasks
