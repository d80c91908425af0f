// A thousand decision processes of 100 states and 4 actions, discount 0.95, to values proved within
// 1e-8: ours by policy iteration, one process a thread at a time; the peer by sweeps of value
// iteration over the whole batch in numpy. Both make the same processes of the same hash.
#include <fmt/format.h>

#include "benchmarks/interleave.h"
#include "offprint/core/error.h"
#include "offprint/kernels/mdp_solve.h"

using namespace offprint;

namespace {

// splitmix64 of 0, 1, 2, .. to [0,1).
Tensor hashed(at::IntArrayRef shape, uint64_t first) {
  Tensor out = at::empty(shape, at::kDouble);
  double* to = out.mutable_data_ptr<double>();
  for (int64_t i = 0; i < out.numel(); ++i) {
    uint64_t z = (first + static_cast<uint64_t>(i)) * 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    to[i] = static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1p-53;
  }
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  return benchmarks::exit_code_of([&] {
    constexpr int64_t kCount = 1000, kStates = 100, kActions = 4;
    constexpr double kDiscount = 0.95, kTolerance = 1e-8;
    const Tensor weights = hashed({kCount, kStates, kActions, kStates}, 1).pow(4);
    const kernels::DecisionBatch mdp{weights / weights.sum(-1, true),
                                     hashed({kCount, kStates, kActions}, uint64_t{1} << 40),
                                     at::full({1}, kDiscount, at::kDouble)};
    const auto ours = [&] {
      const auto solved = kernels::solve_optimal(mdp, {.tolerance = kTolerance / 20});
      const double error = solved.error.max().item<double>();
      require(error <= kTolerance, "mdp: error {}, expected at most {}", error, kTolerance);
      return solved.v.mean().item<double>();
    };
    return benchmarks::compare(argc, argv, "mdp",
                               {{"1000 x 100 states x 4 actions", ours,
                                 Json{{"count", kCount},
                                      {"states", kStates},
                                      {"actions", kActions},
                                      {"discount", kDiscount},
                                      {"tolerance", kTolerance}}}});
  });
}
