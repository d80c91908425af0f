// The fractional Ornstein-Uhlenbeck bridge: dX = -pull X dt + dB from 0, seen once at the end. Its
// true posterior is a Gaussian process of closed form, beside which a learnt control stands.
#pragma once
#include <cstdint>
#include <vector>

#include "offprint/core/progress.h"
#include "offprint/core/rng.h"

namespace offprint::papers::fractional_sde {

struct BridgeOptions {
  double pull = 1, horizon = 2, seen = 1, noise = 0.1;  // noise: standard deviation
  int64_t terms = 8, steps = 80, knots = 20, hidden = 16;
  int64_t train_steps = 400, paths = 64, judged_paths = 4000;
  double lr = 0.2;
};

struct Bridge {
  std::vector<double> time, mean, deviation;             // of the learnt posterior's paths
  std::vector<double> true_mean, true_deviation, prior;  // of the Gaussian process
  std::vector<double> guided_mean, guided_deviation;     // of the Markov model, exactly
  std::vector<std::vector<double>> paths;                // a few of the posterior
  double bound = 0, evidence = 0;  // nats; the evidence of the same Markov model
  double mean_error = 0;           // RMSE over the prior's deviation
  double variance_error = 0;       // mean |ours - true| / true, where the true one is not tiny
  double guided_mean_error = 0, guided_variance_error = 0;
};
Bridge run_bridge(double hurst, const BridgeOptions& options, Rng rng, Progress& progress);

// Covariance of X at 0, horizon/steps, .., exact but for the quadrature of its memory. float64.
Tensor bridge_covariance(double hurst, double pull, double horizon, int64_t steps);

}  // namespace offprint::papers::fractional_sde
