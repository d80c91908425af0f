// The state of the papers: the best card of each, as one document.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "offprint/papers/card_shelf.h"
#include "offprint/papers/paper.h"

namespace offprint::papers {

struct Report {
  struct Entry {
    const Paper* paper = nullptr;  // of the catalog
    std::optional<RunCard> card;   // of the largest scale run here, the newest of those
  };
  std::vector<Entry> entries;         // all papers, in feed order
  std::vector<std::string> problems;  // files on the shelf that are no cards

  int64_t count(Verdict verdict) const;  // over all cards
  int64_t measured() const;              // papers with a card
};
Report make_report(const CardShelf& shelf);

// One row a paper: slug, title, verdicts, when and at which scale.
TextTable overview(const Report& report);
std::string report_line(
    const Report& report);  // "2 of 41 papers measured: 20 claims hold, 1 fails"

std::string to_markdown(const Report& report);
Json to_json(const Report& report);  // {"papers": [...], "cards": [...], "problems": [...]}

}  // namespace offprint::papers
