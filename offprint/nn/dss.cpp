#include "offprint/nn/dss.h"

#include <ATen/ops/flip.h>
#include <ATen/ops/imag.h>

#include <cmath>

#include "offprint/core/error.h"
#include "offprint/kernels/fft_conv.h"
#include "offprint/kernels/vandermonde.h"
#include "offprint/nn/ssm_init.h"

namespace offprint::nn {
namespace {

// A mode that grows is summed from its last lag backwards, where it decays: log_b is log a or
// -log a, whichever has real part <= 0, and W the weight after the softmax.
struct Modes {
  Tensor W, log_b, grows;  // (H,N/2) complex128, complex128, bool
};

Modes modes_of(const Dss& m, int64_t L) {
  const Tensor A = at::complex(m.A_real, m.A_im).to(at::kComplexDouble);
  const Tensor log_a = A * at::exp(m.log_dt.to(at::kDouble)).unsqueeze(-1);
  const Tensor grows = at::real(log_a) > 0;
  const Tensor log_b = at::where(grows, -log_a, log_a);
  // The geometric sum (b^L - 1)/(b - 1) vanishes where a mode turns a whole number of times; the
  // authors' softened reciprocal keeps the kernel finite there.
  constexpr double kSoft = 1e-7;
  const Tensor sum = complex_expm1(log_b * L) / complex_expm1(log_b);
  const Tensor soft = sum.conj() / (at::real(sum).square() + at::imag(sum).square() + kSoft);
  return {m.C.to(at::kComplexDouble) / A * soft, log_b, grows};
}

}  // namespace

Dss make_dss(const DssOptions& options, Rng& rng, at::ScalarType type) {
  const int64_t H = options.d_model, half = options.d_state / 2;
  require(H >= 1, "d-model: {}, expected >= 1", H);
  const DiagonalSsm ssm = make_diagonal_ssm(options.init, H, options.d_state, rng);
  Dss m;
  m.options = options;
  m.log_dt = make_log_dt(H, options.dt_min, options.dt_max, rng).to(type);
  m.A_real = at::real(ssm.A).to(type).contiguous();
  m.A_im = at::imag(ssm.A).to(type).contiguous();
  m.C = at::complex(rng.normal({H, half}, type), rng.normal({H, half}, type)) * std::sqrt(0.5);
  m.D = rng.normal({H}, type);
  return m;
}

Tensor kernel(const Dss& m, int64_t L) {
  const Modes modes = modes_of(m, L);
  const auto type = m.C.scalar_type();
  const Tensor log_b = modes.log_b.to(type);
  const auto sum_where = [&](const Tensor& chosen) {
    return kernels::vandermonde((modes.W * chosen).to(type), log_b, L);
  };
  const Tensor K = sum_where(modes.grows.logical_not());
  if (!modes.grows.any().item<bool>()) return K;
  return K + at::flip(sum_where(modes.grows), {1});
}

Tensor convolve(const Dss& m, const Tensor& u) {
  require_dim(u, 3, "dss", "u", "(B,H,L)");
  return kernels::fft_conv(u, kernel(m, u.size(2)), m.D);
}

DssState start(const Dss& m, int64_t batch, int64_t length) {
  const Modes modes = modes_of(m, length);
  require(!modes.grows.any().item<bool>(),
          "dss: a mode with Re A > 0 cannot be streamed, expected all <= 0");
  return start_stream({modes.log_b, at::ones_like(modes.W)}, modes.W, m.D, batch);
}

Tensor step(const Dss&, DssState& state, const Tensor& u) { return step_stream(state, u); }

Tensor recur(const Dss& m, const Tensor& u) {
  require_dim(u, 3, "recur", "u", "(B,H,L)");
  DssState state = start(m, u.size(0), u.size(2));
  return recur_stream(state, u);
}

}  // namespace offprint::nn
