// The output filter of a companion state space forward and backward against PyTorch with the states
// by repeated squaring of A, as the paper's authors' code has it: 8 systems of d states, 4096
// steps, float32. The check is the sum of |dS/dC|, S = sum F^2 / 2. Besides says how our forward
// time grows with d and how far it is ahead of dense products with A, and fails where that misses
// the bars of papers/spacetime (slope <= 0.2, 10x at d 256).
#include "offprint/kernels/companion.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "benchmarks/interleave.h"
#include "offprint/core/autograd.h"
#include "offprint/core/clock.h"
#include "offprint/core/error.h"
#include "offprint/papers/statistics.h"

using namespace offprint;

namespace {

constexpr int64_t kSystems = 8, kSteps = 4096;

struct System {
  Tensor a, B, C;  // (8,d)
};

// From formulas, so that both sides have the same without a file; |a|_1 = 0.9.
System make_system(int64_t d) {
  const auto wide = at::TensorOptions().dtype(at::kDouble);
  const Tensor i = at::arange(d, wide).unsqueeze(0), h = at::arange(kSystems, wide).unsqueeze(1);
  const Tensor a = (1.3 * i + h).sin();
  const auto leaf = [](const Tensor& t) { return t.to(at::kFloat).contiguous().requires_grad_(); };
  return {leaf(0.9 * a / a.abs().sum(1, true)), leaf((0.7 * i + h).cos()),
          leaf((0.4 * i - h).sin())};
}

double forward_backward(const System& s) {
  const Tensor F = kernels::companion_filter(s.a, s.B, s.C, kSteps);
  return gradients({(F * F).sum() / 2}, {s.a, s.B, s.C})[2].abs().sum().item<double>();
}

double least_seconds(int repeats, const auto& work) {
  double least = std::numeric_limits<double>::infinity();
  for (int i = 0; i < repeats; ++i) {
    const Stopwatch watch;
    work();
    least = std::min(least, watch.seconds());
  }
  return least;
}

int scaling() {
  const at::NoGradGuard no_grad;
  std::vector<double> sizes, seconds;
  for (const int64_t d : {16, 32, 64, 128, 256}) {
    const System s = make_system(d);
    sizes.push_back(static_cast<double>(d));
    seconds.push_back(least_seconds(20, [&] { kernels::companion_filter(s.a, s.B, s.C, kSteps); }));
  }
  const System s = make_system(256);
  const double dense =
      least_seconds(2, [&] { kernels::companion_filter_reference(s.a, s.B, s.C, kSteps); });
  const double slope = papers::fit_exponent(sizes, seconds, Rng(1)).slope.value;
  const double ahead = dense / seconds.back();
  fmt::print(
      stderr,
      "forward: {:.4f} s at d 16, {:.4f} s at d 256, slope {:.3f}; dense {:.3f} s, {:.0f}x\n",
      seconds.front(), seconds.back(), slope, dense, ahead);
  return slope <= 0.2 && ahead >= 10 ? 0 : 1;
}

int run(int argc, char** argv) {
  std::vector<benchmarks::Case> cases;
  for (const int64_t d : {16, 64, 256})
    cases.push_back({"d " + std::to_string(d), [s = make_system(d)] { return forward_backward(s); },
                     Json{{"systems", kSystems}, {"states", d}, {"steps", kSteps}}});
  const int code = scaling();
  return std::max(code, benchmarks::compare(argc, argv, "companion", cases));
}

}  // namespace

int main(int argc, char** argv) {
  return benchmarks::exit_code_of([&] { return run(argc, argv); });
}
