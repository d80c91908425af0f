#include "offprint/papers/card_shelf.h"

#include <algorithm>
#include <cstdlib>

#include "offprint/core/error.h"
#include "offprint/core/file.h"
#include "offprint/papers/paper.h"

namespace offprint::papers {
namespace fs = std::filesystem;
namespace {

// FNV-1a: a short name for a set of options.
std::string digest(std::string_view text) {
  uint32_t hash = 2166136261u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
  return fmt::format("{:08x}", hash);
}

bool plain_name(std::string_view slug) {
  return !slug.empty() && std::ranges::all_of(slug, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

}  // namespace

fs::path home_folder() {
  if (const char* home = std::getenv("OFFPRINT_HOME"); home && *home) return home;
  if (const char* data = std::getenv("XDG_DATA_HOME"); data && *data)
    return fs::path(data) / "offprint";
  if (const char* home = std::getenv("HOME"); home && *home)
    return fs::path(home) / ".local/share/offprint";
  fail("no folder to keep run cards in: set OFFPRINT_HOME");
}

fs::path CardShelf::put(const RunCard& card) const {
  require(plain_name(card.slug), "run card: slug '{}', expected letters, digits and dashes",
          card.slug);
  const fs::path folder = folder_ / card.slug;
  make_folder(folder);
  const fs::path file = folder / fmt::format("{}-seed{}-{}.json", card.scale, card.seed,
                                             digest(json_text(card.options)));
  write_json(file, to_json(card));
  return file;
}

CardShelf::Contents CardShelf::read(const fs::path& folder) const {
  Contents found;
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(folder, error)) {
    if (entry.path().extension() != ".json") continue;
    try {
      found.cards.push_back(card_from_json(read_json(entry.path()), entry.path().string()));
    } catch (const Error& problem) {
      found.problems.emplace_back(problem.what());
    }
  }
  std::ranges::sort(found.cards, [](const RunCard& a, const RunCard& b) {
    return std::tie(a.started, a.slug, a.seed) > std::tie(b.started, b.slug, b.seed);
  });
  std::ranges::sort(found.problems);
  return found;
}

CardShelf::Contents CardShelf::all() const { return read(folder_); }

CardShelf::Contents CardShelf::of(std::string_view slug) const {
  return plain_name(slug) ? read(folder_ / slug) : Contents{};
}

int64_t CardShelf::stamp() const {
  uint64_t stamp = 0;  // its sums may wrap
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(folder_, error)) {
    const auto written = entry.last_write_time(error).time_since_epoch().count();
    // Order does not matter, a file more or less does.
    stamp += std::hash<std::string>{}(entry.path().string()) ^ static_cast<uint64_t>(written);
  }
  return static_cast<int64_t>(stamp);
}

std::optional<RunCard> CardShelf::best(std::string_view slug) const {
  Contents found = of(slug);
  // Newest first, so the first of the largest is the newest.
  const auto largest = std::ranges::max_element(
      found.cards, {}, [](const RunCard& card) { return parse_scale(card.scale); });
  if (largest == found.cards.end()) return std::nullopt;
  return std::move(*largest);
}

}  // namespace offprint::papers
