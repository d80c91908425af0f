#include "offprint/papers/chimera/scan_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "offprint/core/autograd.h"
#include "offprint/core/clock.h"
#include "offprint/core/table.h"
#include "offprint/kernels/scan2d.h"
#include "offprint/nn/grid_mamba.h"
#include "offprint/papers/kernel_gap.h"

namespace offprint::papers::chimera {
namespace {

using Scan = Tensor (*)(const kernels::Scan2dInputs&);

struct Size {
  int64_t B, V, L, D, N;
};

// As a block begins: A = -1 .. -N, steps along time in [1e-3, 0.1], along the variates in [0.05,
// 0.5].
Tensors inputs(const Size& s, at::ScalarType type, Rng rng) {
  const auto d = at::kDouble;
  const Tensor rates = -at::arange(1, s.N + 1, at::TensorOptions().dtype(d));
  const auto cells = [&](int64_t last) { return rng.normal({s.B, s.V, s.L, last}, d); };
  const auto steps = [&](double least, double most) {
    return at::exp(rng.uniform({s.B, s.V, s.L, s.D}, std::log(least), std::log(most), d));
  };
  const auto coupling = [&] { return 2 * rng.uniform({s.D, s.N}, d) - 1; };
  Tensors in = {cells(s.D),
                steps(1e-3, 0.1),
                steps(0.05, 0.5),
                rates.expand({s.D, s.N}),
                rates.expand({s.D, s.N}),
                coupling(),
                coupling(),
                cells(s.N),
                cells(s.N),
                cells(s.N),
                cells(s.N)};
  // A copy each: of one channel the two rates would be one tensor.
  for (Tensor& t : in) t = t.to(type).clone().requires_grad_();
  return in;
}

Tensor call(Scan scan, const Tensors& t) {
  return scan({t[0], t[1], t[2], t[3], t[4], t[5], t[6], t[7], t[8], t[9], t[10]});
}

double seconds_of(Scan scan, const Tensors& in) {
  const Stopwatch watch;
  gradients({(call(scan, in) * in[0].detach()).sum()}, in);
  return watch.seconds();
}

nn::GridMamba plain_block(Rng rng) {
  nn::GridMambaOptions o;
  o.mamba = {.d_model = 16, .d_state = 8, .expand = 2, .taps = 4}, o.two_way = false;
  return nn::make_grid_mamba(o, rng);
}

}  // namespace

Measurement scan_gap(const Rng& rng) {
  double worst = 0;
  const std::vector<Size> sizes = {{2, 1, 1, 5, 3}, {2, 7, 21, 9, 4}, {1, 19, 35, 16, 8}};
  for (const Size& size : sizes) {
    const Tensors in = inputs(size, at::kFloat, rng.split(static_cast<uint64_t>(size.L)));
    worst = std::max(
        worst,
        kernel_gap([](const Tensors& t) { return call(kernels::scan2d, t); },
                   [](const Tensors& t) { return call(kernels::scan2d_reference, t); }, in, rng));
  }
  return {worst, "", fmt::format("largest of {} sizes, output and eleven gradients", sizes.size()),
          ""};
}

Measurement scan_gradient_gap(const Rng& rng) {
  double worst = 0;
  for (const Size& size : {Size{1, 3, 4, 2, 2}, Size{1, 9, 17, 1, 1}})
    worst =
        std::max(worst, gradient_check([](const Tensors& t) { return call(kernels::scan2d, t); },
                                       inputs(size, at::kDouble, rng)));
  return {worst, "", "largest of two grids, all eleven inputs", ""};
}

Measurement times_faster(int64_t variates, int64_t steps, const Rng& rng) {
  constexpr int kRepeats = 3;
  const Tensors in = inputs({1, variates, steps, 8, 16}, at::kFloat, rng);
  std::vector<double> ours, ratios;
  seconds_of(kernels::scan2d, in);
  for (int i = 0; i < kRepeats; ++i) {
    // The scan is over in milliseconds: the least of some.
    double least = std::numeric_limits<double>::infinity();
    for (int j = 0; j < 5; ++j) least = std::min(least, seconds_of(kernels::scan2d, in));
    ours.push_back(least);
    ratios.push_back(seconds_of(kernels::scan2d_reference, in) / least);
  }
  std::ranges::sort(ratios);
  std::ranges::sort(ours);
  return {ratios[1],
          fmt::format("ours {} s for {} x {} cells", number_text(ours[1], 2), variates, steps),
          fmt::format("{:.0f} to {:.0f}, 3 repeats", ratios.front(), ratios.back()), ""};
}

ScanTimes scan_times(const Rng& rng) {
  ScanTimes times;
  for (const int64_t variates : {8, 16, 32, 64}) {
    const Tensors in = inputs({1, variates, 512, 8, 16}, at::kFloat, rng);
    double least = std::numeric_limits<double>::infinity();
    for (int i = 0; i < 7; ++i) least = std::min(least, seconds_of(kernels::scan2d, in));
    times.cells.push_back(static_cast<double>(variates * 512)), times.seconds.push_back(least);
  }
  return times;
}

Measurement mamba_gap(const Rng& rng) {
  const nn::GridMamba block = nn::uncoupled(plain_block(rng.split("block")));
  const Tensor u = rng.split("input").normal({2, 6, 64, 16});
  const Tensor one = nn::forward(nn::along_time(block), u.reshape({12, 64, 16}));
  return {max_abs_diff(nn::forward(block, u), one.view(u.sizes())), "",
          "12 variates of 64 steps, E 32, N 8", ""};
}

Measurement one_variate_gap(const Rng& rng) {
  const nn::GridMamba block = plain_block(rng.split("block")), plain = nn::uncoupled(block);
  const Tensor u = rng.split("input").normal({4, 1, 64, 16});
  const Tensor one = nn::forward(nn::along_time(plain), u.squeeze(1)).unsqueeze(1);
  nn::GridMamba other = block;
  other.trend[0].A4_log = at::zeros_like(other.trend[0].A4_log);
  other.trend[0].K3 = -other.trend[0].K3;
  return {std::max(max_abs_diff(nn::forward(plain, u), one),
                   max_abs_diff(nn::forward(block, u), nn::forward(other, u))),
          "", "four grids of one variate; other rates and couplings across it change nothing", ""};
}

}  // namespace offprint::papers::chimera
