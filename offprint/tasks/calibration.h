// From a score of how sure one is to the probability of being right, and how honest such
// probabilities are. Platt 1999 (sigmoid, with his smoothed targets); Zadrozny & Elkan 2002
// (isotonic regression, by the pool of adjacent violators of Ayer et al. 1955); Naeini, Cooper &
// Hauskrecht 2015 (expected calibration error).
#pragma once
#include <span>
#include <string>
#include <vector>

namespace offprint::tasks {

struct Judged {
  double score = 0;  // larger: surer
  bool right = false;
};

// Piecewise linear, rising: probability[i] at score[i], flat beyond the ends.
struct IsotonicMap {
  std::vector<double> score, probability;
  double operator()(double score) const;
};
// Least squares among rising maps; a block of equal values stands at the mean of its scores.
// Throws Error on no cases and on scores that are not finite.
IsotonicMap fit_isotonic(std::vector<Judged> cases);

// 1 / (1 + exp(-(slope score + offset))).
struct PlattMap {
  double slope = 0, offset = 0;
  double operator()(double score) const;
};
// Maximum likelihood with targets (n+ + 1) / (n+ + 2) and 1 / (n- + 2), by Newton's method. Throws
// Error as fit_isotonic does.
PlattMap fit_platt(std::span<const Judged> cases);

// One bar of a reliability diagram.
struct ReliabilityBin {
  double confidence = 0, accuracy = 0;  // means
  int64_t count = 0;
};
// Cases with scores in [0,1] in order of their score, as even in number as they can be: bins of
// equal width leave most of them empty where most cases are sure.
std::vector<ReliabilityBin> reliability(std::vector<Judged> cases, int64_t bins);
double expected_calibration_error(const std::vector<ReliabilityBin>& bins);
double brier_score(std::span<const Judged> cases);  // mean square error of the probability

// Probability that a right case has the larger score than a wrong one, ties half; 1/2 where there
// are none of one kind.
double area_under_roc(std::vector<Judged> cases);

}  // namespace offprint::tasks
