#include "offprint/kernels/companion.h"

#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/diag_embed.h>
#include <ATen/ops/flip.h>

#include <algorithm>
#include <vector>

#include "offprint/core/error.h"
#include "offprint/kernels/fft_conv.h"
#include "offprint/kernels/recursive_filter.h"

namespace offprint::kernels {
namespace {

void check(const Tensor& a, const Tensor& other, const char* name) {
  require_dim(a, 2, "companion", "a", "(H,d)");
  require(a.size(1) > 0, "companion: a {} is empty, expected d > 0", shape_text(a));
  require(other.defined() && other.sizes() == a.sizes(), "companion: {} is {}, expected {}", name,
          shape_text(other), shape_text(a));
  require(a.scalar_type() == other.scalar_type() &&
              (a.scalar_type() == at::kFloat || a.scalar_type() == at::kDouble),
          "companion: a and {} are {} and {}, expected float32 or float64 for both", name,
          c10::toString(a.scalar_type()), c10::toString(other.scalar_type()));
}

void require_length(int64_t length) {
  require(length >= 1, "companion: length {}, expected >= 1", length);
}

Tensor padded(const Tensor& x, int64_t before, int64_t after) {
  return at::constant_pad_nd(x, {before, after});
}

// C R b = sum_j z^j sum_i C[i+j] b[i], the first `terms` of its d coefficients, for two b at once.
std::pair<Tensor, Tensor> shifted_products(const Tensor& C, const Tensor& b0, const Tensor& b1,
                                           int64_t terms) {
  const int64_t n = good_fft_length(2 * C.size(1) - 1);
  const Tensor spectra = at::fft_rfft(at::stack({C, b0, b1}), n, -1);
  const Tensor lags = at::fft_irfft(spectra[0] * spectra.slice(0, 1).conj(), n, -1);
  return {lags[0].slice(-1, 0, terms), lags[1].slice(-1, 0, terms)};
}

// (H,d) -> (H,d,d), entry (i,j) is x[i-j] on and below the diagonal.
Tensor lower_toeplitz(const Tensor& x) {
  const int64_t d = x.size(1);
  const Tensor lines = padded(at::flip(x, {1}), 0, d - 1);  // x[d-1] .. x[0], zeros
  return at::flip(lines.unfold(1, d, 1), {1});
}

}  // namespace

Tensor companion_filter(const Tensor& a, const Tensor& B, const Tensor& C, int64_t length) {
  check(a, B, "B"), check(a, C, "C"), require_length(length);
  const int64_t d = a.size(1), terms = std::min(d, length);
  const Tensor wide = a.to(at::kDouble), input = B.to(at::kDouble);
  const auto [direct, past_column] = shifted_products(C.to(at::kDouble), input, wide, terms);
  const Tensor last = at::flip(input, {1}).slice(1, 0, terms);  // e_d^T R B
  const int64_t n = good_fft_length(2 * terms - 1);
  const Tensor product =
      at::fft_irfft(at::fft_rfft(past_column, n, -1) * at::fft_rfft(last, n, -1), n, -1);
  const int64_t kept = std::min(2 * terms - 1, length - 1);
  const Tensor drive = padded(product.slice(1, 0, kept), 1, length - 1 - kept);
  const Tensor through_column = recursive_filter(drive, at::flip(wide, {1}));
  return (padded(direct, 0, length - terms) + through_column).to(a.scalar_type());
}

Tensor companion_filter_reference(const Tensor& a, const Tensor& B, const Tensor& C,
                                  int64_t length) {
  check(a, B, "B"), check(a, C, "C"), require_length(length);
  const Tensor A = companion_matrix(a);
  Tensor x = B.unsqueeze(-1);  // (H,d,1)
  std::vector<Tensor> outputs;
  for (int64_t k = 0; k < length; ++k) {
    if (k > 0) x = at::bmm(A, x);
    outputs.push_back((C * x.squeeze(-1)).sum(1));
  }
  return at::stack(outputs, 1);
}

Tensor companion_matrix(const Tensor& a) {
  require_dim(a, 2, "companion", "a", "(H,d)");
  const int64_t d = a.size(1);
  const Tensor shift = at::diag_embed(at::ones({d - 1}, a.options()), -1);  // (d,d)
  return shift + at::constant_pad_nd(a.unsqueeze(-1), {d - 1, 0});
}

Tensor observability(const Tensor& C, const Tensor& M, int64_t length) {
  require_dim(C, 3, "companion", "C", "(H,r,d)");
  const int64_t H = C.size(0), r = C.size(1), d = C.size(2);
  require(M.defined() && M.dim() == 3 && M.size(0) == H && M.size(1) == d && M.size(2) == d,
          "companion: M is {}, expected ({},{},{})", shape_text(M), H, d, d);
  require_length(length);
  Tensor rows = C, power = M;  // M^m, m r the rows there are
  while (rows.size(1) < length * r) {
    const int64_t more = std::min(rows.size(1), length * r - rows.size(1));
    rows = at::cat({rows, at::bmm(rows.slice(1, 0, more), power)}, 1);
    if (rows.size(1) < length * r) power = at::bmm(power, power);
  }
  return rows.view({H, length, r, d});
}

// The last entry s is a filtered u, and x_{k+1}[i] = x_k[i-1] + a[i] s_k + B[i] u_k gives the
// others from the last d values of s and u.
Tensor companion_state(const Tensor& a, const Tensor& B, const Tensor& u) {
  check(a, B, "B");
  require_dim(u, 3, "companion", "u", "(B,H,L)");
  require(u.size(1) == a.size(0) && u.size(2) > 0 && u.scalar_type() == a.scalar_type(),
          "companion: u is {} {}, expected (B,{},L) {}", shape_text(u),
          c10::toString(u.scalar_type()), a.size(0), c10::toString(a.scalar_type()));
  const int64_t d = a.size(1), L = u.size(2), tail = std::min(d, L);
  const Tensor e_d = padded(at::ones({a.size(0), 1}, a.options()), d - 1, 0);
  // s_{L-1-j} = sum_i F[L-2-j-i] u_i for j < tail: few rows of a convolution, so as a product.
  const Tensor reversed = padded(at::flip(companion_filter(a, B, e_d, L), {1}), 0, tail);
  const Tensor rows = reversed.slice(1, 1).unfold(1, L, 1);  // (H,tail,L)
  const Tensor last = at::einsum("bhi,hji->bhj", {u, rows});
  const Tensor recent = at::flip(u.slice(2, L - tail), {2});  // newest first, as last is
  return at::einsum("bhj,hij->bhi", {last, lower_toeplitz(a).slice(2, 0, tail)}) +
         at::einsum("bhj,hij->bhi", {recent, lower_toeplitz(B).slice(2, 0, tail)});
}

}  // namespace offprint::kernels
