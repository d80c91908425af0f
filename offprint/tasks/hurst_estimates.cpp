#include "offprint/tasks/hurst_estimates.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "offprint/core/error.h"
#include "offprint/core/numbers.h"
#include "offprint/core/tensor.h"
#include "offprint/kernels/simplex_search.h"

namespace offprint::tasks {
namespace {

void check(std::span<const double> values, const char* what) {
  require(values.size() >= 32, "{}: {} values, expected 32 or more", what, values.size());
  bool changes = false;
  for (const double v : values) {
    require(std::isfinite(v), "{}: a value is missing", what);
    changes |= v != values[0];
  }
  require(changes, "{}: all values are {}, expected some change", what, values[0]);
}

// Up to a constant that does not depend on hurst, at frequency x in (0, pi].
double noise_spectrum(double x, double hurst) {
  const double d = -2 * hurst - 1, flat = -2 * hurst;
  double sum = std::pow(x, d);
  const auto at = [&](int k, double power) {
    const double turn = 2 * std::numbers::pi * k;
    return std::pow(turn + x, power) + std::pow(turn - x, power);
  };
  for (int k = 1; k <= 3; ++k) sum += at(k, d);
  sum += (at(3, flat) + at(4, flat)) / (8 * hurst * std::numbers::pi);
  return std::sin(std::numbers::pi * hurst) * std::tgamma(2 * hurst + 1) * (1 - std::cos(x)) * sum;
}

// Mean square around the straight line through window values, their places 0 .. w-1.
double around_line(std::span<const double> w) {
  const auto n = static_cast<double>(w.size());
  double sum = 0, tilt = 0, square = 0;
  for (size_t i = 0; i < w.size(); ++i) {
    const double place = static_cast<double>(i) - (n - 1) / 2;
    sum += w[i], tilt += place * w[i], square += w[i] * w[i];
  }
  const double places = n * (n * n - 1) / 12;
  return std::max(0.0, (square - sum * sum / n - tilt * tilt / places) / n);
}

}  // namespace

double whittle_hurst(std::span<const double> increments) {
  check(increments, "whittle_hurst");
  const auto n = std::ssize(increments);
  Tensor x = at::empty({n}, at::kDouble);
  std::ranges::copy(increments, x.mutable_data_ptr<double>());
  const Tensor spectrum = at::view_as_real(at::fft_rfft(x - x.mean())).pow(2).sum(1).contiguous();
  const auto* power = spectrum.const_data_ptr<double>();
  const int64_t last = (n - 1) / 2;
  const auto cost = [&](double hurst) {
    double ratio = 0, logs = 0;
    for (int64_t j = 1; j <= last; ++j) {
      const double f = noise_spectrum(
          2 * std::numbers::pi * static_cast<double>(j) / static_cast<double>(n), hurst);
      ratio += power[j] / f, logs += std::log(f);
    }
    const auto count = static_cast<double>(last);
    return std::log(ratio / count) + logs / count;
  };
  return kernels::golden_section(cost, 0.01, 0.99, 1e-4).x[0];
}

double dfa_hurst(std::span<const double> increments) {
  check(increments, "dfa_hurst");
  double mean = 0;
  for (const double v : increments) mean += v / static_cast<double>(increments.size());
  std::vector<double> profile;
  double level = 0;
  for (const double v : increments) profile.push_back(level += v - mean);
  std::vector<double> log_size, log_spread;
  size_t before = 0;
  for (double size = 8; size <= static_cast<double>(profile.size()) / 4; size *= 1.25) {
    const auto w = static_cast<size_t>(size);
    if (w == before) continue;
    before = w;
    double square = 0, windows = 0;
    for (size_t first = 0; first + w <= profile.size(); first += w, windows += 1)
      square += around_line(std::span(profile).subspan(first, w));
    if (square <= 0) continue;
    log_size.push_back(std::log(static_cast<double>(w)));
    log_spread.push_back(0.5 * std::log(square / windows));
  }
  require(log_size.size() >= 2, "dfa_hurst: {} values, too few windows", increments.size());
  return fit_line(log_size, log_spread).slope;
}

double madogram_hurst(std::span<const double> levels) {
  check(levels, "madogram_hurst");
  const auto mean_move = [&](size_t lag) {
    double sum = 0;
    for (size_t i = lag; i < levels.size(); ++i) sum += std::abs(levels[i] - levels[i - lag]);
    return sum / static_cast<double>(levels.size() - lag);
  };
  return std::log2(mean_move(2) / mean_move(1));
}

}  // namespace offprint::tasks
