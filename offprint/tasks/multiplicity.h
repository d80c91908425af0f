// Predictive multiplicity: what models nearly as good as the best say of the same person.
// Watson-Daniels, Parkes & Ustun 2022, arXiv 2206.01131. The models are ridge-penalised logistic
// regressions, near-optimal those whose objective F (mean log-loss + l2/2 |w|^2, intercept free) is
// at most F_best + slack.
#pragma once
#include <string>

#include "offprint/core/progress.h"
#include "offprint/core/rng.h"
#include "offprint/kernels/viable_range.h"

namespace offprint::tasks {

struct NearOptimal {
  Tensor X, y;  // (N,D), (N) of 0 and 1, float64
  kernels::LogisticFit best;
  kernels::LevelSet set;
};
// Throws Error as logistic_solve, and where the optimum is not proved to 1e-11 (columns of very
// different scales: standardise).
NearOptimal near_optimal(const Tensor& X, const Tensor& y, double l2);

// epsilon of the objective's value where relative, else epsilon itself [nats a row].
double slack_of(const NearOptimal& base, double epsilon, bool relative);

// Scores w x + b of people (K,D) by models (M,D+1), (K,M); or by one model (D+1), (K).
Tensor scores_of(const Tensor& people, const Tensor& weights);
Tensor best_scores(const NearOptimal& base, const Tensor& people);  // (K)

// The ranges of many people, in portions with progress. slack 0: every range is the best score.
kernels::ViableRanges viable_ranges(const NearOptimal& base, const Tensor& people, double slack,
                                    Progress& progress);

// (K) how far a person's probability can move, the larger of both ends.
Tensor greatest_moves(const Tensor& best_scores, const kernels::ViableRanges& ranges);

// A move of delta counts, up to the certificates' 1e-6.
inline constexpr double kMoveTolerance = 1e-6;
double ambiguity(const Tensor& moves, double delta);  // share of moves >= delta

struct Share {
  double value = 0, low = 0, high = 0;  // 95 % interval over persons drawn again
};
Share bootstrap_ambiguity(const Tensor& moves, double delta, Rng rng, int64_t resamples = 1000);

// The paper's candidate models: for each person and each threshold, the best model that gives the
// person that probability; those within the slack compete. A share from below: a finer grid finds
// more, up to the exact ambiguity.
struct CandidateAmbiguity {
  double share = 0;
  int64_t models = 0, competing = 0;
};
CandidateAmbiguity candidate_ambiguity(const NearOptimal& base, const Tensor& people,
                                       const std::vector<double>& thresholds, double slack,
                                       double delta, Progress& progress);

}  // namespace offprint::tasks
