// With l = b T + t the sum over n is a matrix product of two small tables,
//   K[b T + t] = sum_n 2 Re(P[n,b] Q[n,t]),  P[n,b] = W[n] a[n]^(bT),  Q[n,t] = a[n]^t,
// so that only N (B + T) exponentials are made instead of N L, each exactly, and the rest of the
// work is a real product of (B,2N) and (2N,T) a channel, which BLAS does at full vector speed.
#include "offprint/kernels/vandermonde.h"

#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/imag.h>

#include <algorithm>

#include "offprint/core/autograd.h"
#include "offprint/core/error.h"
#include "offprint/kernels/vandermonde_cpu.h"
#include "offprint/kernels/vandermonde_grid.h"

namespace offprint::kernels {
namespace {

using detail::Grid;
using detail::grid_for;

// exp(log_a * stride * j), j = 0 .. count-1, in double: l Im(log_a) reaches 1e5 radians, of which
// float32 would keep two digits.
Tensor powers(const Tensor& log_a, int64_t count, int64_t stride) {
  const Tensor lags = at::arange(count, log_a.options().dtype(at::kDouble)) * stride;
  return at::exp(log_a.to(at::kComplexDouble).unsqueeze(-1) * lags);
}

Tensor stacked(const Tensor& re, const Tensor& im, at::ScalarType type) {
  Tensor table = at::cat({re, im}, 1).to(type);
  // A decayed mode ends in denormal numbers, on which processors are a hundred times slower.
  return table.masked_fill_(table.abs() < 1e-30, 0);
}

struct Tables {
  Tensor starts, P, Q;  // complex128: a^(bT) (H,N,B), W a^(bT) (H,N,B), a^t (H,N,T)
  Tensor left, right;   // 2 [Re P; -Im P] (H,2N,B), [Re Q; Im Q] (H,2N,T)
};

Tables make_tables(const Tensor& W, const Tensor& log_a, Grid grid) {
  const at::ScalarType real = c10::toRealValueType(W.scalar_type());
  Tables t;
  t.starts = powers(log_a, grid.blocks, grid.steps);
  t.P = t.starts * W.unsqueeze(-1);
  t.Q = powers(log_a, grid.steps, 1);
  t.left = stacked(2 * at::real(t.P), -2 * at::imag(t.P), real);
  t.right = stacked(at::real(t.Q), at::imag(t.Q), real);
  return t;
}

Tensor blocked(const Tensor& W, const Tensor& log_a, int64_t L) {
  const Tables t = make_tables(W, log_a, grid_for(L));
  const Tensor K = at::bmm(t.left.transpose(1, 2), t.right);  // (H,B,T)
  return K.flatten(1).narrow(1, 0, L).contiguous();
}

Tensors blocked_backward(const Tensor& W, const Tensor& log_a, const Tensor& grad) {
  const Grid grid = grid_for(grad.size(1));
  const Tables t = make_tables(W, log_a, grid);
  const int64_t N = W.size(1);
  const Tensor G = at::constant_pad_nd(grad, {0, grid.steps * grid.blocks - grad.size(1)})
                       .reshape({-1, grid.blocks, grid.steps});
  const Tensor p = at::bmm(t.right, G.transpose(1, 2)).to(at::kDouble);  // (H,2N,B)
  const Tensor q = at::bmm(t.left, G).to(at::kDouble);                   // (H,2N,T)
  const Tensor dP = at::complex(2 * p.narrow(1, 0, N), -2 * p.narrow(1, N, N));
  const Tensor dQ = at::complex(q.narrow(1, 0, N), q.narrow(1, N, N));
  const Tensor at_block = at::arange(grid.blocks, p.options()) * grid.steps;
  const Tensor at_step = at::arange(grid.steps, p.options());
  const Tensor dW = (dP * t.starts.conj()).sum(-1);
  const Tensor d_log_a = (dP * t.P.conj() * at_block).sum(-1) + (dQ * t.Q.conj() * at_step).sum(-1);
  return {dW.to(W.scalar_type()), d_log_a.to(W.scalar_type())};
}

CustomGradient::Result on_cpu(const Tensors& in, int64_t L) {
  const Tensor W = in[0].contiguous(), log_a = in[1].contiguous();
  return {{detail::vandermonde_cpu(W, log_a, L)}, {W, log_a}};
}

Tensors on_cpu_backward(const Tensors& saved, const Tensors& grads) {
  const auto [dW, d_log_a] =
      detail::vandermonde_cpu_backward(saved[0], saved[1], grads[0].contiguous());
  return {dW, d_log_a};
}

void check(const Tensor& W, const Tensor& log_a, int64_t L) {
  require_dim(W, 2, "vandermonde", "W", "(H,N)");
  require(log_a.defined() && log_a.sizes() == W.sizes(), "vandermonde: log_a is {}, expected {}",
          shape_text(log_a), shape_text(W));
  require(W.is_complex() && log_a.scalar_type() == W.scalar_type(),
          "vandermonde: W and log_a are {} and {}, expected the same complex type",
          c10::toString(W.scalar_type()), c10::toString(log_a.scalar_type()));
  require(L >= 1, "vandermonde: L is {}, expected >= 1", L);
}

}  // namespace

Tensor vandermonde(const Tensor& W, const Tensor& log_a, int64_t L) {
  check(W, log_a, L);
  if (!W.is_cpu()) return vandermonde_blocked(W, log_a, L);
  const CustomGradient node{"vandermonde", [L](const Tensors& in) { return on_cpu(in, L); },
                            on_cpu_backward};
  return apply(node, {W, log_a})[0];
}

Tensor vandermonde_blocked(const Tensor& W, const Tensor& log_a, int64_t L) {
  check(W, log_a, L);
  const CustomGradient node{"vandermonde_blocked",
                            [L](const Tensors& in) -> CustomGradient::Result {
                              return {{blocked(in[0], in[1], L)}, in};
                            },
                            [](const Tensors& saved, const Tensors& grads) {
                              return blocked_backward(saved[0], saved[1], grads[0]);
                            }};
  return apply(node, {W, log_a})[0];
}

Tensor vandermonde_reference(const Tensor& W, const Tensor& log_a, int64_t L) {
  check(W, log_a, L);
  constexpr int64_t kBlock = 256;
  std::vector<Tensor> blocks;
  for (int64_t first = 0; first < L; first += kBlock) {
    const Tensor lags =
        at::arange(first, std::min(L, first + kBlock), W.options().dtype(at::kDouble));
    const Tensor terms =
        at::exp(log_a.to(at::kComplexDouble).unsqueeze(-1) * lags) * W.unsqueeze(-1);
    blocks.push_back(2 * at::real(terms.sum(1)));
  }
  return at::cat(blocks, 1).to(c10::toRealValueType(W.scalar_type()));
}

}  // namespace offprint::kernels
