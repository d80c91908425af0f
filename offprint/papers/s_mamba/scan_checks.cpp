#include "offprint/papers/s_mamba/scan_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "offprint/core/autograd.h"
#include "offprint/core/clock.h"
#include "offprint/core/table.h"
#include "offprint/kernels/selective_scan.h"
#include "offprint/papers/kernel_gap.h"

namespace offprint::papers::s_mamba {
namespace {

using Scan = Tensor (*)(const Tensor&, const Tensor&, const Tensor&, const Tensor&, const Tensor&,
                        const Tensor&);

struct Size {
  int64_t B, L, D, N;
};

// As a Mamba block begins: steps log-uniform in [1e-3, 0.1], A = -1 .. -N.
Tensors inputs(const Size& s, at::ScalarType type, Rng rng) {
  const auto d = at::kDouble;
  const Tensor rates = at::arange(1, s.N + 1, at::TensorOptions().dtype(d));
  Tensors in = {rng.normal({s.B, s.L, s.D}, d),
                at::exp(rng.uniform({s.B, s.L, s.D}, std::log(1e-3), std::log(0.1), d)),
                -rates.expand({s.D, s.N}),
                rng.normal({s.B, s.L, s.N}, d),
                rng.normal({s.B, s.L, s.N}, d),
                rng.normal({s.D}, d)};
  for (Tensor& t : in) t = t.to(type).contiguous().requires_grad_();
  return in;
}

Tensor call(Scan scan, const Tensors& t) { return scan(t[0], t[1], t[2], t[3], t[4], t[5]); }

double seconds_of(Scan scan, const Tensors& in) {
  const Stopwatch watch;
  gradients({(call(scan, in) * in[0].detach()).sum()}, in);
  return watch.seconds();
}

Measurement times_faster(Scan peer, const Size& size, Rng rng) {
  constexpr int kRepeats = 3;
  const Tensors in = inputs(size, at::kFloat, std::move(rng));
  std::vector<double> ours, ratios;
  seconds_of(kernels::selective_scan, in);
  for (int i = 0; i < kRepeats; ++i) {
    ours.push_back(seconds_of(kernels::selective_scan, in));
    ratios.push_back(seconds_of(peer, in) / ours.back());
  }
  std::ranges::sort(ratios);
  std::ranges::sort(ours);
  return {ratios[1], fmt::format("ours {} s at L {}", number_text(ours[1], 2), size.L),
          fmt::format("{:.1f} to {:.1f}, 3 repeats", ratios.front(), ratios.back()), ""};
}

}  // namespace

Tensor published_scan(const Tensor& x, const Tensor& dt, const Tensor& A, const Tensor& B,
                      const Tensor& C, const Tensor& D) {
  const Tensor u = x.transpose(1, 2), delta = dt.transpose(1, 2);
  const Tensor decay = at::exp(at::einsum("bdl,dn->bdln", {delta, A}));
  const Tensor input = at::einsum("bdl,bln,bdl->bdln", {delta, B, u});
  Tensor h = at::zeros({x.size(0), x.size(2), A.size(1)}, x.options());
  Tensors y;
  for (int64_t t = 0; t < x.size(1); ++t) {
    h = decay.select(2, t) * h + input.select(2, t);
    y.push_back(at::einsum("bdn,bn->bd", {h, C.select(1, t)}));
  }
  return at::stack(y, 1) + x * D;
}

Measurement scan_gap(const Rng& rng) {
  double worst = 0;
  const std::vector<Size> sizes = {{2, 1, 5, 3}, {2, 31, 16, 16}, {3, 33, 40, 7}, {1, 500, 20, 16}};
  for (const Size& size : sizes) {
    const Tensors in = inputs(size, at::kFloat, rng.split(static_cast<uint64_t>(size.L)));
    worst = std::max(
        worst,
        kernel_gap([](const Tensors& t) { return call(kernels::selective_scan, t); },
                   [](const Tensors& t) { return call(kernels::selective_scan_reference, t); }, in,
                   rng));
  }
  return {worst, "", fmt::format("largest of {} sizes, output and six gradients", sizes.size()),
          ""};
}

Measurement scan_gradient_gap(const Rng& rng) {
  double worst = 0;
  for (const int64_t L : {1, 7, 35})
    worst = std::max(
        worst, gradient_check([](const Tensors& t) { return call(kernels::selective_scan, t); },
                              inputs({2, L, 3, 3}, at::kDouble, rng)));
  return {worst, "", "largest of L 1, 7 and 35, all six inputs", ""};
}

ScanTimes scan_times(int64_t L, const Rng& rng) {
  const Size size{8, L, 256, 16}, shorter{8, std::clamp<int64_t>(L / 2, 1, 256), 256, 16};
  return {times_faster(published_scan, shorter, rng),
          times_faster(kernels::selective_scan_reference, size, rng),
          times_faster(kernels::selective_scan_parallel, size, rng)};
}

}  // namespace offprint::papers::s_mamba
