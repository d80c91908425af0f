#include "offprint/worlds/fractional_noise.h"

#include <algorithm>
#include <cmath>

#include "offprint/core/error.h"

namespace offprint::worlds {

double noise_autocovariance(double hurst, int64_t lag) {
  const auto k = std::abs(static_cast<double>(lag)), p = 2 * hurst;
  return 0.5 * (std::pow(k + 1, p) - 2 * std::pow(k, p) + std::pow(std::abs(k - 1), p));
}

Tensor fractional_noise(double hurst, int64_t count, int64_t steps, Rng& rng) {
  require(hurst > 0 && hurst < 1, "fractional noise: hurst {}, expected within (0, 1)", hurst);
  require(count >= 1 && steps >= 1, "fractional noise: {} paths of {} steps, expected >= 1", count,
          steps);
  const int64_t around = 2 * steps;
  std::vector<double> row;
  for (int64_t k = 0; k < around; ++k)
    row.push_back(noise_autocovariance(hurst, std::min(k, around - k)));
  // The circulant's eigenvalues; never negative for this noise (Craigmile 2003) but for rounding.
  const Tensor power =
      at::real(at::fft_rfft(at::tensor(row, at::kDouble))).clamp_min(0);  // (steps+1)
  Tensor re = rng.normal({count, steps + 1}, at::kDouble);
  Tensor im = rng.normal({count, steps + 1}, at::kDouble);
  // Frequencies between stand for themselves and their mirror image; the two ends are real.
  Tensor scale = at::full({steps + 1}, std::sqrt(0.5), at::kDouble);
  scale[0] = 1, scale[steps] = 1;
  im.select(1, 0).zero_(), im.select(1, steps).zero_();
  const Tensor root = (power * static_cast<double>(around)).sqrt() * scale;
  return at::fft_irfft(at::complex(re * root, im * root), around).slice(1, 0, steps).contiguous();
}

Tensor fractional_motion(double hurst, int64_t count, int64_t steps, double horizon, Rng& rng) {
  require(horizon > 0, "fractional motion: horizon {}, expected > 0", horizon);
  const Tensor noise = fractional_noise(hurst, count, steps, rng);
  const double step = std::pow(horizon / static_cast<double>(steps), hurst);
  return at::cat({at::zeros({count, 1}, at::kDouble), step * noise.cumsum(1)}, 1);
}

DrivenTogether drive_together(const kernels::MarkovFbm& m, int64_t paths, int64_t times,
                              int64_t cells, Rng& rng) {
  require(m.type == kernels::FbmType::riemann_liouville,
          "drive_together: expected Riemann and Liouville's motion, which starts at 0");
  const double h = m.horizon / static_cast<double>(cells), a = m.hurst + 0.5;
  const Tensor dw = rng.normal({paths, cells}) * std::sqrt(h);
  const Tensor seen =
      (at::arange(times, at::kDouble) + 0.5) * (m.horizon / static_cast<double>(times));
  // Lags (cells,times) to each cell's far and near end; 0 for cells still to come.
  const Tensor far = (seen - at::arange(cells, at::kDouble).unsqueeze(1) * h).clamp_min(0);
  const Tensor near = (far - h).clamp_min(0);
  const auto filtered = [&](const Tensor& kernel) {
    return dw.matmul(kernel.to(at::kFloat)).to(at::kDouble);
  };
  DrivenTogether out;
  out.b = filtered((far.pow(a) - near.pow(a)) / (h * a * std::tgamma(a)));
  std::vector<Tensor> terms;
  for (const double g : m.rates)
    terms.push_back(filtered(((-g * near).exp() - (-g * far).exp()) / (g * h)));
  out.y = at::stack(terms, 2);
  return out;
}

}  // namespace offprint::worlds
