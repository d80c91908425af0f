// Minima of functions of few numbers that have no gradient at hand: golden section (Kiefer 1953)
// and the simplex of Nelder & Mead 1965.
#pragma once
#include <functional>
#include <span>
#include <vector>

namespace offprint::kernels {

struct Minimum {
  std::vector<double> x;
  double value = 0;
};

// Within [low, high], to `tolerance` in x, of a function with one valley there.
Minimum golden_section(const std::function<double(double)>& f, double low, double high,
                       double tolerance = 1e-4);

// From `start` with steps of `step` along each number, until the simplex' values are within
// `tolerance` or `evaluations` are used up. A value that is not finite is as bad as any.
Minimum nelder_mead(const std::function<double(std::span<const double>)>& f,
                    std::vector<double> start, std::span<const double> step, int evaluations = 300,
                    double tolerance = 1e-5);

}  // namespace offprint::kernels
