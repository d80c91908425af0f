#include "offprint/worlds/linear_process.h"

#include <ATen/ops/linalg_cholesky.h>
#include <ATen/ops/sign.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "offprint/core/error.h"
#include "offprint/kernels/companion.h"
#include "offprint/kernels/levinson.h"

namespace offprint::worlds {
namespace {

constexpr std::string_view kShockNames[] = {"gaussian", "laplace", "student5"};
constexpr double kLaplaceScale = 1 / std::numbers::sqrt2;  // variance 1
const double kStudentScale = std::sqrt(3.0 / 5.0);         // t5 has variance 5/3

double laplace(double uniform) {
  const double u = uniform - 0.5;
  return -kLaplaceScale * std::copysign(std::log1p(-2 * std::abs(u)), u);
}

double draw_shock(Shocks shocks, Rng& rng) {
  if (shocks == Shocks::gaussian) return rng.normal();
  if (shocks == Shocks::laplace) return laplace(rng.uniform());
  const double numerator = rng.normal();
  double chi = 0;
  for (int i = 0; i < 5; ++i) {
    const double z = rng.normal();
    chi += z * z;
  }
  return kStudentScale * numerator / std::sqrt(chi / 5);
}

Tensor draw_shocks(Shocks shocks, at::IntArrayRef shape, Rng& rng) {
  if (shocks == Shocks::gaussian) return rng.normal(shape, at::kDouble);
  if (shocks == Shocks::laplace) {
    const Tensor u = rng.uniform(shape, -0.5, 0.5, at::kDouble);
    return -kLaplaceScale * at::sign(u) * (-2 * u.abs()).log1p();
  }
  const Tensor numerator = rng.normal(shape, at::kDouble);
  Tensor chi = at::zeros(shape, at::kDouble);
  for (int i = 0; i < 5; ++i) chi += rng.normal(shape, at::kDouble).square();
  return kStudentScale * numerator / (chi / 5).sqrt();
}

// x holds shocks (T) and becomes the process, from `from` on; what is before stands already.
void run_recursion(const LinearProcess& process, double* x, int64_t from, int64_t until,
                   std::vector<double>& shocks) {
  const auto p = static_cast<int64_t>(process.rho.size());
  const auto q = static_cast<int64_t>(process.theta.size());
  if (q > 0) shocks.assign(x, x + until);
  for (int64_t t = from; t < until; ++t) {
    double next = x[t];
    for (int64_t i = 0; i < std::min(p, t); ++i)
      next += process.rho[static_cast<size_t>(i)] * x[t - 1 - i];
    for (int64_t j = 0; j < std::min(q, t); ++j)
      next += process.theta[static_cast<size_t>(j)] * shocks[static_cast<size_t>(t - 1 - j)];
    x[t] = next;
  }
}

// Steps until a start from rest is off by less than a ten-thousandth.
int64_t steps_to_forget(const LinearProcess& process) {
  const double radius = spectral_radius(process.rho);
  const double steps = radius > 0 ? std::log(1e-4) / std::log(radius) : 0;
  return std::clamp<int64_t>(static_cast<int64_t>(steps), 100, 5000);
}

// psi_0 = 1, psi_j: x_t = sum psi_j e_{t-j}.
std::vector<double> moving_average_weights(const LinearProcess& process, size_t count) {
  std::vector<double> psi = {1};
  for (size_t j = 1; j < count; ++j) {
    psi.push_back(j <= process.theta.size() ? process.theta[j - 1] : 0);
    for (size_t i = 1; i <= std::min(j, process.rho.size()); ++i)
      psi[j] += process.rho[i - 1] * psi[j - i];
  }
  return psi;
}

}  // namespace

Shocks parse_shocks(std::string_view name) {
  const auto found = std::ranges::find(kShockNames, name);
  require(found != std::end(kShockNames), "shocks: '{}', expected gaussian|laplace|student5", name);
  return static_cast<Shocks>(found - std::begin(kShockNames));
}

std::string_view shocks_name(Shocks shocks) { return kShockNames[static_cast<size_t>(shocks)]; }

double excess_kurtosis(Shocks shocks) { return 3.0 * static_cast<double>(shocks); }

bool is_stationary(std::span<const double> rho) {
  std::vector<double> phi(rho.begin(), rho.end());
  while (!phi.empty()) {  // the order goes down by one; what falls off is a partial correlation
    const double last = phi.back();
    if (!(std::abs(last) < 1)) return false;
    std::vector<double> lower(phi.size() - 1);
    for (size_t i = 0; i < lower.size(); ++i)
      lower[i] = (phi[i] + last * phi[lower.size() - 1 - i]) / (1 - last * last);
    phi = std::move(lower);
  }
  return true;
}

void require_stationary(const LinearProcess& process, std::string_view where) {
  require(process.sigma > 0 && std::isfinite(process.sigma), "{}: sigma {}, expected > 0", where,
          process.sigma);
  require(is_stationary(process.rho),
          "{}: rho {} is not stationary, expected all roots outside the unit circle", where,
          fmt::join(process.rho, ","));
}

Tensor coefficients(const LinearProcess& process) {
  return at::tensor(std::vector<double>(process.rho.rbegin(), process.rho.rend()), at::kDouble);
}

double spectral_radius(std::span<const double> rho) {
  if (rho.empty()) return 0;
  const Tensor column = at::tensor(std::vector<double>(rho.rbegin(), rho.rend()), at::kDouble);
  const Tensor A = kernels::companion_matrix(column.unsqueeze(0))[0];
  return std::get<0>(at::linalg_eig(A)).abs().max().item<double>();
}

std::vector<double> autocovariances(const LinearProcess& process, int64_t lags) {
  require_stationary(process, "autocovariances");
  require(lags >= 0, "autocovariances: {} lags, expected >= 0", lags);
  const size_t p = process.rho.size(), q = process.theta.size(), m = std::max(p, q) + 1;
  const std::vector<double> psi = moving_average_weights(process, q + 1);
  Tensor system = at::eye(static_cast<int64_t>(m), at::kDouble);
  Tensor right = at::zeros({static_cast<int64_t>(m)}, at::kDouble);
  auto rows = system.accessor<double, 2>();
  auto of_shocks = right.accessor<double, 1>();
  for (size_t k = 0; k < m; ++k) {
    const auto row = static_cast<int64_t>(k);
    for (size_t i = 1; i <= p; ++i)
      rows[row][std::abs(row - static_cast<int64_t>(i))] -= process.rho[i - 1];
    for (size_t j = k; j <= q; ++j)
      of_shocks[row] +=
          process.sigma * process.sigma * (j == 0 ? 1 : process.theta[j - 1]) * psi[j - k];
  }
  const Tensor solved = at::linalg_solve(system, right).contiguous();
  std::vector<double> gamma(solved.const_data_ptr<double>(), solved.const_data_ptr<double>() + m);
  for (size_t k = m; k <= static_cast<size_t>(lags); ++k) {
    gamma.push_back(0);
    for (size_t i = 1; i <= p; ++i) gamma[k] += process.rho[i - 1] * gamma[k - i];
  }
  gamma.resize(static_cast<size_t>(lags) + 1);
  return gamma;
}

std::vector<double> rho_from_roots(std::span<const RootPair> pairs, std::span<const double> real) {
  std::vector<double> polynomial = {1};
  const auto multiply = [&](std::span<const double> factor) {
    std::vector<double> product(polynomial.size() + factor.size() - 1, 0);
    for (size_t j = 0; j < polynomial.size(); ++j)
      for (size_t k = 0; k < factor.size(); ++k) product[j + k] += polynomial[j] * factor[k];
    polynomial = std::move(product);
  };
  for (const auto& [radius, angle] : pairs) {
    const double factor[] = {1, -2 * radius * std::cos(angle), radius * radius};
    multiply(factor);
  }
  for (const double root : real) {
    const double factor[] = {1, -root};
    multiply(factor);
  }
  std::vector<double> rho;
  for (size_t i = 1; i < polynomial.size(); ++i) rho.push_back(-polynomial[i]);
  return rho;
}

std::vector<double> random_rho(int64_t p, Rng& rng) {
  require(p >= 1, "random_rho: {} lags, expected >= 1", p);
  constexpr int kTries = 1000;
  std::vector<double> rho(static_cast<size_t>(p));
  for (int attempt = 0; attempt < kTries; ++attempt) {
    for (double& r : rho) r = 0.9 * (2 * rng.uniform() - 1);
    if (is_stationary(rho)) return rho;
  }
  std::vector<RootPair> pairs;
  for (int64_t i = 0; i < p / 2; ++i)
    pairs.push_back({0.95 * std::sqrt(rng.uniform()), std::numbers::pi * rng.uniform()});
  std::vector<double> real;
  if (p % 2 == 1) real.push_back(0.95 * (2 * rng.uniform() - 1));
  return rho_from_roots(pairs, real);
}

std::vector<double> sample_path(const LinearProcess& process, int64_t rows, Rng& rng,
                                int64_t forgotten) {
  require_stationary(process, "sample_path");
  require(rows >= 1 && forgotten >= 0, "sample_path: {} rows after {}, expected >= 1 after >= 0",
          rows, forgotten);
  std::vector<double> x(static_cast<size_t>(forgotten + rows)), shocks;
  for (double& value : x) value = process.sigma * draw_shock(process.shocks, rng);
  run_recursion(process, x.data(), 0, forgotten + rows, shocks);
  return {x.end() - rows, x.end()};
}

Tensor sample_windows(const LinearProcess& process, int64_t count, int64_t length, Rng& rng) {
  require_stationary(process, "sample_windows");
  require(count >= 1 && length >= 1, "sample_windows: {} of {} steps, expected >= 1 of >= 1", count,
          length);
  const auto p = static_cast<int64_t>(process.rho.size());
  const bool exact = process.theta.empty() && process.shocks == Shocks::gaussian;
  const int64_t before = exact ? 0 : steps_to_forget(process);
  const int64_t steps = std::max(before + length, p);
  Tensor x = process.sigma * draw_shocks(process.shocks, {count, steps}, rng);
  if (exact && p > 0) {
    const Tensor root =
        at::linalg_cholesky(kernels::covariance_matrix(autocovariances(process, p - 1), p));
    x.slice(1, 0, p).copy_(at::matmul(x.slice(1, 0, p) / process.sigma, root.t()));
  }
  double* values = x.mutable_data_ptr<double>();
  at::parallel_for(0, count, 64, [&](int64_t begin, int64_t end) {
    std::vector<double> shocks;
    for (int64_t w = begin; w < end; ++w)
      run_recursion(process, values + w * steps, exact ? p : 0, steps, shocks);
  });
  return x.slice(1, before, before + length).contiguous();
}

}  // namespace offprint::worlds
