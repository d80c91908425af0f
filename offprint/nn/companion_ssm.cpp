#include "offprint/nn/companion_ssm.h"

#include <algorithm>
#include <cmath>

#include "offprint/core/error.h"
#include "offprint/kernels/companion.h"
#include "offprint/kernels/fft_conv.h"

namespace offprint::nn {

CompanionSsm make_companion_ssm(int64_t H, int64_t d, Rng& rng, at::ScalarType type) {
  require(H >= 1 && d >= 1, "companion ssm: {} channels of {} states, expected >= 1", H, d);
  const Tensor a = rng.normal({H, d}, type);
  const double scale = 1 / std::sqrt(static_cast<double>(d));
  return {4 * a / a.abs().sum(1, true), scale * rng.normal({H, d}, type),
          0.5 * rng.normal({H, d}, type), rng.normal({H}, type)};
}

Tensor stable_column(const CompanionSsm& m) { return m.a / (1 + m.a.abs().sum(1, true)); }

Tensor convolve(const CompanionSsm& m, const Tensor& u) {
  require_dim(u, 3, "companion ssm", "u", "(B,H,L)");
  const Tensor filter = kernels::companion_filter(stable_column(m), m.B, m.C, u.size(2));
  return m.D.defined() ? kernels::fft_conv(u, filter, m.D) : kernels::fft_conv(u, filter);
}

ClosedLoop make_closed_loop(int64_t H, int64_t d, Rng& rng, at::ScalarType type) {
  ClosedLoop m{make_companion_ssm(H, d, rng, type), at::zeros({H, d}, type)};
  m.ssm.D = Tensor();
  return m;
}

RollOut roll_out(const ClosedLoop& m, const Tensor& u, int64_t steps) {
  const Tensor a = stable_column(m.ssm);
  const Tensor x = kernels::companion_state(a, m.ssm.B, u);  // (B,H,d)
  const Tensor loop =
      kernels::companion_matrix(a) + m.ssm.B.unsqueeze(-1) * m.K.unsqueeze(1);  // A + B K
  const Tensor rows = kernels::observability(at::stack({m.ssm.C, m.K}, 1), loop, steps);
  const Tensor all = at::einsum("bhd,hkrd->rbhk", {x, rows});
  return {all[0], all[1]};
}

Tensor preprocessing_taps(int64_t orders, const std::vector<int64_t>& windows) {
  require(orders >= 0, "preprocessing: differences up to order {}, expected >= 0", orders);
  int64_t longest = orders + 1;
  for (const int64_t window : windows) {
    require(window >= 2, "preprocessing: a moving average over {}, expected >= 2", window);
    longest = std::max(longest, window);
  }
  const auto count = static_cast<int64_t>(windows.size());
  Tensor taps = at::zeros({1 + orders + count, longest});
  taps.select(1, 0).fill_(1);
  for (int64_t order = 1; order <= orders; ++order) {  // row by row of Pascal's triangle
    taps[order].copy_(taps[order - 1]);
    taps[order].slice(0, 1).sub_(taps[order - 1].slice(0, 0, longest - 1));
  }
  for (int64_t i = 0; i < count; ++i) {
    const int64_t window = windows[static_cast<size_t>(i)];
    taps[1 + orders + i].slice(0, 0, window).sub_(1 / static_cast<double>(window));
  }
  return taps;
}

Tensor preprocess(const Tensor& u, int64_t orders, const std::vector<int64_t>& windows) {
  require_dim(u, 3, "preprocessing", "u", "(B,C,L)");
  const Tensor taps = preprocessing_taps(orders, windows).to(u.options());
  const int64_t B = u.size(0), C = u.size(1), L = u.size(2), heads = taps.size(0);
  const Tensor each = u.unsqueeze(2).expand({B, C, heads, L}).reshape({B, C * heads, L});
  return kernels::fft_conv(each, taps.repeat({C, 1}));
}

}  // namespace offprint::nn
