#include "offprint/kernels/simplex_search.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "offprint/core/error.h"

namespace offprint::kernels {

Minimum golden_section(const std::function<double(double)>& f, double low, double high,
                       double tolerance) {
  require(low < high, "golden_section: {} to {}, expected low < high", low, high);
  constexpr double kShare = 1 / std::numbers::phi;
  double a = high - kShare * (high - low), b = low + kShare * (high - low);
  double fa = f(a), fb = f(b);
  while (high - low > tolerance) {
    if (fa < fb) {
      high = b, b = a, fb = fa;
      a = high - kShare * (high - low), fa = f(a);
    } else {
      low = a, a = b, fa = fb;
      b = low + kShare * (high - low), fb = f(b);
    }
  }
  return fa < fb ? Minimum{{a}, fa} : Minimum{{b}, fb};
}

Minimum nelder_mead(const std::function<double(std::span<const double>)>& f,
                    std::vector<double> start, std::span<const double> step, int evaluations,
                    double tolerance) {
  require(!start.empty() && start.size() == step.size(), "nelder_mead: {} numbers and {} steps",
          start.size(), step.size());
  const size_t n = start.size();
  int used = 0;
  const auto valued = [&](std::vector<double> x) {
    ++used;
    const double value = f(x);
    return Minimum{std::move(x),
                   std::isfinite(value) ? value : std::numeric_limits<double>::infinity()};
  };
  std::vector<Minimum> corners = {valued(start)};
  for (size_t i = 0; i < n; ++i) {
    auto x = start;
    x[i] += step[i];
    corners.push_back(valued(std::move(x)));
  }
  const auto by_value = [](const Minimum& a, const Minimum& b) { return a.value < b.value; };
  while (true) {
    std::ranges::sort(corners, by_value);
    Minimum& worst = corners.back();
    if (used >= evaluations || worst.value - corners[0].value <= tolerance) return corners[0];
    std::vector<double> middle(n, 0.0);
    for (size_t c = 0; c < n; ++c)
      for (size_t i = 0; i < n; ++i) middle[i] += corners[c].x[i] / static_cast<double>(n);
    const auto along = [&](double t) {  // t = -1 is the worst corner
      std::vector<double> x(n);
      for (size_t i = 0; i < n; ++i) x[i] = middle[i] + t * (middle[i] - worst.x[i]);
      return valued(std::move(x));
    };
    Minimum mirrored = along(1);
    if (mirrored.value < corners[0].value) {
      Minimum further = along(2);
      worst = further.value < mirrored.value ? std::move(further) : std::move(mirrored);
    } else if (mirrored.value < corners[n - 1].value) {
      worst = std::move(mirrored);
    } else {
      Minimum nearer = along(mirrored.value < worst.value ? 0.5 : -0.5);
      if (nearer.value < std::min(mirrored.value, worst.value)) {
        worst = std::move(nearer);
      } else {
        for (size_t c = 1; c <= n; ++c) {
          for (size_t i = 0; i < n; ++i)
            corners[c].x[i] = corners[0].x[i] + 0.5 * (corners[c].x[i] - corners[0].x[i]);
          corners[c] = valued(corners[c].x);
        }
      }
    }
  }
}

}  // namespace offprint::kernels
