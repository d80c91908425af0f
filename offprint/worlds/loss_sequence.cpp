#include "offprint/worlds/loss_sequence.h"

#include <algorithm>
#include <cmath>

#include "offprint/core/error.h"

namespace offprint::worlds {
namespace {

LossSequence sequence_of(std::string name, int64_t rounds, int64_t arms) {
  require(rounds >= 1 && arms >= 2, "losses: {} rounds of {} arms, expected >= 1 and >= 2", rounds,
          arms);
  LossSequence out{std::move(name), rounds, arms, {}};
  out.losses.resize(static_cast<size_t>(rounds * arms));
  return out;
}

template <class Mean>
LossSequence coins(std::string name, int64_t rounds, int64_t arms, Rng& rng, Mean mean) {
  LossSequence out = sequence_of(std::move(name), rounds, arms);
  for (int64_t t = 0; t < rounds; ++t)
    for (int64_t k = 0; k < arms; ++k)
      out.losses[static_cast<size_t>(t * arms + k)] = rng.uniform() < mean(t, k) ? 1 : 0;
  return out;
}

}  // namespace

std::vector<double> LossSequence::totals() const {
  std::vector<double> sums(static_cast<size_t>(arms));
  for (int64_t t = 0; t < rounds; ++t)
    for (int64_t k = 0; k < arms; ++k) sums[static_cast<size_t>(k)] += loss(t, k);
  return sums;
}

LossSequence walk_losses(int64_t rounds, int64_t arms, double gap, Rng rng, double sigma) {
  LossSequence out = sequence_of("random walk", rounds, arms);
  if (sigma == 0) sigma = 1 / (9 * std::log2(static_cast<double>(std::max<int64_t>(rounds, 2))));
  const int64_t best = rng.integer(arms);
  std::vector<double> walk(static_cast<size_t>(rounds));
  for (int64_t t = 0; t < rounds; ++t) {
    if (t > 0)
      walk[static_cast<size_t>(t)] = walk[static_cast<size_t>(t & (t - 1))] + sigma * rng.normal();
    for (int64_t k = 0; k < arms; ++k)
      out.losses[static_cast<size_t>(t * arms + k)] =
          std::clamp(0.5 + walk[static_cast<size_t>(t)] - (k == best ? gap : 0.0), 0.0, 1.0);
  }
  return out;
}

LossSequence coin_losses(int64_t rounds, int64_t arms, double gap, Rng rng) {
  const int64_t best = rng.integer(std::max<int64_t>(arms, 1));
  return coins("coins", rounds, arms, rng,
               [&](int64_t, int64_t k) { return k == best ? 0.5 - gap : 0.5; });
}

LossSequence drifting_losses(int64_t rounds, int64_t arms, double gap, Rng rng) {
  const double turn = 2 * M_PI / static_cast<double>(rounds);
  return coins("drifting coins", rounds, arms, rng, [&](int64_t t, int64_t k) {
    const double phase = 2 * M_PI * static_cast<double>(k) / static_cast<double>(arms);
    return 0.5 + gap * std::sin(turn * static_cast<double>(t) + phase);
  });
}

LossSequence periodic_losses(int64_t rounds, int64_t arms, double gap, int64_t period) {
  require(period >= 1, "losses: period {}, expected >= 1", period);
  LossSequence out = sequence_of("periodic", rounds, arms);
  for (int64_t t = 0; t < rounds; ++t)
    for (int64_t k = 0; k < arms; ++k)
      out.losses[static_cast<size_t>(t * arms + k)] = t / period % arms == k ? 0.5 - gap : 0.5;
  return out;
}

LossSequence table_losses(const Tensor& table, std::string name) {
  require(table.dim() == 2 && table.size(0) >= 1 && table.size(1) >= 2,
          "{}: {} losses, expected rounds by at least 2 actions", name, shape_text(table));
  const Tensor rows = table.to(at::kDouble).contiguous();
  LossSequence out = sequence_of(std::move(name), rows.size(0), rows.size(1));
  const double* from = rows.const_data_ptr<double>();
  for (int64_t i = 0; i < rows.numel(); ++i) {
    require(from[i] >= 0 && from[i] <= 1, "{}: row {}, action {}: loss {}, expected 0 to 1",
            out.name, i / out.arms + 1, i % out.arms + 1, from[i]);
    out.losses[static_cast<size_t>(i)] = from[i];
  }
  return out;
}

}  // namespace offprint::worlds
