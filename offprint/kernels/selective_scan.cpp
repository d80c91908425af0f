#include "offprint/kernels/selective_scan.h"

#include <ATen/ops/addcmul.h>

#include "offprint/core/autograd.h"
#include "offprint/core/error.h"
#include "offprint/kernels/selective_scan_cpu.h"

namespace offprint::kernels {
namespace {

void check(const Tensor& x, const Tensor& dt, const Tensor& A, const Tensor& B, const Tensor& C,
           const Tensor& D) {
  require_dim(x, 3, "selective_scan", "x", "(B,L,D)");
  require_dim(A, 2, "selective_scan", "A", "(D,N)");
  require(dt.sizes() == x.sizes(), "selective_scan: dt is {}, expected {}", shape_text(dt),
          shape_text(x));
  require(A.size(0) == x.size(2), "selective_scan: A is {}, expected ({},N)", shape_text(A),
          x.size(2));
  for (const Tensor& t : {B, C})
    require(
        t.dim() == 3 && t.size(0) == x.size(0) && t.size(1) == x.size(1) && t.size(2) == A.size(1),
        "selective_scan: B or C is {}, expected ({},{},{})", shape_text(t), x.size(0), x.size(1),
        A.size(1));
  require(D.dim() == 1 && D.size(0) == x.size(2), "selective_scan: D is {}, expected ({})",
          shape_text(D), x.size(2));
  require(x.size(1) >= 1 && A.numel() >= 1, "selective_scan: x is {}, A {}, expected L, D, N >= 1",
          shape_text(x), shape_text(A));
  require(x.scalar_type() == at::kFloat || x.scalar_type() == at::kDouble,
          "selective_scan: x is {}, expected float32 or float64", c10::toString(x.scalar_type()));
  for (const Tensor& t : {dt, A, B, C, D})
    require(t.scalar_type() == x.scalar_type(),
            "selective_scan: inputs are {} and {}, expected one", c10::toString(x.scalar_type()),
            c10::toString(t.scalar_type()));
}

// h_t = a_t h_{t-1} + b_t along dimension 1, by halves: the odd steps are a scan of half the length
// over pairs, the even ones follow from them.
Tensor scan(const Tensor& a, const Tensor& b) {
  const int64_t L = a.size(1);
  if (L == 1) return b;
  const int64_t pairs = L / 2;
  const auto even = [&](const Tensor& t) { return t.slice(1, 0, 2 * pairs, 2); };
  const auto odd = [](const Tensor& t) { return t.slice(1, 1, at::indexing::None, 2); };
  const Tensor a_odd = odd(a);
  const Tensor h_odd = scan(a_odd * even(a), at::addcmul(odd(b), a_odd, even(b)));
  Tensor h = at::empty_like(b);
  odd(h).copy_(h_odd);
  h.select(1, 0).copy_(b.select(1, 0));
  const auto later_even = [&](const Tensor& t) { return t.slice(1, 2, at::indexing::None, 2); };
  const int64_t rest = (L - 1) / 2;  // even steps after the first
  later_even(h).copy_(at::addcmul(later_even(b), later_even(a), h_odd.slice(1, 0, rest)));
  return h;
}

// g_t = grad_t + a_{t+1} g_{t+1} is the same scan backwards in time.
Tensors scan_backward(const Tensors& saved, const Tensors& grads) {
  const Tensor &a = saved[0], &h = saved[1];
  const int64_t L = a.size(1);
  const Tensor later = at::cat({a.slice(1, 1), at::zeros_like(a.slice(1, 0, 1))}, 1);
  const Tensor g = scan(later.flip(1), grads[0].flip(1)).flip(1);
  const Tensor before = at::cat({at::zeros_like(h.slice(1, 0, 1)), h.slice(1, 0, L - 1)}, 1);
  return {g * before, g};
}

CustomGradient::Result on_cpu(const Tensors& in, bool keep) {
  Tensors c;
  for (const Tensor& t : in) c.push_back(t.contiguous());
  const detail::ScanOutputs out =
      detail::selective_scan_cpu({c[0], c[1], c[2], c[3], c[4], c[5]}, keep);
  if (keep) c.push_back(out.starts);
  return {{out.y}, keep ? c : Tensors{}};
}

Tensors on_cpu_backward(const Tensors& s, const Tensors& grads) {
  return detail::selective_scan_cpu_backward({s[0], s[1], s[2], s[3], s[4], s[5]}, s[6],
                                             grads[0].contiguous());
}

}  // namespace

Tensor selective_scan(const Tensor& x, const Tensor& dt, const Tensor& A, const Tensor& B,
                      const Tensor& C, const Tensor& D) {
  if (!x.is_cpu()) return selective_scan_parallel(x, dt, A, B, C, D);
  check(x, dt, A, B, C, D);
  const Tensors in{x, dt, A, B, C, D};
  bool keep = false;
  if (at::GradMode::is_enabled())
    for (const Tensor& t : in) keep = keep || t.requires_grad();
  const CustomGradient node{"selective_scan",
                            [keep](const Tensors& inputs) { return on_cpu(inputs, keep); },
                            on_cpu_backward};
  return apply(node, in)[0];
}

Tensor selective_scan_parallel(const Tensor& x, const Tensor& dt, const Tensor& A, const Tensor& B,
                               const Tensor& C, const Tensor& D) {
  check(x, dt, A, B, C, D);
  const Tensor a = at::exp(dt.unsqueeze(-1) * A);            // (B,L,D,N)
  const Tensor b = (dt * x).unsqueeze(-1) * B.unsqueeze(2);  // (B,L,D,N)
  const CustomGradient node{"selective_scan_parallel",
                            [](const Tensors& in) -> CustomGradient::Result {
                              const Tensor h = scan(in[0], in[1]);
                              return {{h}, {in[0], h}};
                            },
                            scan_backward};
  const Tensor h = apply(node, {a, b})[0];
  return at::matmul(h, C.unsqueeze(-1)).squeeze(-1) + D * x;
}

Tensor selective_scan_reference(const Tensor& x, const Tensor& dt, const Tensor& A, const Tensor& B,
                                const Tensor& C, const Tensor& D) {
  check(x, dt, A, B, C, D);
  // unbind and not select: the gradient of a select is as large as the whole sequence.
  const auto xs = x.unbind(1), dts = dt.unbind(1), Bs = B.unbind(1), Cs = C.unbind(1);
  Tensor h = at::zeros({x.size(0), x.size(2), A.size(1)}, x.options());
  Tensors y;
  for (size_t t = 0; t < xs.size(); ++t) {
    const Tensor a = at::exp(dts[t].unsqueeze(-1) * A);  // (B,D,N)
    h = a * h + (dts[t] * xs[t]).unsqueeze(-1) * Bs[t].unsqueeze(1);
    y.push_back(at::matmul(h, Cs[t].unsqueeze(-1)).squeeze(-1));
  }
  return at::stack(y, 1) + D * x;
}

}  // namespace offprint::kernels
