#include "offprint/kernels/scan2d.h"

#include <ATen/ops/constant_pad_nd.h>

#include <array>

#include "offprint/core/autograd.h"
#include "offprint/core/error.h"
#include "offprint/kernels/scan2d_cpu.h"

namespace offprint::kernels {
namespace {

constexpr std::array kNames = {"x", "dt1", "dt2", "A1", "A4", "K2", "K3", "B1", "B2", "C1", "C2"};

Tensors listed(const Scan2dInputs& in) {
  return {in.x, in.dt1, in.dt2, in.A1, in.A4, in.K2, in.K3, in.B1, in.B2, in.C1, in.C2};
}
Scan2dInputs named(const Tensors& t) {
  return {t[0], t[1], t[2], t[3], t[4], t[5], t[6], t[7], t[8], t[9], t[10]};
}

void check(const Scan2dInputs& in) {
  require_dim(in.x, 4, "scan2d", "x", "(B,V,L,D)");
  require_dim(in.A1, 2, "scan2d", "A1", "(D,N)");
  const int64_t D = in.x.size(3), N = in.A1.size(1);
  std::vector<int64_t> a_cell = in.x.sizes().vec();
  a_cell[3] = N;
  const Tensors all = listed(in);
  for (size_t i = 1; i < all.size(); ++i) {
    const std::vector<int64_t> wanted = i < 3   ? in.x.sizes().vec()
                                        : i < 7 ? std::vector<int64_t>{D, N}
                                                : a_cell;
    require(all[i].sizes() == wanted, "scan2d: {} is {}, expected ({})", kNames[i],
            shape_text(all[i]), fmt::join(wanted, ","));
    require(all[i].scalar_type() == in.x.scalar_type(), "scan2d: x is {}, {} {}, expected one type",
            c10::toString(in.x.scalar_type()), kNames[i], c10::toString(all[i].scalar_type()));
  }
  require(in.x.size(1) >= 1 && in.x.size(2) >= 1 && D >= 1 && N >= 1,
          "scan2d: x is {}, A1 {}, expected V, L, D, N >= 1", shape_text(in.x), shape_text(in.A1));
  require(in.x.scalar_type() == at::kFloat || in.x.scalar_type() == at::kDouble,
          "scan2d: x is {}, expected float32 or float64", c10::toString(in.x.scalar_type()));
}

CustomGradient::Result on_cpu(const Tensors& in, bool keep) {
  Tensors kept;
  for (const Tensor& t : in) kept.push_back(t.contiguous());
  const detail::Scan2dOutputs out = detail::scan2d_cpu(named(kept), keep);
  if (keep) kept.push_back(out.edges);
  return {{out.y}, keep ? kept : Tensors{}};
}

Tensors on_cpu_backward(const Tensors& saved, const Tensors& grads) {
  return detail::scan2d_cpu_backward(named(saved), saved.back(), grads[0].contiguous());
}

// (B,V,L,K) -> (B,V,V+L-1,K): row v begins v steps later, zeros around it, so that a column holds
// one diagonal of the grid.
Tensor skewed(const Tensor& x) {
  const int64_t V = x.size(1), S = V + x.size(2) - 1;
  return at::constant_pad_nd(x, {0, 0, 0, V}).flatten(1, 2).slice(1, 0, V * S).unflatten(1, {V, S});
}

Tensor straightened(const Tensor& y, int64_t L) {
  const int64_t V = y.size(1);
  return at::constant_pad_nd(y.flatten(1, 2), {0, 0, 0, V}).unflatten(1, {V, V + L}).slice(2, 0, L);
}

}  // namespace

Tensor scan2d(const Scan2dInputs& in) {
  if (!in.x.is_cpu()) return scan2d_diagonals(in);
  check(in);
  const Tensors all = listed(in);
  bool keep = false;
  if (at::GradMode::is_enabled())
    for (const Tensor& t : all) keep = keep || t.requires_grad();
  const CustomGradient node{
      "scan2d", [keep](const Tensors& inputs) { return on_cpu(inputs, keep); }, on_cpu_backward};
  return apply(node, all)[0];
}

Tensor scan2d_diagonals(const Scan2dInputs& in) {
  check(in);
  const int64_t B = in.x.size(0), V = in.x.size(1), L = in.x.size(2);
  // unbind and not select: the gradient of a select is as large as the whole grid.
  const auto diagonals = [](const Tensor& t) { return skewed(t).unbind(2); };
  const auto x = diagonals(in.x), dt1 = diagonals(in.dt1), dt2 = diagonals(in.dt2),
             B1 = diagonals(in.B1), B2 = diagonals(in.B2), C1 = diagonals(in.C1),
             C2 = diagonals(in.C2);
  // What a row has on the diagonal before is its left, what the row above has is its up.
  const auto from_above = [](const Tensor& h) {
    return at::constant_pad_nd(h, {0, 0, 0, 0, 1, -1});
  };
  Tensor h1 = at::zeros({B, V, in.x.size(3), in.A1.size(1)}, in.x.options()), h2 = h1;
  Tensors y;
  for (size_t s = 0; s < x.size(); ++s) {  // steps of 0 keep the zeros before a row begins
    const Tensor a1 = at::exp(dt1[s].unsqueeze(3) * in.A1),
                 a4 = at::exp(dt2[s].unsqueeze(3) * in.A4);
    const Tensor next1 =
        a1 * h1 + (1 - a1) * in.K2 * h2 + (dt1[s] * x[s]).unsqueeze(3) * B1[s].unsqueeze(2);
    const Tensor next2 = a4 * from_above(h2) + (1 - a4) * in.K3 * from_above(h1) +
                         (dt2[s] * x[s]).unsqueeze(3) * B2[s].unsqueeze(2);
    y.push_back((C1[s].unsqueeze(2) * next1 + C2[s].unsqueeze(2) * next2).sum(3));
    h1 = next1, h2 = next2;
  }
  return straightened(at::stack(y, 2), L);
}

Tensor scan2d_reference(const Scan2dInputs& in) {
  check(in);
  const int64_t V = in.x.size(1), L = in.x.size(2);
  const Tensor nothing = at::zeros({in.x.size(0), in.x.size(3), in.A1.size(1)}, in.x.options());
  std::vector<Tensor> above1(static_cast<size_t>(L), nothing), above2 = above1, rows;
  for (int64_t v = 0; v < V; ++v) {
    Tensor left1 = nothing, left2 = nothing;
    Tensors row;
    for (int64_t t = 0; t < L; ++t) {
      const auto here = [&](const Tensor& of) { return of.select(1, v).select(1, t); };
      const auto a_state = [&](const Tensor& B) { return here(B).unsqueeze(1); };      // (B,1,N)
      const auto a_channel = [&](const Tensor& dt) { return here(dt).unsqueeze(2); };  // (B,D,1)
      Tensor &up1 = above1[static_cast<size_t>(t)], &up2 = above2[static_cast<size_t>(t)];
      const Tensor a1 = at::exp(a_channel(in.dt1) * in.A1), a4 = at::exp(a_channel(in.dt2) * in.A4);
      const Tensor x = a_channel(in.x);
      const Tensor h1 =
          a1 * left1 + (1 - a1) * in.K2 * left2 + a_channel(in.dt1) * x * a_state(in.B1);
      const Tensor h2 = a4 * up2 + (1 - a4) * in.K3 * up1 + a_channel(in.dt2) * x * a_state(in.B2);
      row.push_back((a_state(in.C1) * h1 + a_state(in.C2) * h2).sum(2));
      left1 = up1 = h1, left2 = up2 = h2;
    }
    rows.push_back(at::stack(row, 1));
  }
  return at::stack(rows, 1);
}

}  // namespace offprint::kernels
