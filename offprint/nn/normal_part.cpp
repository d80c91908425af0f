#include "offprint/nn/normal_part.h"

#include <cmath>

#include "offprint/core/error.h"
#include "offprint/kernels/fft_conv.h"
#include "offprint/kernels/legendre.h"
#include "offprint/kernels/vandermonde.h"
#include "offprint/nn/hippo.h"
#include "offprint/nn/ssm_discretize.h"

namespace offprint::nn {
namespace {

Tensor grid(double dt, int64_t L) {
  return at::arange(L, at::TensorOptions().dtype(at::kDouble)) * dt;
}

int64_t steps_of(double dt, double duration) {
  require(dt > 0 && duration > dt, "normal part: dt {} and duration {}, expected 0 < dt < duration",
          dt, duration);
  return static_cast<int64_t>(std::llround(duration / dt));
}

struct Readout {
  Tensor lambda, B, row;  // (1,N/2): row n of V
};
Readout readout(int64_t n, int64_t N) {
  require(n >= 0 && n < N, "normal part: row {} of order {}, expected 0 <= row < order", n, N);
  const Nplr legs = nplr_legs(N);
  return {legs.lambda.unsqueeze(0), legs.B.unsqueeze(0) / 2, legs.V.narrow(0, n, 1)};
}

Tensor convolved(const Tensor& u, const Tensor& kernel) {
  return kernels::fft_conv(u.reshape({1, 1, -1}), kernel.reshape({1, -1})).flatten();
}

// Taps of row n under zero-order hold. Rows above n do not see those below, so that a block of
// n + 1 rows is the whole system.
Tensor legs_taps(int64_t n, double dt, int64_t L) {
  const DenseSsm legs = hippo_legs(n + 1);
  const Tensor A_bar = at::linalg_matrix_exp(legs.A * dt);
  const Tensor one = at::eye(n + 1, A_bar.options());
  Tensor x = at::linalg_solve(legs.A, at::matmul(A_bar - one, legs.B.unsqueeze(1)));
  std::vector<Tensor> taps;
  for (int64_t l = 0; l < L; ++l) {
    taps.push_back(x[n]);
    x = at::matmul(A_bar, x);
  }
  return at::cat(taps);
}

}  // namespace

Tensor legs_basis(int64_t n, const Tensor& t) {
  const Tensor s = at::exp(-t.to(at::kDouble));
  return std::sqrt(2.0 * static_cast<double>(n) + 1) * kernels::legendre(n + 1, 2 * s - 1)[n] * s;
}

Tensor normal_basis(int64_t n, int64_t N, double dt, int64_t L) {
  const Readout r = readout(n, N);
  return kernels::vandermonde(r.row * r.B, r.lambda * dt, L).flatten();
}

double normal_kernel_error(int64_t n, int64_t N, double dt, double duration) {
  const int64_t L = steps_of(dt, duration);
  return relative_error(normal_basis(n, N, dt, L), legs_basis(n, grid(dt, L)));
}

double normal_response_error(int64_t n, int64_t N, double dt, double duration) {
  const int64_t L = steps_of(dt, duration);
  const Tensor t = grid(dt, L), u = (1.3 * t).sin() + 0.5 * (0.7 * t).cos();
  const Readout r = readout(n, N);
  const DiscreteDiagonal d = discretize_zoh(r.lambda, r.B, at::full({1}, dt, at::kDouble));
  const Tensor normal = kernels::vandermonde(r.row * d.B, d.log_a, L);
  return relative_error(convolved(u, normal), convolved(u, legs_taps(n, dt, L)));
}

}  // namespace offprint::nn
