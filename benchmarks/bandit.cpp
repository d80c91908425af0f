// The shrinking dartboard that sees all losses of every round, two arms, on the multi-scale walk, a
// thousand repetitions side by side: ours in the lanes of vectors, the peer in numpy over the
// repetitions. The walks differ by their random numbers, so that there is no check to share; each
// prints the mean regret, which must agree within its spread (tests hold ours against play by
// rounds).
#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "benchmarks/interleave.h"
#include "offprint/core/error.h"
#include "offprint/kernels/dartboard.h"

using namespace offprint;

int main(int argc, char** argv) {
  return benchmarks::exit_code_of([&] {
    constexpr int64_t kLogRounds = 13, kRepetitions = 1000;
    const double rounds = std::exp2(kLogRounds);
    const double rate = std::sqrt(2 * std::log(2.0) / rounds), gap = 2 / std::sqrt(rounds);
    const auto ours = [=] {
      const kernels::Plays plays = kernels::play_hard_instance(
          {.arms = 2, .log_rounds = kLogRounds, .gap = gap},
          {kernels::SlotFeedback::full, kLogRounds, rate}, kRepetitions, Rng(1));
      double sum = 0;
      for (size_t i = 0; i < plays.regret.size(); ++i) sum += plays.regret[i] + plays.switches[i];
      fmt::print(stderr, "ours: regret {:.2f}\n", sum / kRepetitions);
      return std::numeric_limits<double>::quiet_NaN();
    };
    return benchmarks::compare(argc, argv, "bandit",
                               {{"2^13 rounds x 1000", ours,
                                 Json{{"log_rounds", kLogRounds},
                                      {"repetitions", kRepetitions},
                                      {"rate", rate},
                                      {"gap", gap}}}});
  });
}
