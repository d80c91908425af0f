// The 2-D selective scan forward and backward against two nested loops in PyTorch: 64 variates of
// 512 steps, N 16, float32, one grid of 8 channels and two of 16. The check is the sum of the norms
// of the slopes along x and A1 of sum y^2 / 2. Besides says how our time grows with the cells, and
// fails where that misses the bar of papers/chimera (slope <= 1.1).
#include "offprint/kernels/scan2d.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "benchmarks/interleave.h"
#include "offprint/core/autograd.h"
#include "offprint/core/clock.h"
#include "offprint/core/error.h"
#include "offprint/core/memory.h"
#include "offprint/papers/statistics.h"

using namespace offprint;

namespace {

constexpr int64_t kVariates = 64, kSteps = 512, kState = 16;

// From formulas, so that both sides have the same without a file.
kernels::Scan2dInputs make_inputs(int64_t batch, int64_t variates, int64_t channels) {
  const auto wide = at::TensorOptions().dtype(at::kDouble);
  const auto leaf = [](const Tensor& t) { return t.to(at::kFloat).contiguous().requires_grad_(); };
  const auto cells = [&](int64_t last, double phase) {
    const std::vector<int64_t> shape{batch, variates, kSteps, last};
    return at::arange(batch * variates * kSteps * last, wide).mul(0.7).add(phase).sin().view(shape);
  };
  const Tensor rates = (-at::arange(1, kState + 1, wide)).expand({channels, kState}).contiguous();
  const auto steps = [&](double phase) { return leaf(0.06 + 0.05 * cells(channels, phase)); };
  const auto coupling = [&](double value) {
    return leaf(at::full({channels, kState}, value, wide));
  };
  const auto matrix = [&](double phase) { return leaf(cells(kState, phase)); };
  return {leaf(cells(channels, 0)), steps(1),  steps(2),  leaf(rates), leaf(rates), coupling(0.4),
          coupling(-0.6),           matrix(3), matrix(4), matrix(5),   matrix(6)};
}

double forward_backward(const kernels::Scan2dInputs& in) {
  const Tensor y = kernels::scan2d(in);
  const Tensors slopes =
      gradients({y.square().sum() / 2},
                {in.x, in.A1, in.A4, in.dt1, in.dt2, in.K2, in.K3, in.B1, in.B2, in.C1, in.C2});
  return slopes[0].norm().item<double>() + slopes[1].norm().item<double>();
}

// Seconds a step for an eighth of the variates up to all of them.
int scaling() {
  std::vector<double> cells, seconds;
  for (const int64_t variates : {kVariates / 8, kVariates / 4, kVariates / 2, kVariates}) {
    const kernels::Scan2dInputs in = make_inputs(1, variates, 8);
    double least = std::numeric_limits<double>::infinity();
    for (int i = 0; i < 9; ++i) {
      const Stopwatch watch;
      forward_backward(in);
      least = std::min(least, watch.seconds());
    }
    cells.push_back(static_cast<double>(variates * kSteps)), seconds.push_back(least);
  }
  const double slope = papers::fit_exponent(cells, seconds, Rng(1)).slope.value;
  fmt::print(stderr, "{:.4f} s for {:.0f} cells, {:.4f} s for {:.0f}, slope {:.3f}\n",
             seconds.front(), cells.front(), seconds.back(), cells.back(), slope);
  return slope <= 1.1 ? 0 : 1;
}

int run(int argc, char** argv) {
  keep_freed_memory();
  std::vector<benchmarks::Case> cases;
  for (const auto& [batch, channels] : {std::pair<int64_t, int64_t>{1, 8}, {2, 16}})
    cases.push_back(
        {fmt::format("B {}, D {}", batch, channels),
         [in = make_inputs(batch, kVariates, channels)] { return forward_backward(in); },
         Json{{"batch", batch},
              {"variates", kVariates},
              {"steps", kSteps},
              {"channels", channels},
              {"states", kState}}});
  const int code = scaling();
  return std::max(code, benchmarks::compare(argc, argv, "scan2d", cases));
}

}  // namespace

int main(int argc, char** argv) {
  return benchmarks::exit_code_of([&] { return run(argc, argv); });
}
