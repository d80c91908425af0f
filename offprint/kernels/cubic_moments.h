// Second moments of the cubic features that one layer of linear attention sees, eta = vech(G) x q
// with G = 1/n sum h_j h_j^T of a Hankel matrix (hankel.h) and q the last p values: in closed form
// for Gaussian series, and of samples. Zhou et al. 2025, arXiv 2510.09776; the closed form is
// Isserlis' theorem (Wick's pairings) for products of six normal variables, summed over the
// columns.
#pragma once
#include <cstdint>
#include <span>

#include "offprint/core/tensor.h"

namespace offprint::kernels {

// E = p (p+1) (p+2) / 2 features: (a,b,i) -> G_ab q_i, a <= b, i fastest, then b.
struct CubicMoments {
  int64_t p = 0, n = 0;
  Tensor S;      // (E,E) of eta with itself
  Tensor C;      // (p+1,E) of (q, x_{N+1}) with eta
  Tensor gamma;  // (p+1,p+1) of (q, x_{N+1}) with themselves
};

// Of a stationary Gaussian series with autocovariances gamma_0 .. gamma_{n+p} at least. O(n^2 p^2 +
// E^2), float64. Throws Error on too few of them, p < 1 or n < 1.
CubicMoments gaussian_cubic_moments(std::span<const double> gamma, int64_t p, int64_t n);

// Features (W,E) of windows x (W,N), float64; means over windows (W,N+1) whose last value is the
// one to foretell.
Tensor cubic_features(const Tensor& x, int64_t p);
CubicMoments sample_cubic_moments(const Tensor& windows, int64_t p);

// Of the best linear forecast of x_{N+1} from q: (p), oldest first.
Tensor linear_coefficients(const CubicMoments& moments);

// The best that any functional of the features can do, against the best linear forecast w'q.
struct RelaxedGap {
  double gap = 0;           // error of the best theta'eta for x_{N+1}, less linear_error
  double linear_error = 0;  // of w'q
  Tensor delta;             // (p,p) Gamma_p - C_q S^-1 C_q^T
  Tensor w, theta;          // (p) oldest first, (E)

  // w' delta w: how far w'q itself is out of reach. Equal to gap where x_{N+1} - w'q has nothing to
  // do with the past, as in an autoregression.
  double to_linear() const;
};
RelaxedGap relaxed_gap(const CubicMoments& moments);

// The limit of n times to_linear() as n grows: w' Gamma_p w / (g' Sigma^-1 g), g the
// autocovariances gamma_0 .. gamma_p and Sigma the long-run covariance of their estimates by
// Bartlett's formula (Brockwell & Davis 1991, section 7.3), with the excess kurtosis of the shocks.
// To first order G is Toeplitz, so only p + 1 numbers of it fluctuate; the best functional keeps
// w'q and lets their noise cancel. For AR(p) it is (2 + kurtosis) (gamma_0 - sigma^2). Our own
// derivation: docs/papers/icl-forecasting.md. gamma as long as it matters.
double first_order_gap(std::span<const double> gamma, int64_t p, double excess_kurtosis = 0);

// Rows (a,b,i) of all (p+1)(p+1)p features G_ab q_i, a and b in any order, among the E.
Tensor cubic_feature_index(int64_t p);

}  // namespace offprint::kernels
