#include "offprint/kernels/recursive_filter.h"

#include <ATen/ops/constant_pad_nd.h>

#include <algorithm>
#include <vector>

#include "offprint/core/autograd.h"
#include "offprint/core/error.h"
#include "offprint/kernels/fft_conv.h"

namespace offprint::kernels {
namespace {

void check(const Tensor& u, const Tensor& r) {
  require_dim(u, 2, "recursive_filter", "u", "(H,L)");
  require(r.defined() && r.dim() == 2 && r.size(0) == u.size(0),
          "recursive_filter: r is {}, expected ({},P)", shape_text(r), u.size(0));
  require(u.scalar_type() == r.scalar_type() &&
              (u.scalar_type() == at::kFloat || u.scalar_type() == at::kDouble),
          "recursive_filter: u and r are {} and {}, expected float32 or float64 for both",
          c10::toString(u.scalar_type()), c10::toString(r.scalar_type()));
  require(u.size(1) > 0, "recursive_filter: u {} is empty, expected L > 0", shape_text(u));
}

Tensor spectrum(const Tensor& x, int64_t n) { return at::fft_rfft(x, n, -1); }

// Entries [from, to) of the series whose spectrum over n points is given.
Tensor part(const Tensor& spectrum, int64_t n, int64_t from, int64_t to) {
  return at::fft_irfft(spectrum, n, -1).slice(-1, from, to);
}

// The first L terms of 1 / (1 - z r(z)): with m terms of h right, 1 - (1 - z r) h begins at z^m,
// and h plus h times that begins to be wrong at z^2m. A cyclic product of `to` points is enough for
// both, because its overlap falls on terms that are known.
Tensor impulse_response(const Tensor& r, int64_t L) {
  std::vector<int64_t> sizes = {L};
  while (sizes.back() > 1) sizes.push_back((sizes.back() + 1) / 2);
  const Tensor one = at::ones({r.size(0), 1}, r.options());
  const Tensor denominator = at::cat({one, -r}, 1);
  Tensor h = one;
  for (auto size = sizes.rbegin() + 1; size != sizes.rend(); ++size) {
    const int64_t m = h.size(1), to = *size, n = good_fft_length(to);
    const Tensor known = spectrum(h, n);
    const Tensor wrong = part(spectrum(denominator.slice(1, 0, to), n) * known, n, m, to);
    h = at::cat({h, -part(spectrum(wrong, n) * known, n, 0, to - m)}, 1);
  }
  return h;
}

CustomGradient::Result forward(const Tensors& in) {
  const Tensor u = in[0].to(at::kDouble), r = in[1].to(at::kDouble);
  const int64_t L = u.size(1), n = good_fft_length(2 * L - 1);
  const Tensor h = impulse_response(r.slice(1, 0, L - 1), L);
  const Tensor y = part(spectrum(u, n) * spectrum(h, n), n, 0, L);
  return {{y.to(in[0].scalar_type()).contiguous()}, {h, y, in[1]}};
}

// From (1 - z r) dy = du + z dr y: the gradient of u is the gradient of y through the reversed
// filter, that of r its correlation with the outputs before.
Tensors backward(const Tensors& saved, const Tensors& grads) {
  const Tensor &h = saved[0], &y = saved[1], &r = saved[2];
  const int64_t L = y.size(1), n = good_fft_length(2 * L - 1);
  const int64_t taps = std::min(r.size(1), L - 1);
  const Tensor g = spectrum(grads[0].to(at::kDouble), n);
  const Tensor du = part(g * spectrum(h, n).conj(), n, 0, L);
  const Tensor dr = part(spectrum(du, n) * spectrum(y, n).conj(), n, 1, taps + 1);
  const auto type = r.scalar_type();
  return {du.to(type).contiguous(), at::constant_pad_nd(dr, {0, r.size(1) - taps}).to(type)};
}

}  // namespace

Tensor recursive_filter(const Tensor& u, const Tensor& r) {
  check(u, r);
  static const CustomGradient node{"recursive_filter", forward, backward};
  return apply(node, {u, r})[0];
}

Tensor recursive_filter_reference(const Tensor& u, const Tensor& r) {
  check(u, r);
  std::vector<Tensor> y;
  for (int64_t k = 0; k < u.size(1); ++k) {
    Tensor next = u.select(1, k);
    for (int64_t j = 1; j <= std::min(k, r.size(1)); ++j)
      next = next + r.select(1, j - 1) * y[static_cast<size_t>(k - j)];
    y.push_back(next);
  }
  return at::stack(y, 1);
}

}  // namespace offprint::kernels
