#include "offprint/core/suggest.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <vector>

namespace offprint {

int edit_distance(std::string_view a, std::string_view b) {
  const size_t n = a.size(), m = b.size();
  std::vector<std::vector<int>> cost(n + 1, std::vector<int>(m + 1));
  for (size_t i = 0; i <= n; ++i) cost[i][0] = static_cast<int>(i);
  for (size_t j = 0; j <= m; ++j) cost[0][j] = static_cast<int>(j);
  for (size_t i = 1; i <= n; ++i) {
    for (size_t j = 1; j <= m; ++j) {
      const int replace = cost[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, replace});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
    }
  }
  return cost[n][m];
}

std::optional<std::string> nearest_word(std::string_view word, std::span<const std::string> known) {
  // Whole books are not slugs: the table above is quadratic.
  if (word.empty() || word.size() > 64) return std::nullopt;
  std::string lower(word);
  std::ranges::transform(lower, lower.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const std::string* best = nullptr;
  int best_distance = std::max(1, static_cast<int>(lower.size()) / 3) + 1;
  for (const std::string& candidate : known) {
    const int distance = edit_distance(lower, candidate);
    if (distance < best_distance) best = &candidate, best_distance = distance;
  }
  if (best == nullptr && lower.size() >= 2) {
    const auto it = std::ranges::find_if(
        known, [&](const std::string& candidate) { return candidate.starts_with(lower); });
    if (it != known.end()) return *it;
  }
  return best ? std::optional(*best) : std::nullopt;
}

std::string did_you_mean(std::string_view word, std::span<const std::string> known) {
  const auto nearest = nearest_word(word, known);
  return nearest ? fmt::format(", did you mean '{}'?", *nearest) : "";
}

}  // namespace offprint
