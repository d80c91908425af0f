#include "offprint/tasks/fractional_fit.h"

#include <algorithm>
#include <cmath>

#include "offprint/core/error.h"
#include "offprint/kernels/simplex_search.h"

namespace offprint::tasks {
namespace {

constexpr double kLeastHurst = 0.02, kMostHurst = 0.98;
constexpr double kDrop = 1.92;  // half the 95 % point of chi-squared with one degree

// What is searched over, in numbers without bounds: log of pull times the length, log of the noise
// ratio. A ratio below e^-16 is rounding.
struct Point {
  double hurst = 0.5, pull = 0, noise_ratio = 0;
};

kernels::MarkovFbm driver_of(double hurst, const FractionalFitOptions& o, double length,
                             bool brownian) {
  return brownian ? kernels::make_brownian(length)
                  : kernels::make_mfbm(hurst, static_cast<int>(o.terms), length);
}

struct Search {
  std::span<const double> values;
  const FractionalFitOptions& options;
  bool brownian;

  double length() const { return static_cast<double>(values.size()); }

  kernels::ProfiledLine at(const Point& p, kernels::FractionalLine& line) const {
    line = {.driver = driver_of(p.hurst, options, length(), brownian), .pull = p.pull};
    return kernels::profile_evidence(line, p.noise_ratio, values, !options.drift);
  }

  // Best pull and noise at an index.
  std::pair<Point, double> at_hurst(double hurst, std::vector<double> start) const {
    const auto point = [&](std::span<const double> x) {
      Point p{.hurst = hurst};
      size_t i = 0;
      if (options.pull) p.pull = std::min(1.0, std::exp(x[i++]) / length());
      if (options.noise) p.noise_ratio = std::exp(std::max(-16.0, x[i]));
      return p;
    };
    const auto cost = [&](std::span<const double> x) {
      kernels::FractionalLine line;
      return -at(point(x), line).log_evidence;
    };
    if (start.empty()) return {point({}), -cost({})};
    const std::vector<double> step(start.size(), 1.5);
    const kernels::Minimum best = kernels::nelder_mead(cost, std::move(start), step, 80, 1e-3);
    return {point(best.x), -best.value};
  }

  std::vector<double> first_guess() const {
    std::vector<double> x;
    if (options.pull) x.push_back(1);
    if (options.noise) x.push_back(-3);
    return x;
  }

  FractionalFit finish(const Point& p) const {
    FractionalFit fit;
    const kernels::ProfiledLine best = at(p, fit.line);
    fit.line.constant = best.constant, fit.line.scale = best.scale;
    fit.line.noise = p.noise_ratio * best.scale * best.scale;
    fit.log_evidence = best.log_evidence;
    return fit;
  }
};

void check(std::span<const double> values, const FractionalFitOptions& o) {
  require(values.size() >= 32, "fit_fractional: {} values, expected 32 or more", values.size());
  require(o.hurst == 0 || (o.hurst >= kLeastHurst && o.hurst <= kMostHurst),
          "fit_fractional: hurst {}, expected {} to {}", o.hurst, kLeastHurst, kMostHurst);
  double least = INFINITY, most = -INFINITY;
  for (const double v : values)
    if (!std::isnan(v)) least = std::min(least, v), most = std::max(most, v);
  require(most > least, "fit_fractional: all values are {}, expected some change", least);
}

}  // namespace

FractionalFit fit_fractional(std::span<const double> values, const FractionalFitOptions& o) {
  check(values, o);
  const Search search{values, o, false};
  if (o.hurst > 0) return search.finish(search.at_hurst(o.hurst, search.first_guess()).first);
  Point best;
  if (!o.pull && !o.noise) {
    best = {.hurst =
                kernels::golden_section([&](double h) { return -search.at_hurst(h, {}).second; },
                                        kLeastHurst, kMostHurst, 1e-4)
                    .x[0]};
    return search.finish(best);
  }
  // Index, pull and noise trade off along a ridge: all at once, from a rough and a smooth start.
  double most = -INFINITY;
  for (const double start : {-1.0, 0.5}) {
    std::vector<double> x = search.first_guess();
    x.insert(x.begin(), start);
    const auto point = [&](std::span<const double> at) {
      const double share = 1 / (1 + std::exp(-at[0]));
      Point p{.hurst = kLeastHurst + (kMostHurst - kLeastHurst) * share};
      size_t i = 1;
      if (o.pull) p.pull = std::min(1.0, std::exp(at[i++]) / search.length());
      if (o.noise) p.noise_ratio = std::exp(std::max(-16.0, at[i]));
      return p;
    };
    const auto cost = [&](std::span<const double> at) {
      kernels::FractionalLine line;
      return -search.at(point(at), line).log_evidence;
    };
    std::vector<double> step(x.size(), 1.5);
    step[0] = 0.7;
    const kernels::Minimum found = kernels::nelder_mead(cost, std::move(x), step, 250, 1e-4);
    if (-found.value > most) most = -found.value, best = point(found.x);
  }
  return search.finish(best);
}

FractionalFit fit_brownian(std::span<const double> values, const FractionalFitOptions& o) {
  check(values, o);
  const Search search{values, o, true};
  return search.finish(search.at_hurst(0.5, search.first_guess()).first);
}

HurstInterval hurst_interval(std::span<const double> values, const FractionalFit& best,
                             const FractionalFitOptions& options, Progress& progress) {
  const Search search{values, options, false};
  std::vector<double> guess;
  if (options.pull) guess.push_back(std::log(std::max(1e-3, best.line.pull * search.length())));
  if (options.noise)
    guess.push_back(
        std::log(std::max(1e-7, best.line.noise / (best.line.scale * best.line.scale))));
  const double centre = best.line.driver.hurst;
  HurstInterval out;
  std::vector<std::pair<double, double>> profile = {{centre, best.log_evidence}};
  const auto drop = [&](double h) {
    progress.throw_if_stopped();
    profile.emplace_back(h, search.at_hurst(h, guess).second);
    return best.log_evidence - profile.back().second;
  };
  // The end where the profile has dropped far enough, by doubling steps and then bisection.
  const auto end = [&](double limit) {
    double inside = centre, step = limit > centre ? 0.02 : -0.02;
    while (true) {
      double outside = inside + step;
      if ((limit - outside) * step <= 0) outside = limit;
      if (drop(outside) < kDrop) {
        if (outside == limit) return limit;
        inside = outside, step *= 2;
        continue;
      }
      for (int i = 0; i < 5; ++i) {
        const double middle = (inside + outside) / 2;
        (drop(middle) < kDrop ? inside : outside) = middle;
      }
      return (inside + outside) / 2;
    }
  };
  out.low = end(kLeastHurst), out.high = end(kMostHurst);
  std::ranges::sort(profile);
  for (const auto& [h, evidence] : profile)
    out.hurst.push_back(h), out.log_evidence.push_back(evidence);
  return out;
}

}  // namespace offprint::tasks
