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

Claim own_claim(std::string id, std::string statement, std::string unit, Direction direction,
                std::optional<double> quick, std::optional<double> standard, ClaimKind kind) {
  Claim c;
  c.id = std::move(id), c.statement = std::move(statement), c.unit = std::move(unit);
  c.paper = "none", c.source = "our own check", c.setting = "generated";
  c.direction = direction, c.kind = kind;
  c.quick = quick, c.standard = c.full = standard;
  return c;
}

Claim of_paper(Claim c, std::string figure, std::string source, std::string setting) {
  c.paper = std::move(figure);
  c.source = "unconfirmed: " + std::move(source), c.setting = std::move(setting);
  return c;
}

}  // namespace offprint::papers
