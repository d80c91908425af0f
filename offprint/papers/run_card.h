// What a run leaves: claims with measured values and verdicts, tables, figures, and how it was
// made. The published form is JSON, docs/run-card.schema.json. Same seed, same card, but for
// `seconds`, `peak_memory_mib`, `started` and `machine`.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "offprint/core/json.h"
#include "offprint/core/plot.h"
#include "offprint/core/table.h"

namespace offprint::papers {

enum class Verdict { holds, fails, not_at_this_scale };
std::string_view verdict_name(Verdict verdict);  // "holds", "fails", "not at this scale"

struct Claim;

// A claim after the run.
struct Measured {
  std::string id, statement, paper, unit, source, setting, kind;
  bool confirmed = false;
  std::optional<double> ours;  // unset when not measured at this scale
  std::optional<double> bar;
  std::string direction;  // "at least", "at most"
  Verdict verdict = Verdict::not_at_this_scale;
  std::string baseline;  // "S4-NPLR 96.4 %", the honest neighbour's value in the same run
  std::string spread;    // "95 % interval [95.1, 96.8], 3 seeds", "max of 12 cases"
  std::string note;      // what was tried where it fails
};

struct Figure {
  std::string caption;  // what the reader should see in it, one or two sentences
  Plot plot;
};

struct RunCard {
  std::string slug, title, arxiv, scale;
  uint64_t seed = 0;
  std::string revision, started, machine, device;
  double seconds = 0, peak_memory_mib = 0;
  Json options = Json::object();
  std::vector<Measured> claims;
  std::vector<TextTable> tables;
  std::vector<Figure> figures;
  std::vector<std::string> notes;  // scaled down how; skipped for want of which data
  bool stopped = false;            // ended early on request: what was measured is here
};

// What a recipe reports for a claim; the verdict follows from the claim's bar at the card's scale.
struct Measurement {
  double ours = 0;
  std::string baseline, spread, note;
};
Measured judge(const Claim& claim, std::string_view scale, std::optional<Measurement> measurement);

// What a recipe measured, by claim. judge_all fills card.claims in the claims' order at card.scale;
// a measurement of no claim is a mistake of the recipe.
using Measurements = std::map<std::string, Measurement>;
void judge_all(RunCard& card, const std::vector<Claim>& claims, Measurements measured);

int64_t count(const RunCard& card, Verdict verdict);

Json to_json(const RunCard& card);
RunCard card_from_json(const Json& json,
                       std::string_view source);  // Error on a card that breaks the schema

}  // namespace offprint::papers
