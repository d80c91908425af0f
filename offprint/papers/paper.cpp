#include "offprint/papers/paper.h"

#include <array>

#include "offprint/core/error.h"

namespace offprint::papers {
namespace {
constexpr std::array<std::string_view, 3> kScales = {"quick", "standard", "full"};
}

std::string_view scale_name(Scale scale) { return kScales.at(static_cast<size_t>(scale)); }

Scale parse_scale(std::string_view text) {
  for (size_t i = 0; i < kScales.size(); ++i)
    if (kScales[i] == text) return static_cast<Scale>(i);
  fail("no scale '{}', expected quick, standard or full", text);
}

std::optional<double> Claim::bar(Scale scale) const {
  switch (scale) {
    case Scale::quick:
      return quick;
    case Scale::standard:
      return standard;
    case Scale::full:
      return full;
  }
  return std::nullopt;
}

std::string_view kind_name(ClaimKind kind) {
  constexpr std::array<std::string_view, 3> names = {"headline", "trend", "identity"};
  return names.at(static_cast<size_t>(kind));
}

std::string_view direction_name(Direction direction) {
  return direction == Direction::at_least ? "at least" : "at most";
}

}  // namespace offprint::papers
