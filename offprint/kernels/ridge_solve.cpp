#include "offprint/kernels/ridge_solve.h"

#include "offprint/core/error.h"

namespace offprint::kernels {

Tensor ridge_solve(const Tensor& S, const Tensor& right, double ridge) {
  require(S.dim() == 2 && S.size(0) == S.size(1) && right.dim() == 2 && right.size(0) == S.size(0),
          "ridge_solve: S is {} and right {}, expected (E,E) and (E,K)", shape_text(S),
          shape_text(right));
  const Tensor diagonal = S.diagonal();
  const Tensor scale = at::where(diagonal > 0, diagonal.clamp_min(1e-300).rsqrt(), 0.0);
  Tensor scaled = scale.unsqueeze(1) * S * scale;
  scaled.diagonal().add_(ridge).add_(at::where(diagonal > 0, 0.0, 1.0));
  return scale.unsqueeze(1) * at::linalg_solve(scaled, scale.unsqueeze(1) * right);
}

}  // namespace offprint::kernels
