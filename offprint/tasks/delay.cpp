#include "offprint/tasks/delay.h"

#include <ATen/ops/constant_pad_nd.h>

#include <algorithm>
#include <cmath>

#include "offprint/core/error.h"

namespace offprint::tasks {

DelayData make_delay(const DelayOptions& o, int64_t sequences, Rng& rng) {
  require(o.lag >= 0 && o.lag < o.length,
          "delay task: lag {} of {} steps, expected 0 <= lag < steps", o.lag, o.length);
  require(o.band > 0 && o.band <= 1, "delay task: band {}, expected 0 < band <= 1", o.band);
  // Twice the length is made and half of it kept: the FFT's noise is periodic, and a model could
  // use the repetition.
  const int64_t period = 2 * o.length;
  Tensor spectrum = at::fft_rfft(rng.normal({sequences, 1, period}), period, -1);
  const int64_t kept =
      std::max<int64_t>(1, std::llround(o.band * static_cast<double>(spectrum.size(2) - 1)));
  spectrum.narrow(2, kept, spectrum.size(2) - kept).zero_();
  const Tensor u = at::fft_irfft(spectrum, period, -1).narrow(2, 0, o.length).contiguous();
  const double rms = std::sqrt(u.square().mean().item<double>());
  const Tensor unit = u / rms;
  return {unit, at::constant_pad_nd(unit.narrow(2, 0, o.length - o.lag), {o.lag, 0})};
}

DelayData to(const DelayData& data, at::Device device) {
  return {data.u.to(device), data.target.to(device)};
}

double delay_error(const Tensor& y, const DelayData& data) {
  const at::NoGradGuard no_grad;
  return (y - data.target).square().sum().item<double>() /
         data.target.square().sum().item<double>();
}

Tensor DelayObjective::loss(const Tensor& examples, Rng&) {
  const Tensor rows = examples.to(data_.u.device());
  const Tensor y = map_(data_.u.index_select(0, rows));
  return at::mse_loss(y, data_.target.index_select(0, rows));
}

}  // namespace offprint::tasks
