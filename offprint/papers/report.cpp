#include "offprint/papers/report.h"

#include <algorithm>

#include "offprint/papers/card_text.h"
#include "offprint/papers/paper_json.h"

namespace offprint::papers {

int64_t Report::count(Verdict verdict) const {
  int64_t sum = 0;
  for (const Entry& entry : entries)
    if (entry.card) sum += papers::count(*entry.card, verdict);
  return sum;
}

int64_t Report::measured() const {
  return std::ranges::count_if(entries, [](const Entry& e) { return e.card.has_value(); });
}

Report make_report(const CardShelf& shelf) {
  Report report;
  for (const Paper& paper : catalog()) report.entries.push_back({&paper, shelf.best(paper.slug)});
  report.problems = shelf.all().problems;
  return report;
}

TextTable overview(const Report& report) {
  TextTable table{.title = "",
                  .columns = {"paper", "title", "verdicts", "scale", "seed", "measured"},
                  .rows = {}};
  for (const auto& [paper, card] : report.entries) {
    if (card)
      table.rows.push_back({paper->slug, paper->title, verdict_summary(*card), card->scale,
                            std::to_string(card->seed), card->started.substr(0, 10)});
    else
      table.rows.push_back({paper->slug, paper->title,
                            paper->runs() ? "not measured here" : "does not run yet", "", "", ""});
  }
  return table;
}

std::string report_line(const Report& report) {
  const auto holds = report.count(Verdict::holds), fails = report.count(Verdict::fails);
  return fmt::format("{} of {} papers measured: {} claim{} hold{}, {} fail{}", report.measured(),
                     report.entries.size(), holds, holds == 1 ? "" : "s", holds == 1 ? "s" : "",
                     fails, fails == 1 ? "s" : "");
}

std::string to_markdown(const Report& report) {
  std::string out = fmt::format("# What holds up\n\n{}.\n\n", report_line(report));
  out += overview(report).to_markdown();
  for (const auto& [paper, card] : report.entries)
    if (card) out += '\n' + card_markdown(*card);
  for (const std::string& problem : report.problems) out += "\nNo card: " + problem + '\n';
  return out;
}

Json to_json(const Report& report) {
  Json json = {{"summary", report_line(report)}};
  json["papers"] = json["cards"] = Json::array();
  for (const auto& [paper, card] : report.entries) {
    json["papers"].push_back(to_json(*paper, card));
    if (card) json["cards"].push_back(to_json(*card));
  }
  json["problems"] = report.problems;
  return json;
}

}  // namespace offprint::papers
