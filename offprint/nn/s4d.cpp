#include "offprint/nn/s4d.h"

#include <ATen/ops/imag.h>
#include <ATen/ops/log.h>
#include <ATen/ops/relu.h>

#include <cmath>

#include "offprint/core/error.h"
#include "offprint/kernels/fft_conv.h"
#include "offprint/kernels/vandermonde.h"
#include "offprint/nn/ssm_init.h"

namespace offprint::nn {
namespace {

Tensor real_part(const std::string& kind, const Tensor& w) {
  if (kind == "exp") return -at::exp(w);
  if (kind == "relu") return -at::relu(w);
  if (kind == "softplus") return -at::softplus(w);
  require(kind == "free", "real-part: '{}', expected exp|relu|softplus|free", kind);
  return w;
}

// w such that real_part(kind, w) is re.
Tensor real_parameter(const std::string& kind, const Tensor& re) {
  if (kind == "exp") return at::log(-re);
  if (kind == "relu") return -re;
  if (kind == "softplus") return at::log(at::exp(-re) - 1);
  return re;
}

}  // namespace

S4D make_s4d(const S4DOptions& options, Rng& rng, at::ScalarType type) {
  const int64_t H = options.d_model, half = options.d_state / 2;
  require(H >= 1, "d-model: {}, expected >= 1", H);
  require(options.discretization == "zoh" || options.discretization == "bilinear",
          "discretization: '{}', expected zoh|bilinear", options.discretization);
  real_part(options.real_part, at::ones({1}));
  const DiagonalSsm ssm =
      make_diagonal_ssm(options.init, H, options.d_state, rng, options.imag_scale);
  const auto complex_type = c10::toComplexType(type);
  S4D m;
  m.options = options;
  m.log_dt = make_log_dt(H, options.dt_min, options.dt_max, rng).to(type);
  m.A_real = real_parameter(options.real_part, at::real(ssm.A)).to(type).contiguous();
  m.A_im = at::imag(ssm.A).to(type).contiguous();
  m.B = ssm.B.to(complex_type);
  m.C = at::complex(rng.normal({H, half}, type), rng.normal({H, half}, type)) * std::sqrt(0.5);
  m.D = rng.normal({H}, type);
  return m;
}

Tensor state_matrix(const S4D& m) {
  return at::complex(real_part(m.options.real_part, m.A_real), m.A_im);
}

DiscreteDiagonal discretized(const S4D& m) {
  return discretize(m.options.discretization, state_matrix(m), m.B, at::exp(m.log_dt));
}

Tensor kernel(const S4D& m, int64_t L) {
  const DiscreteDiagonal d = discretized(m);
  return kernels::vandermonde(m.C * d.B, d.log_a, L);
}

Tensor convolve(const S4D& m, const Tensor& u) {
  require_dim(u, 3, "s4d", "u", "(B,H,L)");
  return kernels::fft_conv(u, kernel(m, u.size(2)), m.D);
}

S4DState start(const S4D& m, int64_t batch) {
  return start_stream(discretized(m), m.C, m.D, batch);
}

Tensor step(const S4D&, S4DState& state, const Tensor& u) { return step_stream(state, u); }

Tensor recur(const S4D& m, const Tensor& u) {
  S4DState state = start(m, u.size(0));
  return recur_stream(state, u);
}

}  // namespace offprint::nn
