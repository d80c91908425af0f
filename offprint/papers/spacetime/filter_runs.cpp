#include "offprint/papers/spacetime/filter_runs.h"

#include <algorithm>
#include <limits>

#include "offprint/core/autograd.h"
#include "offprint/core/clock.h"
#include "offprint/kernels/companion.h"
#include "offprint/kernels/fft_conv.h"

namespace offprint::papers::spacetime {
namespace {

struct System {
  Tensor a, B, C;  // (H,d), |a|_1 = 1
};

System random_system(int64_t H, int64_t d, Rng& rng, at::ScalarType type = at::kDouble) {
  const Tensor a = rng.normal({H, d}, at::kDouble);
  return {(a / a.abs().sum(1, true)).to(type), rng.normal({H, d}, at::kDouble).to(type),
          rng.normal({H, d}, at::kDouble).to(type)};
}

double least_seconds(int turns, const auto& work) {
  double least = std::numeric_limits<double>::infinity();
  for (int i = 0; i < turns; ++i) {
    const Stopwatch watch;
    work();
    least = std::min(least, watch.seconds());
  }
  return least;
}

Tensor unit(int64_t d, int64_t place) {
  Tensor e = at::zeros({1, d}, at::kDouble);
  e[0][place] = 1;
  return e;
}

// What a layer of the one system gives for u (L).
Tensor outputs(const Tensor& a, const Tensor& B, const Tensor& C, const Tensor& u) {
  const Tensor filter = kernels::companion_filter(a, B, C, u.size(0));
  return kernels::fft_conv(u.view({1, 1, -1}), filter).view(-1);
}

}  // namespace

Measurement filter_gap(at::ScalarType type, Rng rng) {
  double worst = 0;
  int64_t cases = 0;
  for (const int64_t d : {1, 4, 64, 256})
    for (const int64_t steps : {1, 100, 512, 4096}) {
      if (d == 64 && steps == 4096) continue;  // d 256 is there, and dense powers take their time
      const System s = random_system(1, d, rng, type);
      const auto wide = [](const Tensor& t) { return t.to(at::kDouble); };
      const Tensor exact =
          kernels::companion_filter_reference(wide(s.a), wide(s.B), wide(s.C), steps);
      worst =
          std::max(worst, relative_error(kernels::companion_filter(s.a, s.B, s.C, steps), exact));
      ++cases;
    }
  return {worst, "dense powers in float64", fmt::format("worst of {} sizes", cases), ""};
}

Measurement filter_gradient_gap(Rng rng) {
  double worst = 0;
  for (const int64_t steps : {3, 24}) {  // below and above d
    const System s = random_system(2, 8, rng);
    const Tensors inputs = {(0.9 * s.a).requires_grad_(), s.B.clone().requires_grad_(),
                            s.C.clone().requires_grad_()};
    const auto f = [&](const Tensors& t) {
      return kernels::companion_filter(t[0], t[1], t[2], steps);
    };
    worst = std::max(worst, gradient_check(f, inputs));
  }
  return {worst, "central differences", "a, B and C, d 8, l 3 and 24", ""};
}

Measurement special_case_gap(Rng rng) {
  const int64_t d = 6, L = 500;
  const Tensor u = rng.normal({L}, at::kDouble), none = at::zeros({1, d}, at::kDouble);
  const Tensor phi = rng.uniform({1, d}, -0.5, 0.5, at::kDouble);
  Tensor regression = at::zeros({L}, at::kDouble), levels = at::zeros({L}, at::kDouble);
  for (int64_t i = 0; i < d; ++i) regression.slice(0, i) += phi[0][i] * u.slice(0, 0, L - i);
  double worst = relative_error(outputs(none, unit(d, 0), phi, u), regression);

  Tensor binomial = unit(d, 0);
  Tensor difference = u;
  for (int order = 1; order <= 3; ++order) {
    binomial.slice(1, 1) -= binomial.slice(1, 0, d - 1).clone();
    difference = difference.diff();
    worst = std::max(
        worst, relative_error(outputs(none, unit(d, 0), binomial, u).slice(0, order), difference));
  }

  const double alpha = 0.3;
  double level = 0;
  for (int64_t k = 0; k < L; ++k)
    levels[k] = level = alpha * u[k].item<double>() + (1 - alpha) * level;
  const Tensor e_d = unit(d, d - 1);
  worst = std::max(worst, relative_error(outputs((1 - alpha) * e_d, e_d, alpha * e_d, u), levels));

  // Closed loop: B = e_1 and K the coefficients.
  const Tensor loop = kernels::companion_matrix(none) + unit(d, 0).unsqueeze(-1) * phi.unsqueeze(1);
  Tensor past = u.slice(0, 0, d);
  const Tensor ahead =
      at::matmul(kernels::observability(phi.unsqueeze(1), loop, 100).view({100, d}), past);
  std::vector<Tensor> expected;
  for (int64_t k = 0; k < 100; ++k) {
    expected.push_back((phi[0] * past).sum());
    past = at::cat({expected.back().view(1), past.slice(0, 0, d - 1)});
  }
  worst = std::max(worst, relative_error(ahead, at::stack(expected)));
  return {worst, "loops over their definitions", "worst of 6 cases, 500 steps", ""};
}

FilterTimes time_filters(int64_t steps, Rng rng, Progress& progress) {
  const at::NoGradGuard no_grad;
  FilterTimes times;
  times.steps = steps;
  progress.start("timing filters", 5);
  for (const int64_t d : {16, 32, 64, 128, 256}) {
    progress.at(static_cast<int64_t>(times.states.size()));
    progress.throw_if_stopped();
    const System s = random_system(4, d, rng, at::kFloat);
    times.states.push_back(static_cast<double>(d));
    times.fast.push_back(
        least_seconds(15, [&] { kernels::companion_filter(s.a, s.B, s.C, steps); }) / 4);
    times.dense.push_back(
        least_seconds(2, [&] { kernels::companion_filter_reference(s.a, s.B, s.C, steps); }) / 4);
  }
  times.slope = fit_exponent(times.states, times.fast, rng.split("interval")).slope;
  return times;
}

}  // namespace offprint::papers::spacetime
