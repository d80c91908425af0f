#include "offprint/nn/ssm_stream.h"

namespace offprint::nn {

DiagonalStream start_stream(const DiscreteDiagonal& d, const Tensor& C, const Tensor& D,
                            int64_t batch) {
  const Tensor B_bar = d.B.to(at::kComplexDouble);
  return {at::zeros({batch, C.size(0), C.size(1)}, B_bar.options()),
          at::exp(d.log_a.to(at::kComplexDouble)), B_bar, C.to(at::kComplexDouble), D};
}

Tensor step_stream(DiagonalStream& state, const Tensor& u) {
  require_dim(u, 2, "step", "u", "(B,H)");
  state.x = state.A_bar * state.x + state.B_bar * u.unsqueeze(-1);
  const Tensor y = 2 * at::real((state.C * state.x).sum(-1));
  return y.to(u.scalar_type()) + state.D * u;
}

Tensor recur_stream(DiagonalStream& state, const Tensor& u) {
  require_dim(u, 3, "recur", "u", "(B,H,L)");
  std::vector<Tensor> outputs;
  for (int64_t l = 0; l < u.size(2); ++l) outputs.push_back(step_stream(state, u.select(2, l)));
  return at::stack(outputs, 2);
}

}  // namespace offprint::nn
