// Linear stationary processes, x_t = sum rho_i x_{t-i} + e_t + sum theta_j e_{t-j}: what they are,
// their autocovariances, and draws of them. Brockwell & Davis 1991, Time Series: Theory and
// Methods, sections 3.1 to 3.3.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "offprint/core/rng.h"

namespace offprint::worlds {

// Independent, of mean 0 and variance 1 before sigma scales them.
enum class Shocks { gaussian, laplace, student5 };
Shocks parse_shocks(std::string_view name);  // gaussian, laplace, student5; Error names the three
std::string_view shocks_name(Shocks shocks);
double excess_kurtosis(Shocks shocks);  // 0, 3, 6

struct LinearProcess {
  std::vector<double> rho;         // p, nearest lag first
  std::vector<double> theta = {};  // q, nearest lag first
  double sigma = 1;                // of the shocks
  Shocks shocks = Shocks::gaussian;
};

// All roots of 1 - sum rho_i z^i outside the unit circle, by the step-down recursion.
bool is_stationary(std::span<const double> rho);
void require_stationary(const LinearProcess& process, std::string_view where);  // Error; sigma > 0

// rho as it meets the last p values, oldest first: (p) float64.
Tensor coefficients(const LinearProcess& process);

// Largest modulus of the recursion's eigenvalues: forecasts decay like radius^h. 0 without rho.
double spectral_radius(std::span<const double> rho);

// gamma_0 .. gamma_lags, by the Yule-Walker equations (with their moving-average side) and then
// the recursion. Throws Error on a process that is not stationary, lags < 0.
std::vector<double> autocovariances(const LinearProcess& process, int64_t lags);

struct RootPair {
  double radius = 0, angle = 0;  // of eigenvalues radius exp(+- i angle)
};
std::vector<double> rho_from_roots(std::span<const RootPair> pairs,
                                   std::span<const double> real = {});

// rho uniform on [-0.9, 0.9]^p, drawn anew until it is stationary; after 1000 draws eigenvalues of
// radius below 0.95 instead (at p 7 hardly any box point is stationary). p >= 1.
std::vector<double> random_rho(int64_t p, Rng& rng);

// One series of `rows` rows, from rest, the first `forgotten` steps thrown away.
std::vector<double> sample_path(const LinearProcess& process, int64_t rows, Rng& rng,
                                int64_t forgotten = 1000);

// Independent windows (count,length) float64. Gaussian autoregressions start from their stationary
// law exactly; others run until their start is forgotten, at least 100 steps.
Tensor sample_windows(const LinearProcess& process, int64_t count, int64_t length, Rng& rng);

}  // namespace offprint::worlds
