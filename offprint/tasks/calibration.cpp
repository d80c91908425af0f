#include "offprint/tasks/calibration.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "offprint/core/error.h"

namespace offprint::tasks {
namespace {

void check(std::span<const Judged> cases) {
  require(!cases.empty(), "calibration: no cases, expected some");
  for (const Judged& c : cases)
    require(std::isfinite(c.score), "calibration: score {}, expected a number", c.score);
}

void sort(std::vector<Judged>& cases) {
  // Equal scores: what is right first, so that the order they came in does not count.
  std::ranges::sort(cases, [](const Judged& a, const Judged& b) {
    return a.score != b.score ? a.score < b.score : a.right > b.right;
  });
}

struct Block {
  double score = 0, right = 0, count = 0;
  double mean() const { return right / count; }
};

}  // namespace

double IsotonicMap::operator()(double s) const {
  const auto after = std::ranges::upper_bound(score, s);
  if (after == score.begin()) return probability.front();
  if (after == score.end()) return probability.back();
  const auto i = static_cast<size_t>(after - score.begin());
  const double share = (s - score[i - 1]) / (score[i] - score[i - 1]);
  return probability[i - 1] + share * (probability[i] - probability[i - 1]);
}

IsotonicMap fit_isotonic(std::vector<Judged> cases) {
  check(cases);
  sort(cases);
  std::vector<Block> blocks;
  for (size_t i = 0; i < cases.size();) {
    Block b;
    const double score = cases[i].score;
    for (; i < cases.size() && cases[i].score == score; ++i)
      b.score += score, b.right += cases[i].right, b.count += 1;
    while (!blocks.empty() && blocks.back().mean() >= b.mean()) {
      b.score += blocks.back().score, b.right += blocks.back().right;
      b.count += blocks.back().count;
      blocks.pop_back();
    }
    blocks.push_back(b);
  }
  IsotonicMap out;
  for (const Block& b : blocks)
    out.score.push_back(b.score / b.count), out.probability.push_back(b.mean());
  return out;
}

double PlattMap::operator()(double s) const { return 1 / (1 + std::exp(-(slope * s + offset))); }

PlattMap fit_platt(std::span<const Judged> cases) {
  check(cases);
  const auto right = static_cast<double>(std::ranges::count(cases, true, &Judged::right));
  const double wrong = static_cast<double>(cases.size()) - right;
  const double high = (right + 1) / (right + 2), low = 1 / (wrong + 2);
  PlattMap m{.slope = 0, .offset = std::log((right + 1) / (wrong + 1))};
  const auto loss = [&](const PlattMap& at) {
    double sum = 0;
    for (const Judged& c : cases) {
      const double x = at.slope * c.score + at.offset, target = c.right ? high : low;
      sum += (x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x))) - target * x;
    }
    return sum;
  };
  double now = loss(m);
  for (int step = 0; step < 100; ++step) {
    double g0 = 0, g1 = 0, h00 = 1e-12, h01 = 0, h11 = 1e-12;
    for (const Judged& c : cases) {
      const double p = m(c.score), off = p - (c.right ? high : low), w = p * (1 - p);
      g0 += off * c.score, g1 += off;
      h00 += w * c.score * c.score, h01 += w * c.score, h11 += w;
    }
    if (std::abs(g0) < 1e-9 && std::abs(g1) < 1e-9) break;
    const double det = h00 * h11 - h01 * h01;
    // Scores all alike leave the slope without a meaning.
    if (!(det > 1e-12 * h00 * h11)) break;
    const double d0 = (h11 * g0 - h01 * g1) / det, d1 = (h00 * g1 - h01 * g0) / det;
    double size = 1;
    PlattMap next = m;
    for (; size > 1e-10; size /= 2) {
      next = {m.slope - size * d0, m.offset - size * d1};
      if (loss(next) < now) break;
    }
    if (size <= 1e-10) break;
    m = next, now = loss(m);
  }
  return m;
}

std::vector<ReliabilityBin> reliability(std::vector<Judged> cases, int64_t bins) {
  check(cases);
  require(bins >= 1, "reliability: {} bins, expected at least 1", bins);
  for (const Judged& c : cases)
    require(c.score >= 0 && c.score <= 1, "reliability: score {}, expected in [0,1]", c.score);
  sort(cases);
  const auto n = std::ssize(cases);
  std::vector<ReliabilityBin> out;
  for (int64_t i = 0; i < bins; ++i) {
    ReliabilityBin b;
    for (int64_t k = i * n / bins; k < (i + 1) * n / bins; ++k) {
      const Judged& c = cases[static_cast<size_t>(k)];
      b.confidence += c.score, b.accuracy += c.right, ++b.count;
    }
    if (b.count == 0) continue;
    b.confidence /= static_cast<double>(b.count), b.accuracy /= static_cast<double>(b.count);
    out.push_back(b);
  }
  return out;
}

double expected_calibration_error(const std::vector<ReliabilityBin>& bins) {
  double sum = 0, count = 0;
  for (const ReliabilityBin& b : bins) {
    const auto n = static_cast<double>(b.count);
    sum += n * std::abs(b.confidence - b.accuracy), count += n;
  }
  return count == 0 ? 0 : sum / count;
}

double brier_score(std::span<const Judged> cases) {
  check(cases);
  double sum = 0;
  for (const Judged& c : cases) sum += std::pow(c.score - (c.right ? 1 : 0), 2);
  return sum / static_cast<double>(cases.size());
}

double area_under_roc(std::vector<Judged> cases) {
  check(cases);
  sort(cases);
  double wrong = 0, right = 0, pairs = 0;  // of lower scores
  for (size_t i = 0; i < cases.size();) {
    double w = 0, r = 0;
    const double score = cases[i].score;
    for (; i < cases.size() && cases[i].score == score; ++i) (cases[i].right ? r : w) += 1;
    pairs += r * (wrong + w / 2), wrong += w, right += r;
  }
  return right == 0 || wrong == 0 ? 0.5 : pairs / (right * wrong);
}

}  // namespace offprint::tasks
