// Paths of a fractional Ornstein-Uhlenbeck process, five Markov terms, every step kept: ours exact
// in the terms and in the lanes of vectors, the peers by Euler's step over the same step and batch,
// torchsde and numpy in float32. The paths differ by their random numbers, so that there is no
// check to share; each prints the variance at the end, which must agree within its spread (tests
// hold ours against exact covariances).
#include <fmt/format.h>

#include <limits>

#include "benchmarks/interleave.h"
#include "offprint/core/error.h"
#include "offprint/core/memory.h"
#include "offprint/kernels/fractional_paths.h"

using namespace offprint;

int main(int argc, char** argv) {
  return benchmarks::exit_code_of([&] {
    keep_freed_memory();  // as the program does
    constexpr int64_t kSteps = 500;
    const kernels::MarkovFbm driver =
        kernels::make_mfbm(0.3, 5, 1, {.type = kernels::FbmType::riemann_liouville});
    std::vector<benchmarks::Case> cases;
    for (const auto& [peer, paths] : {std::pair{"torchsde", int64_t{1024}},
                                      {"torchsde", int64_t{8192}},
                                      {"numpy", int64_t{1024}},
                                      {"numpy", int64_t{8192}}}) {
      const auto simulate = [driver, paths = paths] {
        return kernels::simulate_fractional({.drift = {0, -1}}, driver, paths, kSteps, 1.0 / kSteps,
                                            Rng(1))
            .x;
      };
      fmt::print(stderr, "ours: variance {:.3f}\n",
                 simulate().select(1, kSteps).var().item<double>());
      const auto ours = [simulate] {
        simulate();
        return std::numeric_limits<double>::quiet_NaN();
      };
      cases.push_back({fmt::format("{}, {} paths", peer, paths), ours,
                       Json{{"peer", peer},
                            {"paths", paths},
                            {"steps", kSteps},
                            {"rates", driver.rates},
                            {"weights", driver.weights}}});
    }
    return benchmarks::compare(argc, argv, "sde", cases);
  });
}
