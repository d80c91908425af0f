// Causal convolution through the real DFT of order 2. The grid's first axis is contracted by real
// products and keeps h = n1/2 + 1 of its frequencies, the second by complex ones; the inverse takes
// the axes in the other order, so that no digits have to be reversed.
#include <algorithm>
#include <cmath>
#include <map>
#include <mutex>
#include <numbers>

#include "offprint/core/error.h"
#include "offprint/kernels/fft_conv.h"
#include "offprint/kernels/monarch.h"

namespace offprint::kernels {
namespace {

constexpr int64_t kLongest = 1 << 18;  // the grid's matrices would take GiB beyond

struct Grid {
  int64_t n1 = 0, n2 = 0, rows = 0;  // rows: of the first axis that can hold input
  Tensor enter, leave;               // (2h,rows) and (rows,2h), real
  Tensor middle, back;               // (h,n2,n2) complex
};

// Powers of two with n1 n2 >= 2 L. A point costs n1 in real products on the outer axis and 4 n2 in
// complex ones on the inner: n1 is about 4 n2.
Grid make_grid(int64_t length, at::ScalarType type, at::Device device) {
  Grid g;
  int64_t n = 4;
  while (n < 2 * length) n *= 2;
  g.n2 = 2;
  while (16 * g.n2 * g.n2 <= n) g.n2 *= 2;
  g.n1 = n / g.n2;
  g.rows = (length + g.n2 - 1) / g.n2;
  const int64_t h = g.n1 / 2 + 1;
  const auto wide = at::TensorOptions().dtype(at::kDouble);
  // Reduced as whole numbers, so that large products stay exact.
  const auto turn = [](const Tensor& a, const Tensor& b, int64_t m) {
    return (a * b).remainder(static_cast<double>(m)) *
           (2 * std::numbers::pi / static_cast<double>(m));
  };
  const Tensor k1 = at::arange(h, wide), i1 = at::arange(g.rows, wide);
  const Tensor angle = turn(k1.unsqueeze(1), i1, g.n1);  // (h,rows)
  // The frequencies left out are conjugates of those kept, but for the first and the last.
  Tensor weight = at::full({h, 1}, 2.0, wide);
  weight[0] = weight[h - 1] = 1;
  weight = weight / static_cast<double>(n);
  const Tensor i2 = at::arange(g.n2, wide);
  const Tensor k = k1.view({h, 1, 1}) + i2.view({1, g.n2, 1}) * static_cast<double>(g.n1);
  const Tensor phase = turn(k, i2, n);  // (h,n2,n2): k2 by i2, twiddle included
  const auto complex = c10::toComplexType(type);
  g.enter = at::cat({angle.cos(), -angle.sin()}).to(device, type);
  g.leave = at::cat({angle.cos() * weight, -angle.sin() * weight}).t().to(device, type);
  g.middle = at::complex(phase.cos(), -phase.sin()).to(device, complex);
  g.back = g.middle.transpose(1, 2).conj().resolve_conj().contiguous();
  return g;
}

// Grids are a few MiB and the same for every layer of a model; the last few are kept.
Grid grid_for(int64_t length, const Tensor& like) {
  static std::mutex mutex;
  static std::map<std::string, Grid> kept;
  const at::NoGradGuard no_grad;
  const std::string key =
      fmt::format("{} {} {}", length, c10::toString(like.scalar_type()), like.device().str());
  const std::lock_guard lock(mutex);
  if (const auto found = kept.find(key); found != kept.end()) return found->second;
  if (kept.size() >= 8) kept.clear();
  return kept[key] = make_grid(length, like.scalar_type(), like.device());
}

Tensor spectrum(const Grid& g, const Tensor& x) {  // (L,C) real -> (h,n2,C)
  const int64_t C = x.size(1), h = g.middle.size(0);
  const Tensor padded = at::pad(x, {0, 0, 0, g.rows * g.n2 - x.size(0)});
  const Tensor entered = at::matmul(g.enter, padded.reshape({g.rows, g.n2 * C}));
  const Tensor parts = entered.view({2, h, g.n2, C});
  return at::bmm(g.middle, at::complex(parts.select(0, 0), parts.select(0, 1)));
}

Tensor from_spectrum(const Grid& g, const Tensor& spectrum, int64_t length) {
  const int64_t C = spectrum.size(2);
  const Tensor lines = at::view_as_real(at::bmm(g.back, spectrum));  // (h,n2,C,2)
  const Tensor parts = at::cat({lines.select(3, 0), lines.select(3, 1)});
  return at::matmul(g.leave, parts.view({-1, g.n2 * C})).view({-1, C}).narrow(0, 0, length);
}

}  // namespace

Tensor monarch_conv(const Tensor& u, const Tensor& k) {
  require_dim(u, 3, "monarch_conv", "u", "(B,H,L)");
  const int64_t B = u.size(0), H = u.size(1), L = u.size(2);
  require(k.defined() && k.dim() == 2 && k.size(0) == H && k.size(1) > 0 && L > 0,
          "monarch_conv: k is {}, u {}, expected (H,K) and (B,H,L)", shape_text(k), shape_text(u));
  require(u.scalar_type() == k.scalar_type() &&
              (u.scalar_type() == at::kFloat || u.scalar_type() == at::kDouble),
          "monarch_conv: u and k are {} and {}, expected float32 or float64 for both",
          c10::toString(u.scalar_type()), c10::toString(k.scalar_type()));
  require(L <= kLongest, "monarch_conv: L is {}, expected at most {}; fft_conv takes any", L,
          kLongest);
  const Grid g = grid_for(L, u);
  const Tensor us = spectrum(g, u.permute({2, 0, 1}).reshape({L, B * H}));
  const Tensor ks = spectrum(g, k.narrow(1, 0, std::min(L, k.size(1))).t());
  const int64_t h = us.size(0);
  const Tensor ys = us.view({h, g.n2, B, H}) * ks.view({h, g.n2, 1, H});
  return from_spectrum(g, ys.view({h, g.n2, B * H}), L).view({L, B, H}).permute({1, 2, 0});
}

}  // namespace offprint::kernels
