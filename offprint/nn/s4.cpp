#include "offprint/nn/s4.h"

#include <ATen/ops/imag.h>
#include <ATen/ops/log.h>

#include <cmath>

#include "offprint/core/error.h"
#include "offprint/kernels/cauchy.h"
#include "offprint/kernels/fft_conv.h"
#include "offprint/nn/ssm_init.h"

namespace offprint::nn {
namespace {

constexpr double kLeastDecay = 1e-3;

Tensor eigenvalues(const S4& m) { return at::complex(-at::exp(m.A_real), m.A_im); }

Tensor wide(const Tensor& t) { return t.to(t.is_complex() ? at::kComplexDouble : at::kDouble); }

kernels::DenseDiscrete dense(const S4& m) {
  return kernels::nplr_dense(wide(eigenvalues(m)), wide(m.P), wide(m.B), at::exp(wide(m.log_dt)));
}

}  // namespace

S4 make_s4(const S4Options& options, Rng& rng, at::ScalarType type) {
  return make_s4(options, nplr(parse_basis(options.basis), options.d_state), rng, type);
}

S4 make_s4(const S4Options& options, const Nplr& basis, Rng& rng, at::ScalarType type) {
  const int64_t H = options.d_model, half = basis.lambda.size(0);
  require(H >= 1 && options.length >= 1, "s4: d-model {} and length {}, expected >= 1", H,
          options.length);
  require(options.d_state == 2 * half, "s4: d-state {}, expected {}, the order of the basis",
          options.d_state, 2 * half);
  const auto complex_type = c10::toComplexType(type);
  const auto for_all = [&](const Tensor& t) {
    std::vector<int64_t> shape = t.sizes().vec();
    shape.insert(shape.begin(), H);
    return t.expand(shape).contiguous();
  };
  S4 m;
  m.options = options;
  m.log_dt = make_log_dt(H, options.dt_min, options.dt_max, rng).to(type);
  m.A_real = for_all(at::log((-at::real(basis.lambda)).clamp_min(kLeastDecay))).to(type);
  m.A_im = for_all(at::imag(basis.lambda)).to(type);
  m.P = for_all(basis.P).to(complex_type);
  m.B = for_all(basis.B).to(complex_type);
  const Tensor C =
      at::complex(rng.normal({H, half}, at::kDouble), rng.normal({H, half}, at::kDouble));
  m.C = kernels::truncated_readout(C * std::sqrt(0.5), dense(m).A, options.length)
            .to(complex_type)
            .contiguous();
  m.D = rng.normal({H}, type);
  return m;
}

Tensor kernel(const S4& m, int64_t L) {
  int64_t length = m.options.length;
  Tensor C = m.C;
  if (L > length) {
    const Tensor A_bar = dense(m).A;
    C = kernels::truncated_readout(kernels::full_readout(wide(C), A_bar, length), A_bar, L)
            .to(m.C.scalar_type());
    length = L;
  }
  return kernels::nplr_kernel(eigenvalues(m), m.P, m.B, C, at::exp(m.log_dt), length)
      .narrow(1, 0, L);
}

Tensor convolve(const S4& m, const Tensor& u) {
  require_dim(u, 3, "s4", "u", "(B,H,L)");
  return kernels::fft_conv(u, kernel(m, u.size(2)), m.D);
}

S4State start(const S4& m, int64_t batch) {
  const auto [A_bar, B_bar] = dense(m);
  const Tensor half = kernels::full_readout(wide(m.C), A_bar, m.options.length);
  return {at::zeros({batch, B_bar.size(0), B_bar.size(1)}, B_bar.options()), A_bar, B_bar,
          at::cat({half, half.conj()}, 1), m.D};
}

Tensor step(const S4&, S4State& state, const Tensor& u) {
  require_dim(u, 2, "step", "u", "(B,H)");
  state.x =
      at::matmul(state.A_bar, state.x.unsqueeze(-1)).squeeze(-1) + state.B_bar * u.unsqueeze(-1);
  return at::real((state.C * state.x).sum(-1)).to(u.scalar_type()) + state.D * u;
}

Tensor recur(const S4& m, const Tensor& u) {
  require_dim(u, 3, "recur", "u", "(B,H,L)");
  S4State state = start(m, u.size(0));
  std::vector<Tensor> outputs;
  for (int64_t l = 0; l < u.size(2); ++l) outputs.push_back(step(m, state, u.select(2, l)));
  return at::stack(outputs, 2);
}

}  // namespace offprint::nn
