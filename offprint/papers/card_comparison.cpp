#include "offprint/papers/card_comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "offprint/core/error.h"
#include "offprint/papers/card_text.h"

namespace offprint::papers {
namespace {

using Better = CardComparison::Better;

std::string value_text(const Json& value) {
  return value.is_string() ? value.get<std::string>() : json_text(value);
}

std::vector<CardComparison::Setting> settings_of(const RunCard& a, const RunCard& b) {
  std::vector<CardComparison::Setting> all = {
      {"scale", a.scale, b.scale},
      {"seed", std::to_string(a.seed), std::to_string(b.seed)},
      {"revision", a.revision, b.revision},
      {"machine", a.machine, b.machine},
      {"device", a.device, b.device}};
  const auto option = [](const RunCard& card, const std::string& name) {
    return card.options.contains(name) ? value_text(card.options[name]) : "–";
  };
  for (const auto& [name, value] : a.options.items())
    all.push_back({name, value_text(value), option(b, name)});
  for (const auto& [name, value] : b.options.items())
    if (!a.options.contains(name)) all.push_back({name, "–", value_text(value)});
  std::erase_if(all, [](const auto& setting) { return setting.a == setting.b; });
  return all;
}

CardComparison::Claim pair_of(std::optional<Measured> a, std::optional<Measured> b) {
  CardComparison::Claim pair{.a = std::move(a), .b = std::move(b)};
  if (!pair.a || !pair.b) return pair;
  pair.changed = pair.a->verdict != pair.b->verdict;
  if (!pair.a->ours || !pair.b->ours) return pair;
  const double difference = *pair.b->ours - *pair.a->ours;
  if (!std::isfinite(difference)) return pair;
  pair.difference = difference;
  const bool more_is_good = pair.b->direction == "at least";
  pair.better = difference == 0                    ? Better::equal
                : (difference > 0) == more_is_good ? Better::b
                                                   : Better::a;
  return pair;
}

std::vector<CardComparison::Claim> claims_of(const RunCard& a, const RunCard& b) {
  const auto find = [](const RunCard& card, const std::string& id) -> std::optional<Measured> {
    const auto found = std::ranges::find(card.claims, id, &Measured::id);
    return found == card.claims.end() ? std::nullopt : std::optional(*found);
  };
  std::vector<CardComparison::Claim> pairs;
  for (const Measured& claim : a.claims) pairs.push_back(pair_of(claim, find(b, claim.id)));
  for (const Measured& claim : b.claims)
    if (!find(a, claim.id)) pairs.push_back(pair_of(std::nullopt, claim));
  return pairs;
}

// The n-th of a title goes with the n-th of that title.
std::vector<CardComparison::FigurePair> figures_of(const RunCard& a, const RunCard& b) {
  std::vector<CardComparison::FigurePair> pairs;
  for (const Figure& figure : a.figures) pairs.push_back({figure, std::nullopt});
  for (const Figure& figure : b.figures) {
    const auto partner = std::ranges::find_if(pairs, [&](const auto& pair) {
      return pair.a && !pair.b && pair.a->plot.title == figure.plot.title;
    });
    if (partner == pairs.end())
      pairs.push_back({std::nullopt, figure});
    else
      partner->b = figure;
  }
  return pairs;
}

std::string ours(const std::optional<Measured>& claim) {
  return claim ? figure_text(claim->ours, "") : "–";
}

std::string verdicts(const CardComparison::Claim& claim) {
  const auto name = [](const std::optional<Measured>& one) {
    return one ? std::string(verdict_name(one->verdict)) : "no such claim";
  };
  if (claim.a && claim.b && !claim.changed) return name(claim.a);
  return name(claim.a) + " → " + name(claim.b);
}

Json to_json(const CardComparison::Claim& claim) {
  const auto number = [](const std::optional<double>& value) {
    return value && std::isfinite(*value) ? Json(*value) : Json(nullptr);
  };
  const auto verdict = [](const std::optional<Measured>& one) {
    return one ? Json(verdict_name(one->verdict)) : Json(nullptr);
  };
  Json better = nullptr;
  if (claim.better)
    better = *claim.better == Better::a ? "a" : *claim.better == Better::b ? "b" : "equal";
  const Measured& either = claim.either();
  return {{"id", either.id},
          {"statement", either.statement},
          {"unit", either.unit},
          {"paper", either.paper},
          {"direction", either.direction},
          {"a", number(claim.a ? claim.a->ours : std::nullopt)},
          {"b", number(claim.b ? claim.b->ours : std::nullopt)},
          {"difference", number(claim.difference)},
          {"better", better},
          {"verdict_a", verdict(claim.a)},
          {"verdict_b", verdict(claim.b)},
          {"changed", claim.changed}};
}

}  // namespace

CardComparison compare(const RunCard& a, const RunCard& b) {
  require(a.slug == b.slug, "compare: cards of '{}' and '{}', expected two of one paper", a.slug,
          b.slug);
  return {a.slug, a.title, settings_of(a, b), claims_of(a, b), figures_of(a, b)};
}

int64_t changed_verdicts(const CardComparison& comparison) {
  return std::ranges::count(comparison.claims, true, &CardComparison::Claim::changed);
}

std::string comparison_line(const CardComparison& comparison) {
  const auto equal = std::ranges::count_if(
      comparison.claims, [](const auto& claim) { return claim.better == Better::equal; });
  return fmt::format("Verdicts that differ: {} of {}. Equal figures: {}.",
                     changed_verdicts(comparison), comparison.claims.size(), equal);
}

std::string difference_text(const CardComparison::Claim& claim) {
  if (!claim.difference) return "–";
  if (claim.better == Better::equal) return "equal";
  return fmt::format("{}{}, {} is better", *claim.difference > 0 ? "+" : "",
                     number_text(*claim.difference), claim.better == Better::a ? "A" : "B");
}

Json to_json(const CardComparison& comparison) {
  Json json = {{"slug", comparison.slug}, {"title", comparison.title}};
  json["settings"] = json["claims"] = Json::array();
  for (const auto& setting : comparison.settings)
    json["settings"].push_back({{"name", setting.name}, {"a", setting.a}, {"b", setting.b}});
  for (const auto& claim : comparison.claims) json["claims"].push_back(to_json(claim));
  return json;
}

std::vector<TextTable> comparison_tables(const CardComparison& comparison) {
  TextTable settings{.title = "", .columns = {"setting", "A", "B"}, .rows = {}};
  for (const auto& setting : comparison.settings)
    settings.rows.push_back({setting.name, setting.a, setting.b});
  TextTable claims{
      .title = "", .columns = {"claim", "A", "B", "difference", "verdict"}, .rows = {}};
  for (const auto& claim : comparison.claims) {
    const Measured& either = claim.either();
    const std::string unit = either.unit.empty() ? "" : fmt::format(" [{}]", either.unit);
    claims.rows.push_back({either.statement + unit, ours(claim.a), ours(claim.b),
                           difference_text(claim), verdicts(claim)});
  }
  std::vector<TextTable> tables;
  if (!settings.rows.empty()) tables.push_back(settings);
  tables.push_back(claims);
  return tables;
}

}  // namespace offprint::papers
