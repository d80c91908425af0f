// Losses to be raced on: generated, of a chosen conditioning, and the digits of scikit-learn's
// package where they are.
#pragma once
#include <string>
#include <vector>

#include "offprint/nn/target_loss.h"
#include "offprint/nn/target_map.h"

namespace offprint::papers::target_surrogates {

struct Problem {
  std::string name;
  nn::TargetModel model;
  nn::ExpensiveLoss loss;
  Tensor start;                       // theta (P)
  int64_t batch = 0;                  // examples of an asking
  std::string divergence = "euclid";  // that fits the loss: kl for cross-entropies
  double first = 0;                   // loss at the start, over all examples
  double best = 0;                    // the lowest that 300 steps of L-BFGS over all examples find
  double goal = 0;                    // the fixed loss of the race: best + share (first - best)
};

// Rows N(0, S) with S of condition `condition`, its axes turned at random: no scale of a single
// column undoes it. (N,D) float64.
Tensor conditioned_rows(int64_t rows, int64_t columns, double condition, Rng rng);
// 0 in most places, else N(0,1) times a column's size, which falls as a power of its number; rows
// of length one, as texts have it. (N,D) float64.
Tensor sparse_rows(int64_t rows, int64_t columns, double density, Rng rng);

struct ProblemOptions {
  int64_t examples = 600;
  double batch_share = 0.25;  // of the examples, an asking
  double goal_share = 0.05;   // how near to the best the goal lies
};
// Six, in a fixed order: sparse logistic, ill-conditioned squares and squared hinge, a perceptron,
// a deep linear net, a factorisation.
std::vector<Problem> race_problems(const ProblemOptions& options, const Rng& rng);
// Digits as softmax of a linear map; empty where the set is not here.
std::vector<Problem> digit_problem(const ProblemOptions& options);

}  // namespace offprint::papers::target_surrogates
