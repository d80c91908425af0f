#include "offprint/papers/run_card.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>

#include "offprint/papers/paper.h"

namespace offprint::papers {
namespace {

constexpr std::array<std::string_view, 3> kVerdicts = {"holds", "fails", "not at this scale"};
constexpr const char* kSchema = "offprint-run-card-1";

Json optional_number(const std::optional<double>& value) {
  return value && std::isfinite(*value) ? Json(*value) : Json(nullptr);
}

std::optional<double> optional_number(const Json& object, const char* key,
                                      std::string_view source) {
  if (json_member(object, key, source).is_null()) return std::nullopt;
  return json_get<double>(object, key, source);
}

Verdict parse_verdict(const std::string& text, std::string_view source) {
  const auto found = std::find(kVerdicts.begin(), kVerdicts.end(), text);
  require(found != kVerdicts.end(), "{}: verdict '{}', expected holds, fails or not at this scale",
          source, text);
  return static_cast<Verdict>(found - kVerdicts.begin());
}

Json to_json(const Measured& m) {
  return {{"id", m.id},
          {"statement", m.statement},
          {"paper", m.paper},
          {"confirmed", m.confirmed},
          {"ours", optional_number(m.ours)},
          {"unit", m.unit},
          {"bar", optional_number(m.bar)},
          {"direction", m.direction},
          {"verdict", verdict_name(m.verdict)},
          {"kind", m.kind},
          {"baseline", m.baseline},
          {"spread", m.spread},
          {"source", m.source},
          {"setting", m.setting},
          {"note", m.note}};
}

Measured measured_from_json(const Json& json, std::string_view source) {
  const auto text = [&](const char* key) { return json_get<std::string>(json, key, source); };
  Measured m;
  m.id = text("id"), m.statement = text("statement"), m.paper = text("paper");
  m.unit = text("unit"), m.source = text("source"), m.setting = text("setting");
  m.kind = text("kind"), m.direction = text("direction"), m.baseline = text("baseline");
  m.spread = text("spread"), m.note = text("note");
  m.confirmed = json_get<bool>(json, "confirmed", source);
  m.ours = optional_number(json, "ours", source);
  m.bar = optional_number(json, "bar", source);
  m.verdict = parse_verdict(text("verdict"), source);
  return m;
}

TextTable table_from_json(const Json& json, std::string_view source) {
  TextTable table;
  table.title = json_get<std::string>(json, "title", source);
  table.columns = json_get<std::vector<std::string>>(json, "columns", source);
  table.rows = json_get<std::vector<std::vector<std::string>>>(json, "rows", source);
  for (const auto& row : table.rows)
    require(row.size() == table.columns.size(), "{}: table '{}': a row of {} cells, expected {}",
            source, table.title, row.size(), table.columns.size());
  return table;
}

// The elements of a member that is an array, each read by `read`.
template <class Read>
auto elements(const Json& json, const char* key, std::string_view source, Read read) {
  const Json& array = json_member(json, key, source);
  require(array.is_array(), "{}: '{}' is {}, expected an array", source, key, json_kind(array));
  std::vector<decltype(read(array))> out;
  for (const Json& element : array) out.push_back(read(element));
  return out;
}

}  // namespace

std::string_view verdict_name(Verdict verdict) {
  return kVerdicts.at(static_cast<size_t>(verdict));
}

Measured judge(const Claim& claim, std::string_view scale, std::optional<Measurement> measurement) {
  Measured m;
  m.id = claim.id, m.statement = claim.statement, m.paper = claim.paper, m.unit = claim.unit;
  m.source = claim.source, m.setting = claim.setting, m.confirmed = claim.confirmed;
  m.kind = kind_name(claim.kind), m.direction = direction_name(claim.direction);
  m.bar = claim.bar(parse_scale(scale));
  if (!measurement) {
    if (m.bar) m.note = "not measured in this run, see the notes";
    return m;
  }
  m.ours = measurement->ours;
  m.baseline = std::move(measurement->baseline), m.spread = std::move(measurement->spread);
  m.note = std::move(measurement->note);
  if (!m.bar) return m;
  const bool holds = claim.direction == Direction::at_least ? *m.ours >= *m.bar : *m.ours <= *m.bar;
  m.verdict = holds ? Verdict::holds : Verdict::fails;  // NaN fails
  return m;
}

void judge_all(RunCard& card, const std::vector<Claim>& claims, Measurements measured) {
  card.claims.clear();
  for (const Claim& claim : claims) {
    auto found = measured.extract(claim.id);
    card.claims.push_back(
        judge(claim, card.scale, found ? std::optional(std::move(found.mapped())) : std::nullopt));
  }
  assert(measured.empty() && "a measurement of no claim");
}

int64_t count(const RunCard& card, Verdict verdict) {
  return std::ranges::count(card.claims, verdict, &Measured::verdict);
}

Json to_json(const RunCard& card) {
  Json json = {{"schema", kSchema},
               {"slug", card.slug},
               {"title", card.title},
               {"arxiv", card.arxiv},
               {"scale", card.scale},
               {"seed", card.seed},
               {"options", card.options},
               {"revision", card.revision},
               {"device", card.device},
               {"machine", card.machine},
               {"started", card.started},
               {"seconds", card.seconds},
               {"peak_memory_mib", card.peak_memory_mib},
               {"stopped", card.stopped}};
  json["claims"] = json["tables"] = json["figures"] = Json::array();
  for (const Measured& m : card.claims) json["claims"].push_back(to_json(m));
  for (const TextTable& table : card.tables) json["tables"].push_back(table.to_json());
  for (const Figure& figure : card.figures)
    json["figures"].push_back({{"caption", figure.caption}, {"plot", to_json(figure.plot)}});
  json["notes"] = card.notes;
  return json;
}

RunCard card_from_json(const Json& json, std::string_view source) {
  require(json.is_object(), "{}: {}, expected a run card", source, json_kind(json));
  const auto text = [&](const char* key) { return json_get<std::string>(json, key, source); };
  require(text("schema") == kSchema, "{}: schema '{}', expected '{}'", source, text("schema"),
          kSchema);
  RunCard card;
  card.slug = text("slug"), card.title = text("title"), card.arxiv = text("arxiv");
  card.scale = scale_name(parse_scale(text("scale")));
  card.seed = json_get<uint64_t>(json, "seed", source);
  card.options = json_member(json, "options", source);
  card.revision = text("revision"), card.device = text("device");
  card.machine = text("machine"), card.started = text("started");
  card.seconds = json_get<double>(json, "seconds", source);
  card.peak_memory_mib = json_get<double>(json, "peak_memory_mib", source);
  card.stopped = json_get<bool>(json, "stopped", source);
  card.claims = elements(json, "claims", source,
                         [&](const Json& claim) { return measured_from_json(claim, source); });
  card.tables = elements(json, "tables", source,
                         [&](const Json& table) { return table_from_json(table, source); });
  card.figures = elements(json, "figures", source, [&](const Json& figure) {
    return Figure{json_get<std::string>(figure, "caption", source),
                  plot_from_json(json_member(figure, "plot", source))};
  });
  card.notes = json_get<std::vector<std::string>>(json, "notes", source);
  return card;
}

}  // namespace offprint::papers
