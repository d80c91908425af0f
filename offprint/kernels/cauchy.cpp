#include "offprint/kernels/cauchy.h"

#include <ATen/ops/diag_embed.h>
#include <ATen/ops/linalg_matrix_power.h>
#include <ATen/ops/linalg_solve.h>
#include <ATen/ops/reciprocal.h>

#include <algorithm>
#include <numbers>

#include "offprint/core/autograd.h"
#include "offprint/core/error.h"

namespace offprint::kernels {
namespace {

constexpr int64_t kBlock = 256;

// z_l for l = first .. first+count-1, made in double.
Tensor roots(int64_t first, int64_t count, int64_t L, at::TensorOptions options) {
  const Tensor angle = at::arange(first, first + count, options.dtype(at::kDouble)) *
                       (-2 * std::numbers::pi / static_cast<double>(L));
  return at::complex(angle.cos(), angle.sin());
}

// Both halves of the sum for a block of roots: 1/d(x, z) and 1/d(conj x, z), (H,N,c).
struct Resolvents {
  Tensor half_z, direct, twin;  // (1+z)/2 is (c)
};
Resolvents resolvents(const Tensor& x, int64_t first, int64_t count, int64_t L) {
  const Tensor z = roots(first, count, L, x.options());
  const Tensor one_minus = (1 - z).to(x.scalar_type());
  const Tensor half = ((1 + z) / 2).to(x.scalar_type());
  const Tensor column = x.unsqueeze(-1);
  return {half, (one_minus - column * half).reciprocal_(),
          (one_minus - column.conj() * half).reciprocal_()};
}

template <class Visit>
void for_each_block(int64_t count, Visit&& visit) {
  for (int64_t first = 0; first < count; first += kBlock)
    visit(first, std::min(kBlock, count - first));
}

CustomGradient::Result forward(const Tensors& in, int64_t L) {
  const Tensor &v = in[0], &x = in[1];
  Tensor sums = at::empty({v.size(0), v.size(1), L / 2 + 1}, v.options());
  const Tensor v_twin = v.conj().resolve_conj();
  for_each_block(L / 2 + 1, [&](int64_t first, int64_t count) {
    const Resolvents r = resolvents(x, first, count, L);
    sums.narrow(2, first, count).copy_(at::bmm(v, r.direct) + at::bmm(v_twin, r.twin));
  });
  return {{sums}, {v, x}};
}

// For k = f(v) + F(conj v) the gradient is g conj(df/dv) + conj(g) dF/d(conj v), likewise for x.
Tensors backward(const Tensors& saved, const Tensor& grad, int64_t L) {
  const Tensor &v = saved[0], &x = saved[1];
  Tensor dv = at::zeros_like(v), dx = at::zeros_like(x);
  const Tensor v_twin = v.conj().resolve_conj();
  for_each_block(L / 2 + 1, [&](int64_t first, int64_t count) {
    const Resolvents r = resolvents(x, first, count, L);
    const Tensor g = grad.narrow(2, first, count), g_twin = g.conj();  // (H,M,c)
    dv += at::bmm(g, r.direct.conj().transpose(1, 2)) + at::bmm(g_twin, r.twin.transpose(1, 2));
    const Tensor slope = r.direct * r.direct * r.half_z, twin = r.twin * r.twin * r.half_z;
    const Tensor v_columns = v_twin.transpose(1, 2);  // sums over m are (H,N,c)
    dx += (at::bmm(v_columns, g) * slope.conj()).sum(-1) +
          (at::bmm(v_columns, g_twin) * twin).sum(-1);
  });
  return {dv, dx};
}

Tensor with_twins(const Tensor& half) { return at::cat({half, half.conj()}, -1); }

// 2 / (1 + z) times the resolvent form meets its limit at z = -1, where 1 + z is exactly zero.
Tensor half_one_plus_z(int64_t L, const Tensor& like) {
  return ((1 + roots(0, L / 2 + 1, L, like.options())) / 2).to(like.scalar_type());
}

}  // namespace

Tensor cauchy_sums(const Tensor& v, const Tensor& x, int64_t L) {
  require_dim(v, 3, "cauchy_sums", "v", "(H,M,N)");
  require(x.defined() && x.dim() == 2 && x.size(0) == v.size(0) && x.size(1) == v.size(2),
          "cauchy_sums: x is {}, expected ({},{})", shape_text(x), v.size(0), v.size(2));
  require(v.is_complex() && x.scalar_type() == v.scalar_type(),
          "cauchy_sums: v and x are {} and {}, expected the same complex type",
          c10::toString(v.scalar_type()), c10::toString(x.scalar_type()));
  require(L >= 1, "cauchy_sums: L is {}, expected >= 1", L);
  const CustomGradient node{
      "cauchy_sums", [L](const Tensors& in) { return forward(in, L); },
      [L](const Tensors& saved, const Tensors& grads) { return backward(saved, grads[0], L); }};
  return apply(node, {v, x})[0];
}

Tensor nplr_kernel(const Tensor& lambda, const Tensor& P, const Tensor& B, const Tensor& C,
                   const Tensor& dt, int64_t L) {
  require_dim(P, 3, "nplr_kernel", "P", "(H,R,N)");
  const int64_t R = P.size(1);
  require(R == 1 || R == 2, "nplr_kernel: P is {}, expected (H,R,N) with R 1 or 2", shape_text(P));
  // Rows of `left` times columns of `right` give all sums at once: C B, C P_r, P_r^* B, P_r^* P_s.
  const Tensor left = at::cat({C.unsqueeze(1), P.conj()}, 1).unsqueeze(2);  // (H,R+1,1,N)
  const Tensor right = at::cat({B.unsqueeze(1), P}, 1).unsqueeze(1);        // (H,1,R+1,N)
  const Tensor v = (left * right).flatten(1, 2) * dt.unsqueeze(-1).unsqueeze(-1);
  const Tensor S = cauchy_sums(v, lambda * dt.unsqueeze(-1), L).unflatten(1, {R + 1, R + 1});
  const auto sum = [&](int64_t i, int64_t j) { return S.select(1, i).select(1, j); };  // (H,L/2+1)
  const Tensor half = half_one_plus_z(L, S);
  Tensor correction;
  if (R == 1) {
    correction = sum(0, 1) * sum(1, 0) * half / (1 + half * sum(1, 1));
  } else {  // the inverse of the 2 by 2 matrix I + half P^* R P, written out
    const Tensor a = 1 + half * sum(1, 1), b = half * sum(1, 2), c = half * sum(2, 1),
                 d = 1 + half * sum(2, 2);
    const Tensor &c1 = sum(0, 1), c2 = sum(0, 2), b1 = sum(1, 0), b2 = sum(2, 0);
    correction = half * (c1 * (d * b1 - b * b2) + c2 * (a * b2 - c * b1)) / (a * d - b * c);
  }
  return at::fft_irfft(sum(0, 0) - correction, L, -1);
}

DenseDiscrete nplr_dense(const Tensor& lambda, const Tensor& P, const Tensor& B, const Tensor& dt) {
  const Tensor p = with_twins(P);  // (H,R,2N)
  const Tensor A = at::diag_embed(with_twins(lambda)) - at::bmm(p.transpose(1, 2), p.conj());
  const Tensor half_step = A * (dt / 2).unsqueeze(-1).unsqueeze(-1);
  const Tensor one = at::eye(A.size(-1), A.options());
  const Tensor input = (with_twins(B) * dt.unsqueeze(-1)).unsqueeze(-1);
  const Tensor both = at::linalg_solve(one - half_step, at::cat({one + half_step, input}, -1));
  return {both.narrow(-1, 0, A.size(-1)), both.select(-1, A.size(-1))};
}

namespace {
Tensor one_minus_power(const Tensor& A_bar, int64_t L) {
  return at::eye(A_bar.size(-1), A_bar.options()) - at::linalg_matrix_power(A_bar, L);
}
}  // namespace

Tensor truncated_readout(const Tensor& C, const Tensor& A_bar, int64_t L) {
  const Tensor row = with_twins(C).unsqueeze(1);
  return at::matmul(row, one_minus_power(A_bar, L)).squeeze(1).narrow(1, 0, C.size(1));
}

Tensor full_readout(const Tensor& truncated, const Tensor& A_bar, int64_t L) {
  const Tensor column = with_twins(truncated).unsqueeze(-1);
  const Tensor M = one_minus_power(A_bar, L).transpose(1, 2);
  return at::linalg_solve(M, column).squeeze(-1).narrow(1, 0, truncated.size(1));
}

}  // namespace offprint::kernels
