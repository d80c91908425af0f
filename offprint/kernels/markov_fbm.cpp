#include "offprint/kernels/markov_fbm.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "offprint/core/autograd.h"
#include "offprint/core/error.h"
#include "offprint/kernels/incomplete_gamma.h"

namespace offprint::kernels {
namespace {

constexpr double kLeast = 1e-13;  // eigenvalues below it, of a unit diagonal, are rounding

std::vector<double> geometric(double first, double last, int count) {
  std::vector<double> out;
  for (int k = 0; k < count; ++k)
    out.push_back(count == 1
                      ? std::sqrt(first * last)
                      : first * std::pow(last / first, static_cast<double>(k) / (count - 1)));
  return out;
}

double decay_integral(double x) { return x < 1e-9 ? 1 - x / 2 : -std::expm1(-x) / x; }

// 1 - decay_integral(x), without cancellation.
double lost_integral(double x) {
  if (x > 0.3) return 1 + std::expm1(-x) / x;
  double term = x / 2, sum = term;
  for (int n = 3; n < 16; ++n) sum += term *= -x / n;
  return sum;
}

// E int_0^1 Y_i Y_j dt of what is summed, rates per horizon.
double overlap(double i, double j, FbmType type) {
  if (type == FbmType::riemann_liouville) return lost_integral(i + j) / (i + j);
  return (lost_integral(i) + lost_integral(j)) / (i + j);
}

// E int_0^1 B Y_k dt, rate g, a = H + 1/2. Riemann and Liouville: B meets Y over (0,t) alone.
Sloped meeting_from_zero(double a, double g) {
  const double log_g = std::log(g), power = std::pow(g, -a);
  const Sloped p = gamma_p(a, g), q = gamma_p(a + 1, g);
  const double inner = p.value - a / g * q.value;
  return {power * inner, power * (p.slope - q.value / g - a / g * q.slope - log_g * inner)};
}

// Mandelbrot and Van Ness: int_0^1 g^-a (2 - e^-gt - e^gt Q(a,gt)) dt, by parts; for slow rates,
// where that cancels, by the power series of e^x (1 - Q).
Sloped meeting_from_ever(double a, double g) {
  const double log_g = std::log(g), power = std::pow(g, -a);
  if (g > 1) {
    const Sloped q = scaled_gamma_q(a, g), full = log_gamma(a + 1);
    const double inner = 2 + (std::exp(-g) - q.value) / g, start = std::exp(-full.value) / g;
    return {power * inner - start, power * (-q.slope / g - log_g * inner) + start * full.slope};
  }
  double term = -g * g / 3, both = term;  // 2 - 2 sinh(g) / g
  for (int n = 4; n < 24; n += 2) both += term *= g * g / (n * (n + 1));
  Sloped sum = {power * both, -log_g * power * both};
  for (int n = 0; n < 24; ++n) {
    const Sloped full = log_gamma(a + n + 2);
    const double value = std::pow(g, n) * std::exp(-full.value);
    sum.value += value, sum.slope -= value * full.slope;
  }
  return sum;
}

// What Mandelbrot and Van Ness' integral is multiplied by to have variance t^2H.
Sloped unit_scale(double hurst) {
  const Sloped g = log_gamma(2 * hurst + 1);
  const double angle = std::numbers::pi * hurst;
  const double scale = std::exp(0.5 * g.value) * std::sqrt(std::sin(angle));
  return {scale, scale * (g.slope + 0.5 * std::numbers::pi / std::tan(angle))};
}

double power_of_path(double hurst, FbmType type) {  // E int_0^1 B^2 dt
  const double spread = type == FbmType::mandelbrot_van_ness
                            ? 1
                            : std::exp(-2 * std::lgamma(hurst + 0.5)) / (2 * hurst);
  return spread / (2 * hurst + 1);
}

// A x = b by eigenvalues of A scaled to a unit diagonal, those lost in rounding left out.
Tensor solve_overlaps(const Tensor& A, const Tensor& b) {
  const Tensor scale = A.diagonal().rsqrt();  // (K)
  const auto [values, vectors] = at::linalg_eigh(A * scale * scale.unsqueeze(1));
  const Tensor kept = values > kLeast * values.max();
  const Tensor inverse = at::where(kept, values.reciprocal(), at::zeros_like(values));
  const Tensor inner = vectors.t().matmul(scale.unsqueeze(1) * b);  // (K,2)
  return scale.unsqueeze(1) * vectors.matmul(inverse.unsqueeze(1) * inner);
}

void check(double hurst, int terms, double horizon, const MfbmOptions& o) {
  require(hurst > 0 && hurst < 1, "markov fbm: hurst {}, expected within (0, 1)", hurst);
  require(terms >= 1 && terms <= 24, "markov fbm: {} terms, expected 1 to 24", terms);
  require(horizon > 0 && std::isfinite(horizon), "markov fbm: horizon {}, expected > 0", horizon);
  require((o.slowest == 0 && o.fastest == 0) || (o.slowest > 0 && o.fastest >= o.slowest),
          "markov fbm: rates {} to {}, expected 0 < slowest <= fastest", o.slowest, o.fastest);
}

void fill_weights(MarkovFbm& m) {
  const auto K = std::ssize(m.rates);
  const auto count = static_cast<size_t>(K);
  std::vector<double> a(count * count), b(2 * count);
  for (size_t i = 0; i < count; ++i) {
    const double gi = m.rates[i] * m.horizon;
    for (size_t j = 0; j < count; ++j)
      a[i * count + j] = overlap(gi, m.rates[j] * m.horizon, m.type);
    Sloped met;
    if (m.type == FbmType::riemann_liouville) {
      met = meeting_from_zero(m.hurst + 0.5, gi);
    } else {
      met = meeting_from_ever(m.hurst + 0.5, gi);
      const Sloped s = unit_scale(m.hurst);
      met = {met.value * s.value, met.slope * s.value + met.value * s.slope};
    }
    b[2 * i] = met.value, b[2 * i + 1] = met.slope;
  }
  const Tensor A = at::tensor(a, at::kDouble).view({K, K});
  const Tensor right = at::tensor(b, at::kDouble).view({K, 2});
  const Tensor x = solve_overlaps(A, right).contiguous();
  const Tensor w = x.select(1, 0), power = right.select(1, 0);
  const double full = power_of_path(m.hurst, m.type);
  m.error = std::max(
      0.0, (w.dot(A.matmul(w)).item<double>() - 2 * w.dot(power).item<double>()) / full + 1);
  // B(t) = T^H B'(t/T) and Y(t) = sqrt(T) Y'(t/T).
  const double scale = std::pow(m.horizon, m.hurst - 0.5), log_horizon = std::log(m.horizon);
  const double* values = x.const_data_ptr<double>();
  m.weights.clear(), m.slopes.clear();
  for (size_t k = 0; k < count; ++k) {
    m.weights.push_back(scale * values[2 * k]);
    m.slopes.push_back(scale * (values[2 * k + 1] + log_horizon * values[2 * k]));
  }
}

// 2F1(p, 1; c; z), |z| < 1, by its series.
double series_2f1(double p, double q, double c, double z) {
  double term = 1, sum = 1;
  for (int n = 0; n < 2000 && std::abs(term) > 1e-17 * std::abs(sum); ++n) {
    term *= (p + n) * (q + n) / ((c + n) * (n + 1.0)) * z;
    sum += term;
  }
  return sum;
}

double riemann_liouville_covariance(double hurst, double s, double t) {
  const double a = hurst + 0.5;
  if (s > t) std::swap(s, t);
  if (s <= 0) return 0;
  if (std::abs(hurst - 0.5) < 1e-7) return s;
  const double z = s / t,
               front = std::pow(s, a) * std::pow(t, a - 1) * std::exp(-2 * std::lgamma(a)) / a;
  if (z < 0.8) return front * series_2f1(1 - a, 1, a + 1, z);
  // Around z = 1, Abramowitz & Stegun 15.3.6.
  const double h2 = 2 * hurst, y = 1 - z;
  const double regular = std::tgamma(a + 1) * std::tgamma(h2) /
                         (std::tgamma(2 * a) * std::tgamma(a)) * series_2f1(1 - a, 1, 1 - h2, y);
  const double rough = y <= 0 ? 0
                              : std::pow(y, h2) * std::tgamma(a + 1) * std::tgamma(-h2) /
                                    std::tgamma(1 - a) * series_2f1(2 * a, a, 1 + h2, y);
  return front * (regular + rough);
}

}  // namespace

FbmType parse_fbm_type(std::string_view name) {
  for (const FbmType type : {FbmType::mandelbrot_van_ness, FbmType::riemann_liouville})
    if (name == fbm_type_name(type)) return type;
  fail(
      "unknown kind of fractional Brownian motion '{}', expected "
      "mandelbrot-van-ness|riemann-liouville",
      name);
}

std::string_view fbm_type_name(FbmType type) {
  return type == FbmType::mandelbrot_van_ness ? "mandelbrot-van-ness" : "riemann-liouville";
}

MarkovFbm make_mfbm(double hurst, int terms, double horizon, const MfbmOptions& options) {
  check(hurst, terms, horizon, options);
  MarkovFbm m{.hurst = hurst, .horizon = horizon, .type = options.type};
  double slowest = options.slowest, fastest = options.fastest;
  if (slowest == 0) {
    const bool stationary = options.type == FbmType::mandelbrot_van_ness;
    fastest = stationary ? 1e4 : std::pow(10.0, (terms - 1) / 2.0);
    slowest = 1 / fastest;
  }
  m.rates = geometric(slowest / horizon, fastest / horizon, terms);
  fill_weights(m);
  return m;
}

MarkovFbm make_brownian(double horizon) {
  return {.hurst = 0.5,
          .horizon = horizon,
          .type = FbmType::riemann_liouville,
          .rates = {0},
          .weights = {1},
          .slopes = {0}};
}

Tensor mfbm_weights(const Tensor& hurst, const MarkovFbm& shape) {
  require_dim(hurst, 1, "mfbm_weights", "hurst", "(D)");
  const CustomGradient node{
      "mfbm_weights",
      [shape](const Tensors& in) -> CustomGradient::Result {
        std::vector<double> weights, slopes;
        const Tensor indices = in[0].to(at::kDouble).contiguous();
        for (int64_t d = 0; d < indices.size(0); ++d) {
          MarkovFbm own = shape;
          own.hurst = indices.const_data_ptr<double>()[d];
          require(own.hurst > 0 && own.hurst < 1, "mfbm_weights: hurst {}, expected within (0, 1)",
                  own.hurst);
          fill_weights(own);
          weights.insert(weights.end(), own.weights.begin(), own.weights.end());
          slopes.insert(slopes.end(), own.slopes.begin(), own.slopes.end());
        }
        const auto as_rows = [&](const std::vector<double>& v) {
          return at::tensor(v, at::kDouble).view({indices.size(0), -1}).to(in[0].dtype());
        };
        return {{as_rows(weights)}, {as_rows(slopes)}};
      },
      [](const Tensors& saved, const Tensors& grads) -> Tensors {
        return {(saved[0] * grads[0]).sum(1)};
      }};
  return apply(node, {hurst})[0];
}

double fbm_covariance(double hurst, double s, double t, FbmType type) {
  if (type == FbmType::riemann_liouville) return riemann_liouville_covariance(hurst, s, t);
  const double p = 2 * hurst;
  return 0.5 * (std::pow(s, p) + std::pow(t, p) - std::pow(std::abs(t - s), p));
}

double mfbm_covariance(const MarkovFbm& m, double s, double t) {
  if (s > t) std::swap(s, t);
  double sum = 0;
  for (size_t i = 0; i < m.rates.size(); ++i)
    for (size_t j = 0; j < m.rates.size(); ++j) {
      const double gi = m.rates[i], gj = m.rates[j], both = gi + gj;
      const double later = std::exp(-gj * (t - s));  // j is the one seen at t
      double met = later * s * decay_integral(both * s);
      if (m.type == FbmType::mandelbrot_van_ness)  // and what both remember of the time before 0
        met += std::expm1(-gi * s) * std::expm1(-gj * t) / both;
      sum += m.weights[i] * m.weights[j] * met;
    }
  return sum;
}

OuStep ou_step(const MarkovFbm& m, double dt) {
  require(dt > 0, "ou_step: step {}, expected > 0", dt);
  const auto K = std::ssize(m.rates);
  const Tensor rates = at::tensor(m.rates, at::kDouble);
  const Tensor sums = rates + rates.unsqueeze(1);
  OuStep out;
  out.decay = (-rates * dt).exp();
  std::vector<double> push, noise;
  for (const double gi : m.rates) {
    push.push_back(dt * decay_integral(gi * dt));
    for (const double gj : m.rates) noise.push_back(dt * decay_integral((gi + gj) * dt));
  }
  out.push = at::tensor(push, at::kDouble);
  out.noise = at::tensor(noise, at::kDouble).view({K, K});
  // Slow rates hardly differ within a step: the factor comes from eigenvalues, which may be zero.
  const auto [values, vectors] = at::linalg_eigh(out.noise);
  const Tensor spread = vectors * values.clamp_min(0).sqrt();  // (K,K), spread spread^T = noise
  out.root = spread;
  return out;
}

Tensor ou_start(const MarkovFbm& m) {
  const auto K = std::ssize(m.rates);
  if (m.type == FbmType::riemann_liouville) return at::zeros({K, K}, at::kDouble);
  const Tensor rates = at::tensor(m.rates, at::kDouble);
  return (rates + rates.unsqueeze(1)).reciprocal();
}

}  // namespace offprint::kernels
