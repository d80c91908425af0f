#include "offprint/kernels/fractional_filter.h"

#include <array>
#include <cmath>
#include <numbers>

#include "offprint/core/error.h"

namespace offprint::kernels {
namespace {

constexpr size_t kMost = 25;  // K + 1
using Row = std::array<double, kMost>;

// s' = F s + f + e with F = (1 - pull dt, scale weight (decay - 1); 0, decay): X reads Y.
struct Space {
  size_t n = 0;
  double keep = 1, push = 0;   // of X by itself; of the constant
  Row reads = {}, decay = {};  // F's first row and its diagonal, without X
  std::array<Row, kMost> noise = {};
};

Space make_space(const FractionalLine& line) {
  const OuStep step = ou_step(line.driver, line.dt);
  Space s{.n = line.driver.rates.size() + 1};
  s.keep = 1 - line.pull * line.dt;
  s.push = line.dt;
  const auto* decay = step.decay.const_data_ptr<double>();
  const auto* noise = step.noise.const_data_ptr<double>();
  Row weight = {};
  for (size_t k = 1; k < s.n; ++k) {
    s.decay[k] = decay[k - 1];
    weight[k] = line.scale * line.driver.weights[k - 1];
    s.reads[k] = weight[k] * std::expm1(-line.driver.rates[k - 1] * line.dt);
  }
  for (size_t i = 1; i < s.n; ++i)
    for (size_t j = 1; j < s.n; ++j) {
      s.noise[i][j] = noise[(i - 1) * (s.n - 1) + j - 1];
      s.noise[0][j] += weight[i] * s.noise[i][j];
    }
  for (size_t j = 1; j < s.n; ++j) {
    s.noise[j][0] = s.noise[0][j];
    s.noise[0][0] += weight[j] * s.noise[0][j];
  }
  return s;
}

// The filter's covariance, common to all means that are carried with it.
class Filter {
 public:
  explicit Filter(const FractionalLine& line) : space_(make_space(line)) {
    const Tensor start = ou_start(line.driver).contiguous();
    const auto* y = start.const_data_ptr<double>();
    const size_t terms = space_.n - 1;
    for (size_t i = 0; i < terms; ++i)
      for (size_t j = 0; j < terms; ++j) covariance_[i + 1][j + 1] = y[i * terms + j];
    covariance_[0][0] = line.start_known ? 0 : line.noise;
  }

  void move(Row& mean, double constant) const {
    double x = space_.keep * mean[0] + space_.push * constant;
    for (size_t k = 1; k < space_.n; ++k) {
      x += space_.reads[k] * mean[k];
      mean[k] *= space_.decay[k];
    }
    mean[0] = x;
  }
  void move_covariance() {
    const size_t n = space_.n;
    Row first = {};  // row of F P for X
    for (size_t j = 0; j < n; ++j) {
      first[j] = space_.keep * covariance_[0][j];
      for (size_t k = 1; k < n; ++k) first[j] += space_.reads[k] * covariance_[k][j];
    }
    double corner = space_.keep * first[0];
    for (size_t k = 1; k < n; ++k) corner += space_.reads[k] * first[k];
    for (size_t i = 1; i < n; ++i)
      for (size_t j = 1; j < n; ++j)
        covariance_[i][j] =
            space_.decay[i] * covariance_[i][j] * space_.decay[j] + space_.noise[i][j];
    for (size_t j = 1; j < n; ++j)
      covariance_[0][j] = covariance_[j][0] = first[j] * space_.decay[j] + space_.noise[0][j];
    covariance_[0][0] = corner + space_.noise[0][0];
  }
  double spread(double noise) const { return covariance_[0][0] + noise; }
  double x_variance() const { return covariance_[0][0]; }
  // What X was seen to be moves each mean by gain times what it missed.
  Row gain(double seen_spread) const {
    Row g = {};
    for (size_t k = 0; k < space_.n; ++k) g[k] = covariance_[k][0] / seen_spread;
    return g;
  }
  void see(const Row& g, double seen_spread) {
    for (size_t i = 0; i < space_.n; ++i)
      for (size_t j = 0; j < space_.n; ++j) covariance_[i][j] -= g[i] * g[j] * seen_spread;
  }
  void correct(Row& mean, const Row& g, double missed) const {
    for (size_t k = 0; k < space_.n; ++k) mean[k] += g[k] * missed;
  }

 private:
  Space space_;
  std::array<Row, kMost> covariance_ = {};
};

void check(const FractionalLine& line, std::span<const double> values) {
  require(values.size() >= 2, "fractional filter: {} values, expected two or more", values.size());
  require(std::isfinite(values[0]), "fractional filter: the first value is missing");
  require(line.dt > 0 && line.scale > 0 && line.noise >= 0,
          "fractional filter: dt {}, scale {}, noise {}, expected > 0, > 0, >= 0", line.dt,
          line.scale, line.noise);
}

}  // namespace

double log_evidence(const FractionalLine& line, std::span<const double> values) {
  check(line, values);
  Filter filter(line);
  Row mean = {values[0]};
  double sum = 0;
  for (const double value : values.subspan(1)) {
    filter.move(mean, line.constant), filter.move_covariance();
    if (std::isnan(value)) continue;
    const double spread = filter.spread(line.noise), missed = value - mean[0];
    sum -= 0.5 * (std::log(2 * std::numbers::pi * spread) + missed * missed / spread);
    const Row gain = filter.gain(spread);
    filter.correct(mean, gain, missed), filter.see(gain, spread);
  }
  return sum;
}

ProfiledLine profile_evidence(const FractionalLine& given, double noise_ratio,
                              std::span<const double> values, bool without_drift) {
  FractionalLine line = given;
  line.scale = 1;
  line.noise = noise_ratio * std::pow(line.dt, 2 * line.driver.hurst);
  check(line, values);
  Filter filter(line);
  // What is missed is linear in the constant: of the values, and of a constant of one alone.
  Row mean = {values[0]}, slope = {};
  double logs = 0, square = 0, cross = 0, drift = 0, count = 0;
  for (const double value : values.subspan(1)) {
    filter.move(mean, 0), filter.move(slope, 1), filter.move_covariance();
    if (std::isnan(value)) continue;
    const double spread = filter.spread(line.noise), missed = value - mean[0], moved = slope[0];
    logs += std::log(spread), count += 1;
    square += missed * missed / spread, cross += missed * moved / spread;
    drift += moved * moved / spread;
    const Row gain = filter.gain(spread);
    filter.correct(mean, gain, missed), filter.correct(slope, gain, -moved);
    filter.see(gain, spread);
  }
  ProfiledLine out;
  if (!without_drift && drift > 0) out.constant = cross / drift;
  const double left = square - out.constant * (2 * cross - out.constant * drift);
  const double variance = left / count;
  out.scale = std::sqrt(variance);
  out.log_evidence = -0.5 * (logs + count * (std::log(2 * std::numbers::pi * variance) + 1));
  return out;
}

Ahead look_ahead(const FractionalLine& line, std::span<const double> values, int64_t steps) {
  check(line, values);
  Filter filter(line);
  Row mean = {values[0]};
  for (const double value : values.subspan(1)) {
    filter.move(mean, line.constant), filter.move_covariance();
    if (std::isnan(value)) continue;
    const double spread = filter.spread(line.noise);
    const Row gain = filter.gain(spread);
    filter.correct(mean, gain, value - mean[0]), filter.see(gain, spread);
  }
  Ahead out;
  for (int64_t i = 0; i < steps; ++i) {
    filter.move(mean, line.constant), filter.move_covariance();
    out.mean.push_back(mean[0]), out.variance.push_back(filter.x_variance());
  }
  return out;
}

}  // namespace offprint::kernels
