// Causal convolution through the real DFT of order 2. The grid's first axis is contracted by real
// products and keeps h = n1/2 + 1 of its frequencies, the second by complex ones, written as real
// ones over real and imaginary parts; the inverse takes the axes in the other order. So laid out,
// nothing is copied between the four products.
#include <ATen/ops/flip.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <mutex>
#include <numbers>

#include "offprint/core/autograd.h"
#include "offprint/core/error.h"
#include "offprint/kernels/fft_conv.h"
#include "offprint/kernels/monarch.h"

namespace offprint::kernels {
namespace {

constexpr int64_t kLongest = 1 << 16;  // the grid's matrices would take GiB beyond

struct Grid {
  int64_t n1 = 0, n2 = 0, h = 0, rows = 0;  // rows: of the first axis that can hold input
  Tensor enter, leave;                      // (2h,rows) and (rows,2h); a frequency's parts together
  Tensor middle, back;                      // (h,2 n2,2 n2): real parts of n2, then imaginary ones
};

// Powers of two with n1 n2 >= 2 L. A point costs n1 in real products on the outer axis and 4 n2 in
// complex ones on the inner: n1 is about 4 n2.
Grid make_grid(int64_t length, at::ScalarType type, at::Device device) {
  Grid g;
  int64_t n = 4;
  while (n < 2 * length) n *= 2;
  g.n2 = 2;
  while (16 * g.n2 * g.n2 <= n) g.n2 *= 2;
  g.n1 = n / g.n2, g.h = g.n1 / 2 + 1;
  g.rows = (length + g.n2 - 1) / g.n2;
  const auto wide = at::TensorOptions().dtype(at::kDouble);
  // Reduced as whole numbers, so that large products stay exact.
  const auto turn = [](const Tensor& a, const Tensor& b, int64_t m) {
    return (a * b).remainder(static_cast<double>(m)) *
           (2 * std::numbers::pi / static_cast<double>(m));
  };
  const Tensor k1 = at::arange(g.h, wide), i1 = at::arange(g.rows, wide);
  const Tensor angle = turn(k1.unsqueeze(1), i1, g.n1);  // (h,rows)
  g.enter = at::stack({angle.cos(), -angle.sin()}, 1).view({2 * g.h, g.rows});
  // The frequencies left out are conjugates of those kept, but for the first and the last.
  Tensor weight = at::full({g.h, 1, 1}, 2.0, wide);
  weight[0] = weight[g.h - 1] = 1;
  g.leave = (g.enter.view({g.h, 2, g.rows}) * weight / static_cast<double>(n))
                .view({2 * g.h, g.rows})
                .t();
  const Tensor i2 = at::arange(g.n2, wide);
  const Tensor k = k1.view({g.h, 1, 1}) + i2.view({1, g.n2, 1}) * static_cast<double>(g.n1);
  const Tensor phase = turn(k, i2, n), c = phase.cos(), s = phase.sin();  // (h,n2,n2): k2 by i2
  g.middle = at::cat({at::cat({c, s}, 2), at::cat({-s, c}, 2)}, 1);
  g.back = g.middle.transpose(1, 2);  // of a unitary matrix's parts, but for its size
  for (Tensor* t : {&g.enter, &g.leave, &g.middle, &g.back}) *t = t->to(device, type).contiguous();
  return g;
}

// Grids are a few MiB and the same for every layer of a model; the last few are kept.
Grid grid_for(int64_t length, const Tensor& like) {
  static std::mutex mutex;
  static std::map<std::string, Grid> kept;
  const std::string key =
      fmt::format("{} {} {}", length, c10::toString(like.scalar_type()), like.device().str());
  const std::lock_guard lock(mutex);
  if (const auto found = kept.find(key); found != kept.end()) return found->second;
  if (kept.size() >= 8) kept.clear();
  return kept[key] = make_grid(length, like.scalar_type(), like.device());
}

// (L,C) real -> (h, 2 n2, C).
Tensor spectrum(const Grid& g, const Tensor& x) {
  const int64_t C = x.size(1), missing = g.rows * g.n2 - x.size(0);
  const Tensor padded = missing == 0 ? x : at::pad(x, {0, 0, 0, missing});
  const Tensor entered = at::matmul(g.enter, padded.reshape({g.rows, g.n2 * C}));
  return at::bmm(g.middle, entered.view({g.h, 2 * g.n2, C}));
}

Tensor from_spectrum(const Grid& g, const Tensor& spectrum, int64_t length) {
  const int64_t C = spectrum.size(2);
  const Tensor lines = at::bmm(g.back, spectrum).view({2 * g.h, g.n2 * C});
  return at::matmul(g.leave, lines).view({g.rows * g.n2, C}).narrow(0, 0, length);
}

// Products of spectra (h,2,n2,B,H) and (h,2,n2,1,H) or both of B; with `sum`, over the batch.
Tensor times(const Tensor& a, const Tensor& b, bool sum) {
  const Tensor ar = a.select(1, 0), ai = a.select(1, 1), br = b.select(1, 0), bi = b.select(1, 1);
  const Tensor y = at::stack({ar * br - ai * bi, ar * bi + ai * br}, 1);
  return sum ? y.sum(3, true) : y;
}

template <class T>
void multiply(const T* a, const T* b, T* out, const Grid& g, int64_t B, int64_t H, bool shared,
              bool sum) {
  const int64_t half = g.n2 * B * H, b_half = shared ? g.n2 * H : half;
  const int64_t out_half = sum ? g.n2 * H : half;
  at::parallel_for(0, g.h, 1, [&](int64_t begin, int64_t end) {
    for (int64_t line = begin * g.n2; line < end * g.n2; ++line) {
      const int64_t f = line / g.n2, i2 = line % g.n2;
      for (int64_t batch = 0; batch < B; ++batch) {
        const int64_t at = (i2 * B + batch) * H;
        const T* __restrict ar = a + 2 * f * half + at;
        const T* __restrict br = b + 2 * f * b_half + (shared ? i2 * H : at);
        T* __restrict yr = out + 2 * f * out_half + (sum ? i2 * H : at);
        const T* __restrict ai = ar + half, * __restrict bi = br + b_half;
        T* __restrict yi = yr + out_half;
        if (sum && batch > 0)
          for (int64_t c = 0; c < H; ++c)
            yr[c] += ar[c] * br[c] - ai[c] * bi[c], yi[c] += ar[c] * bi[c] + ai[c] * br[c];
        else
          for (int64_t c = 0; c < H; ++c)
            yr[c] = ar[c] * br[c] - ai[c] * bi[c], yi[c] = ar[c] * bi[c] + ai[c] * br[c];
      }
    }
  });
}

// The same of contiguous spectra (h,2 n2,B H) and (h,2 n2,H or B H), in one pass on the CPU.
Tensor product(const Grid& g, const Tensor& a, const Tensor& b, int64_t B, bool sum) {
  const int64_t H = a.size(2) / B, others = b.size(2) / H;
  const std::vector<int64_t> shape = {g.h, 2 * g.n2, sum ? H : B * H};
  if (!a.device().is_cpu())
    return times(a.view({g.h, 2, g.n2, B, H}), b.view({g.h, 2, g.n2, others, H}), sum).view(shape);
  const Tensor out = at::empty(shape, a.options());
  const bool shared = others < B;
  if (a.scalar_type() == at::kFloat)
    multiply(a.const_data_ptr<float>(), b.const_data_ptr<float>(), out.mutable_data_ptr<float>(), g,
             B, H, shared, sum);
  else
    multiply(a.const_data_ptr<double>(), b.const_data_ptr<double>(), out.mutable_data_ptr<double>(),
             g, B, H, shared, sum);
  return out;
}

Tensor columns(const Tensor& u) {  // (B,H,L) -> (L,B H)
  return u.permute({2, 0, 1}).reshape({u.size(2), u.size(0) * u.size(1)});
}

Tensor from_columns(const Tensor& y, int64_t B) {
  return y.view({y.size(0), B, -1}).permute({1, 2, 0});
}

CustomGradient::Result forward(const Tensors& in) {
  const Tensor &u = in[0], &k = in[1];
  const int64_t B = u.size(0), L = u.size(2);
  const Grid g = grid_for(L, u);
  const Tensor us = spectrum(g, columns(u)), ks = spectrum(g, k.t().contiguous());
  const Tensor y = from_spectrum(g, product(g, us, ks, B, false), L);
  return {{from_columns(y, B)}, {us, ks, at::empty({0, k.size(1)})}};
}

// Correlations are convolutions of what is turned round in time.
Tensors backward(const Tensors& saved, const Tensors& grads) {
  const Tensor &us = saved[0], &ks = saved[1];
  const int64_t B = grads[0].size(0), L = grads[0].size(2), K = saved[2].size(1);
  const Grid g = grid_for(L, us);
  const Tensor gs = spectrum(g, at::flip(columns(grads[0]), {0}));
  const Tensor du = from_spectrum(g, product(g, gs, ks, B, false), L);
  const Tensor dk = from_spectrum(g, product(g, gs, us, B, true), L);
  return {from_columns(at::flip(du, {0}), B), at::flip(dk, {0}).narrow(0, 0, K).t()};
}

}  // namespace

Tensor monarch_conv(const Tensor& u, const Tensor& k) {
  require_dim(u, 3, "monarch_conv", "u", "(B,H,L)");
  const int64_t H = u.size(1), L = u.size(2);
  require(k.defined() && k.dim() == 2 && k.size(0) == H && k.size(1) > 0 && u.numel() > 0,
          "monarch_conv: k is {}, u {}, expected (H,K) and (B,H,L)", shape_text(k), shape_text(u));
  require(u.scalar_type() == k.scalar_type() &&
              (u.scalar_type() == at::kFloat || u.scalar_type() == at::kDouble),
          "monarch_conv: u and k are {} and {}, expected float32 or float64 for both",
          c10::toString(u.scalar_type()), c10::toString(k.scalar_type()));
  require(L <= kLongest, "monarch_conv: L is {}, expected at most {}; fft_conv takes any", L,
          kLongest);
  static const CustomGradient node{"monarch_conv", forward, backward};
  return apply(node, {u, k.size(1) > L ? k.narrow(1, 0, L) : k})[0];
}

}  // namespace offprint::kernels
