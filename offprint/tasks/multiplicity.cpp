#include "offprint/tasks/multiplicity.h"

#include <algorithm>
#include <cmath>

#include "offprint/core/error.h"
#include "offprint/kernels/pinned_logistic.h"

namespace offprint::tasks {

NearOptimal near_optimal(const Tensor& X, const Tensor& y, double l2) {
  NearOptimal base{X, y, {}, {}};
  base.best = kernels::logistic_solve(X, y, {.l2 = l2, .tolerance = 1e-14});
  // A gap g leaves an error sqrt(g) in the model; rounding ends near 1e-14.
  require(base.best.gap <= 1e-11,
          "multiplicity: the best model is proved to {} only, expected 1e-11; standardise the "
          "features or raise l2",
          base.best.gap);
  base.set = kernels::level_set(X, y, base.best, l2);
  return base;
}

double slack_of(const NearOptimal& base, double epsilon, bool relative) {
  require(epsilon >= 0, "multiplicity: epsilon is {}, expected a number >= 0", epsilon);
  return relative ? epsilon * base.best.objective : epsilon;
}

Tensor scores_of(const Tensor& people, const Tensor& weights) {
  const Tensor last = weights.select(-1, -1);
  return people.matmul(weights.slice(-1, 0, -1).t()) + last;
}

Tensor best_scores(const NearOptimal& base, const Tensor& people) {
  return scores_of(people, base.best.weights);
}

kernels::ViableRanges viable_ranges(const NearOptimal& base, const Tensor& people, double slack,
                                    Progress& progress) {
  if (slack == 0) {
    const Tensor s = best_scores(base, people);
    const Tensor w = base.best.weights.expand({people.size(0), base.best.weights.size(0)});
    return {{s, s, w}, {s, s, w}};
  }
  constexpr int64_t kPortion = 64;
  const int64_t count = people.size(0);
  progress.start("viable ranges", count);
  std::vector<kernels::ViableRanges> parts;
  for (int64_t first = 0; first < count; first += kPortion) {
    progress.throw_if_stopped();
    const int64_t last = std::min(first + kPortion, count);
    parts.push_back(
        kernels::viable_ranges(base.set, people.slice(0, first, last), {.slack = slack}));
    progress.at(last);
  }
  const auto joined = [&](auto end) {
    std::vector<Tensor> scores, bounds, weights;
    for (const auto& part : parts)
      scores.push_back((part.*end).scores), bounds.push_back((part.*end).bounds),
          weights.push_back((part.*end).weights);
    return kernels::RangeEnds{at::cat(scores), at::cat(bounds), at::cat(weights)};
  };
  return {joined(&kernels::ViableRanges::low), joined(&kernels::ViableRanges::high)};
}

Tensor greatest_moves(const Tensor& best, const kernels::ViableRanges& r) {
  const Tensor p = best.sigmoid();
  return at::stack({p - r.low.scores.sigmoid(), r.high.scores.sigmoid() - p}).amax(0);
}

double ambiguity(const Tensor& moves, double delta) {
  return (moves >= delta - kMoveTolerance).to(at::kDouble).mean().item<double>();
}

Share bootstrap_ambiguity(const Tensor& moves, double delta, Rng rng, int64_t resamples) {
  const Tensor moved = (moves >= delta - kMoveTolerance).to(at::kDouble);
  std::vector<double> shares;
  for (int64_t k = 0; k < resamples; ++k)
    shares.push_back(
        moved.index_select(0, rng.integers({moved.size(0)}, moved.size(0))).mean().item<double>());
  std::ranges::sort(shares);
  const auto at_share = [&](double q) {
    return shares[static_cast<size_t>(q * static_cast<double>(shares.size() - 1))];
  };
  return {moved.mean().item<double>(), at_share(0.025), at_share(0.975)};
}

CandidateAmbiguity candidate_ambiguity(const NearOptimal& base, const Tensor& people,
                                       const std::vector<double>& thresholds, double slack,
                                       double delta, Progress& progress) {
  for (const double p : thresholds)
    require(p > 0 && p < 1, "multiplicity: threshold {}, expected one within (0, 1)", p);
  const Tensor rows = people.contiguous(), best = best_scores(base, people).sigmoid();
  const auto width = static_cast<size_t>(people.size(1));
  CandidateAmbiguity found;
  int64_t moved = 0;
  progress.start("candidate models", people.size(0));
  for (int64_t i = 0; i < people.size(0); ++i) {
    progress.throw_if_stopped();
    const std::span<const double> person(rows.const_data_ptr<double>() + i * people.size(1), width);
    const double now = best[i].item<double>();
    bool any = false;
    for (const double p : thresholds) {
      ++found.models;
      const kernels::PinnedFit fit = kernels::pinned_fit(base.set, person, std::log(p / (1 - p)));
      if (fit.objective > base.best.objective + slack) continue;
      ++found.competing;
      any = any || std::abs(p - now) >= delta - kMoveTolerance;
    }
    moved += any;
    progress.at(i + 1);
  }
  found.share = static_cast<double>(moved) / static_cast<double>(people.size(0));
  return found;
}

}  // namespace offprint::tasks
