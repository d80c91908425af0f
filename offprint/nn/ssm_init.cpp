#include "offprint/nn/ssm_init.h"

#include <ATen/ops/clamp.h>
#include <ATen/ops/full_like.h>
#include <ATen/ops/imag.h>
#include <fmt/ranges.h>

#include <cmath>
#include <numbers>

#include "offprint/core/error.h"
#include "offprint/nn/hippo.h"

namespace offprint::nn {
namespace {

constexpr double kPi = std::numbers::pi;

Tensor clipped(const Tensor& b) {
  return at::complex(at::clamp(at::real(b), -2.0, 2.0), at::clamp(at::imag(b), -2.0, 2.0));
}

}  // namespace

const std::vector<std::string>& diagonal_inits() {
  static const std::vector<std::string> names = {"legs", "inv", "lin", "quad", "real", "rand"};
  return names;
}

DiagonalSsm make_diagonal_ssm(const std::string& init, int64_t channels, int64_t N, Rng& rng,
                              double imag_scale) {
  require(N >= 2 && N % 2 == 0, "d-state: {}, expected an even number >= 2", N);
  const int64_t half = N / 2;
  const double width = static_cast<double>(N);
  const Tensor n = at::arange(half, at::TensorOptions().dtype(at::kDouble));
  Tensor re = at::full_like(n, -0.5), im;
  Tensor B = at::complex(at::ones_like(n), at::zeros_like(n));
  if (init == "legs") {
    const Nplr legs = nplr_legs(N);
    re = at::real(legs.lambda);
    im = at::imag(legs.lambda);
    B = clipped(legs.B);
  } else if (init == "inv") {
    im = (width / kPi) * (width / (2 * n + 1) - 1);
  } else if (init == "lin") {
    im = kPi * n;
  } else if (init == "quad") {
    im = (2 * n + 1).square() / kPi;
  } else if (init == "real") {
    re = -(n + 1);
    im = at::zeros_like(n);
  } else if (init == "rand") {
    im = at::exp(rng.normal({channels, half}, at::kDouble));
  } else {
    fail("init: '{}', expected {}", init, fmt::join(diagonal_inits(), "|"));
  }
  const auto for_all = [&](const Tensor& t) { return t.expand({channels, half}).contiguous(); };
  return {at::complex(for_all(re), for_all(im * imag_scale)), for_all(B)};
}

Tensor make_log_dt(int64_t channels, double dt_min, double dt_max, Rng& rng) {
  require(dt_min > 0 && dt_min <= dt_max, "dt-min, dt-max: {} and {}, expected 0 < min <= max",
          dt_min, dt_max);
  return rng.uniform({channels}, std::log(dt_min), std::log(dt_max), at::kDouble);
}

}  // namespace offprint::nn
