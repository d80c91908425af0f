#include "offprint/nn/ssm_discretize.h"

#include <ATen/ops/expm1.h>
#include <ATen/ops/imag.h>
#include <ATen/ops/log.h>

#include "offprint/core/error.h"

namespace offprint::nn {
namespace {

struct Wide {
  Tensor A, B, dt, dt_A;
};
Wide widen(const Tensor& A, const Tensor& B, const Tensor& dt) {
  require_dim(A, 2, "discretize", "A", "(H,N)");
  require(B.defined() && B.sizes() == A.sizes(), "discretize: B is {}, expected {}", shape_text(B),
          shape_text(A));
  require(dt.defined() && dt.dim() == 1 && dt.size(0) == A.size(0),
          "discretize: dt is {}, expected ({})", shape_text(dt), A.size(0));
  const Tensor a = A.to(at::kComplexDouble), step = dt.to(at::kDouble).unsqueeze(-1);
  return {a, B.to(at::kComplexDouble), step, a * step};
}

}  // namespace

Tensor complex_expm1(const Tensor& x) {
  const Tensor re = at::real(x), im = at::imag(x), half = (im / 2).sin();
  const Tensor m = at::expm1(re);
  return at::complex(m * im.cos() - 2 * half * half, (m + 1) * im.sin());
}

DiscreteDiagonal discretize_zoh(const Tensor& A, const Tensor& B, const Tensor& dt) {
  const Wide w = widen(A, B, dt);
  const auto type = A.scalar_type();
  return {w.dt_A.to(type), (complex_expm1(w.dt_A) / w.A * w.B).to(type)};
}

DiscreteDiagonal discretize_bilinear(const Tensor& A, const Tensor& B, const Tensor& dt) {
  const Wide w = widen(A, B, dt);
  const auto type = A.scalar_type();
  const Tensor below = 1 - w.dt_A / 2;
  return {at::log((1 + w.dt_A / 2) / below).to(type), (w.dt * w.B / below).to(type)};
}

DiscreteDiagonal discretize(const std::string& rule, const Tensor& A, const Tensor& B,
                            const Tensor& dt) {
  if (rule == "zoh") return discretize_zoh(A, B, dt);
  require(rule == "bilinear", "discretization: '{}', expected zoh|bilinear", rule);
  return discretize_bilinear(A, B, dt);
}

}  // namespace offprint::nn
