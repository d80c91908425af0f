#include "offprint/tasks/gumbel_sampling.h"

#include <array>
#include <cmath>
#include <limits>

#include "offprint/core/error.h"
#include "offprint/tasks/generate.h"

namespace offprint::tasks {
namespace {

constexpr auto kLuckNames = std::to_array<std::string_view>({"token", "rank", "inverse"});

// argmax_v log p_v - log(-log u_v), as the race argmin_v -log(u_v) / p_v: one logarithm, and that
// only for the few that may still win.
int64_t first_to_arrive(const Tensor& p, const Tensor& u) {
  const double *share = p.const_data_ptr<double>(), *uniform = u.const_data_ptr<double>();
  double best = std::numeric_limits<double>::infinity();
  int64_t winner = -1;
  for (int64_t v = 0; v < p.size(0); ++v) {
    // -log u >= 1 - u: most are beaten before their logarithm is taken.
    if (share[v] <= 0 || 1 - uniform[v] >= best * share[v]) continue;
    const double arrival = -std::log(uniform[v]) / share[v];
    if (arrival < best || winner < 0) best = arrival, winner = v;
  }
  return winner;
}

}  // namespace

std::string_view luck_name(Luck luck) { return kLuckNames[static_cast<size_t>(luck)]; }

Luck parse_luck(std::string_view text) {
  for (size_t i = 0; i < kLuckNames.size(); ++i)
    if (text == kLuckNames[i]) return static_cast<Luck>(i);
  fail("--luck: '{}', expected token, rank or inverse", text);
}

Rng luck_of(uint64_t seed) { return Rng(seed).split("sampling"); }

int64_t draw_token(const Tensor& distribution, Luck luck, Rng place) {
  require_dim(distribution, 1, "sampling", "distribution", "(V)");
  if (luck == Luck::inverse) return sample(distribution, place);
  const Tensor p = distribution.contiguous();
  const Tensor u = place.uniform({p.size(0)}, at::kDouble);
  if (luck == Luck::token) return first_to_arrive(p, u);
  const auto [sorted, order] = p.sort(true, 0, true);  // stable, falling
  return order[first_to_arrive(sorted, u)].item<int64_t>();
}

bool counterfactually_stable(const Tensor& p, int64_t token, const Tensor& q, int64_t other) {
  if (token == other) return true;
  const auto at = [](const Tensor& x, int64_t v) { return x[v].item<double>(); };
  return at(q, other) * at(p, token) > at(q, token) * at(p, other);
}

}  // namespace offprint::tasks
