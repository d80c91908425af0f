// Fractional Brownian motion as a weighted sum of Ornstein-Uhlenbeck processes that one Brownian
// motion drives: Markov, and near the real thing on a horizon. Daems, Opper, Crevecoeur & Birdal
// 2023, arXiv 2310.12975, sections 2 and 3; the weights minimise the mean square error there.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "offprint/core/tensor.h"

namespace offprint::kernels {

// mandelbrot_van_ness has stationary increments and is scaled to variance t^2H.
// riemann_liouville starts afresh at 0: 1/Gamma(H+1/2) int_0^t (t-s)^(H-1/2) dW, variance
// t^2H / (2H Gamma(H+1/2)^2). (Marinucci & Robinson call them type I and II.)
enum class FbmType { mandelbrot_van_ness, riemann_liouville };
FbmType parse_fbm_type(std::string_view name);  // mandelbrot-van-ness, riemann-liouville
std::string_view fbm_type_name(FbmType type);

// Rates in a geometric row. 0 chooses: 1e-4 to 1e4 per horizon for Mandelbrot and Van Ness, whose
// past reaches back without end; steps of 10 around 1 per horizon for Riemann and Liouville.
struct MfbmOptions {
  FbmType type = FbmType::mandelbrot_van_ness;
  double slowest = 0, fastest = 0;  // rates, 1/horizon; both or none
};

// B(t) ~ sum_k weight_k (Y_k(t) - Y_k(0)), dY_k = -rate_k Y_k dt + dW, the same W for all. Y(0) is
// stationary, of covariance 1/(rate_i + rate_j), for Mandelbrot and Van Ness, and 0 for Riemann and
// Liouville.
struct MarkovFbm {
  double hurst = 0.5, horizon = 1;
  FbmType type = FbmType::mandelbrot_van_ness;
  std::vector<double> rates = {};    // (K) 1/time, rising
  std::vector<double> weights = {};  // (K)
  std::vector<double> slopes = {};   // (K) d weights / d hurst
  double error = 0;  // E int (B - approximation)^2 dt / E int B^2 dt over the horizon
};

// Throws Error unless hurst is within (0,1), terms 1 to 24, horizon > 0, 0 < slowest <= fastest.
MarkovFbm make_mfbm(double hurst, int terms, double horizon, const MfbmOptions& options = {});

// Brownian motion itself in the same form, exactly: one term of rate 0 and weight 1.
MarkovFbm make_brownian(double horizon);

// Weights for hurst indices (D) at the rates of `shape`: (D,K) of hurst's type, differentiable.
Tensor mfbm_weights(const Tensor& hurst, const MarkovFbm& shape);

// E B(s) B(t) of the process and of its approximation; s, t >= 0.
double fbm_covariance(double hurst, double s, double t, FbmType type);
double mfbm_covariance(const MarkovFbm& mfbm, double s, double t);

// Y over a step of length dt, exactly: Y' = decay Y + e, e Gaussian of covariance `noise` =
// root root^T. A push u dt of dW over the step moves Y by `push` u. All float64.
struct OuStep {
  Tensor decay, push;  // (K)
  Tensor noise, root;  // (K,K)
};
OuStep ou_step(const MarkovFbm& mfbm, double dt);
Tensor ou_start(const MarkovFbm& mfbm);  // (K,K) covariance of Y(0); of a rate of 0: 0

}  // namespace offprint::kernels
