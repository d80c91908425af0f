// Experts for the worlds of classic_control.h: what a good player does in a state. Linear-quadratic
// regulators near the goal (Anderson & Moore 1990, section 2.4), energy on the way there (Astrom &
// Furuta 2000). An expert learns nothing and draws nothing; its answers are what imitation pays
// for.
#pragma once
#include <span>
#include <vector>

#include "offprint/core/tensor.h"

namespace offprint::worlds {

// The gain K of u = -K x that minimises sum x'Qx + u'Ru of x_{t+1} = A x + B u, by iterating the
// Riccati equation. A (n,n), B (n,m), Q (n,n), R (m,m) float64; Error where it does not converge.
Tensor regulator_gain(const Tensor& A, const Tensor& B, const Tensor& Q, const Tensor& R);

// Each: states (B,kState) row by row -> (B) actions within the world's limits.
std::vector<double> cart_pole_expert(std::span<const double> states);  // force [N]
std::vector<double> pendulum_expert(std::span<const double> states);   // torque [N m]
std::vector<double> acrobot_expert(std::span<const double> states);    // torque [N m], -1 or 1

}  // namespace offprint::worlds
