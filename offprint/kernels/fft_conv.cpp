#include "offprint/kernels/fft_conv.h"

#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/flip.h>

#include <algorithm>

#include "offprint/core/autograd.h"
#include "offprint/core/error.h"
#include "offprint/kernels/fft_lanes.h"

namespace offprint::kernels {
namespace {

void check(const Tensor& u, const Tensor& k, const char* name) {
  require_dim(u, 3, "fft_conv", "u", "(B,H,L)");
  require(k.defined() && k.dim() == 2 && k.size(0) == u.size(1),
          "fft_conv: {} is {}, expected ({},K)", name, shape_text(k), u.size(1));
  require(u.scalar_type() == k.scalar_type() &&
              (u.scalar_type() == at::kFloat || u.scalar_type() == at::kDouble),
          "fft_conv: u and {} are {} and {}, expected float32 or float64 for both", name,
          c10::toString(u.scalar_type()), c10::toString(k.scalar_type()));
  require(u.size(2) > 0 && k.size(1) > 0, "fft_conv: u {} or {} {} is empty, expected L, K > 0",
          shape_text(u), name, shape_text(k));
}

Tensor spectrum(const Tensor& x, int64_t n) { return at::fft_rfft(x, n, -1); }

Tensor head_of_inverse(const Tensor& spectrum, int64_t n, int64_t length) {
  return at::fft_irfft(spectrum, n, -1).narrow(-1, 0, length);
}

CustomGradient::Result forward(const Tensors& in) {
  const Tensor &u = in[0], &k = in[1];
  const int64_t n = good_fft_length(u.size(2) + k.size(1) - 1);  // shorter would wrap around
  if (detail::lanes_fit(u)) {
    const Tensor ready = u.contiguous(), taps = k.contiguous();
    return {{detail::lanes_convolve(ready, taps, n)}, {ready, taps}};
  }
  const Tensor y = head_of_inverse(spectrum(u, n) * spectrum(k, n), n, u.size(2)).contiguous();
  return {{y}, {u, k}};
}

// Both gradients are correlations, hence the conjugates; the spectra are cheaper made again than
// kept (three times the memory of u).
Tensors backward(const Tensors& saved, const Tensors& grads) {
  const Tensor &u = saved[0], &k = saved[1];
  const int64_t n = good_fft_length(u.size(2) + k.size(1) - 1);
  if (detail::lanes_fit(u)) {
    const auto gradient = detail::lanes_gradient(u, k, grads[0].contiguous(), n);
    return {gradient.u, gradient.k};
  }
  const Tensor g = spectrum(grads[0], n);
  const Tensor du = head_of_inverse(g * spectrum(k, n).conj(), n, u.size(2));
  const Tensor dk = head_of_inverse((g * spectrum(u, n).conj()).sum(0), n, k.size(1));
  return {du, dk};
}

}  // namespace

int64_t good_fft_length(int64_t n) {
  require(n >= 1, "good_fft_length: n is {}, expected >= 1", n);
  int64_t best = 2;
  while (best < n) best *= 2;
  for (int64_t five = 2; five < best; five *= 5)
    for (int64_t three = five; three < best; three *= 3)
      for (int64_t two = three; two < best; two *= 2)
        if (two >= n) best = std::min(best, two);
  return best;
}

Tensor fft_conv(const Tensor& u, const Tensor& k) {
  check(u, k, "k");
  static const CustomGradient node{"fft_conv", forward, backward};
  return apply(node, {u, k.size(1) > u.size(2) ? k.narrow(1, 0, u.size(2)) : k})[0];
}

Tensor fft_conv(const Tensor& u, const Tensor& k, const Tensor& skip) {
  check(u, k, "k");
  require(skip.defined() && skip.dim() == 1 && skip.size(0) == k.size(0),
          "fft_conv: skip is {}, expected ({})", shape_text(skip), k.size(0));
  const Tensor first = k.narrow(1, 0, 1) + skip.unsqueeze(-1);
  return fft_conv(u, at::cat({first, k.narrow(1, 1, k.size(1) - 1)}, 1));
}

Tensor fft_conv_two_sided(const Tensor& u, const Tensor& k, const Tensor& k_back) {
  check(u, k_back, "k_back");
  // The part ahead is a causal convolution of the reversed input, delayed by one step.
  const Tensor delayed = at::constant_pad_nd(k_back, {1, 0});
  return fft_conv(u, k) + at::flip(fft_conv(at::flip(u, {2}), delayed), {2});
}

Tensor direct_conv(const Tensor& u, const Tensor& k) {
  check(u, k, "k");
  const int64_t L = u.size(2);
  Tensor y = at::zeros_like(u);
  for (int64_t j = 0; j < std::min(L, k.size(1)); ++j)
    y = y + at::constant_pad_nd(u.narrow(2, 0, L - j) * k.select(1, j).unsqueeze(-1), {j, 0});
  return y;
}

}  // namespace offprint::kernels
