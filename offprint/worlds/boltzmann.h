// Boltzmann machines of binary variables small enough to enumerate: exact marginals, Gibbs
// sampling, and plain mean field, which may have many fixed points or none that it reaches.
//   p(s) proportional to exp(s^T W s / 2 + b^T s), s in {0,1}^n, W symmetric with zero diagonal
#pragma once
#include <cstdint>
#include <vector>

#include "offprint/core/rng.h"
#include "offprint/core/tensor.h"

namespace offprint::worlds {

struct BinaryMachine {
  Tensor W, b;  // (n,n), (n) float64
};

// Of the same states: groups of two one-hot entries (0, 1) with couplings phi (2n,2n) and bias
// (2n). Throws Error unless phi is square with an even side and bias fits.
BinaryMachine binary_machine(const Tensor& phi, const Tensor& bias);

// P(s_i = 1) (n) by summing over all 2^n states, n <= 20; `known` (n) int64 holds 0, 1 or -1 for a
// variable that is summed over. log_partition, where given, gets log of the sum.
Tensor exact_marginals(const BinaryMachine& m, const Tensor& known,
                       double* log_partition = nullptr);

// From `start` (chains,n) with known variables held: means over `sweeps` after `burn_in`.
Tensor gibbs_marginals(const BinaryMachine& m, const Tensor& known, int64_t chains, int64_t burn_in,
                       int64_t sweeps, Rng rng);

// q <- sigmoid(W q + b) in parallel, or one variable after the other.
struct NaiveMeanField {
  Tensor q;                   // (starts,n)
  Tensor free_energy;         // (starts) sum q log q + .. - q^T W q / 2 - b^T q; less is better
  std::vector<bool> settled;  // within 1e-8 of the step before
};
NaiveMeanField naive_mean_field(const BinaryMachine& m, const Tensor& known, const Tensor& start,
                                int64_t iterations, bool parallel);

// Mean over variables not known of KL(Bernoulli(p) || Bernoulli(q)); q kept off 0 and 1 by 1e-12.
double mean_kl(const Tensor& p, const Tensor& q, const Tensor& known);

}  // namespace offprint::worlds
