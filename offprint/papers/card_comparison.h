// Two run cards of one paper side by side: how they were made, what each measured, which verdicts
// changed.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "offprint/core/table.h"
#include "offprint/papers/run_card.h"

namespace offprint::papers {

struct CardComparison {
  enum class Better { a, b, equal };  // further to the good side of the bar
  struct Setting {
    std::string name, a, b;  // "–" where that run has no such option
  };
  struct Claim {
    std::optional<Measured> a = {}, b = {};  // never both unset
    std::optional<double> difference = {};   // b - a, where both are finite
    std::optional<Better> better = {};       // likewise
    bool changed = false;                    // the verdict, where both have one
    const Measured& either() const { return b ? *b : *a; }
  };
  struct FigurePair {
    std::optional<Figure> a, b;  // of one title; never both unset
  };
  std::string slug, title;
  std::vector<Setting> settings;  // those that differ: scale, seed, revision, machine, options
  std::vector<Claim> claims;      // in the order of a; those of b alone follow
  std::vector<FigurePair> figures;
};

// Throws Error where the cards are of different papers.
CardComparison compare(const RunCard& a, const RunCard& b);

int64_t changed_verdicts(const CardComparison& comparison);
std::string comparison_line(
    const CardComparison& comparison);  // "Verdicts that differ: 2 of 9. Equal figures: 3."
std::string difference_text(const CardComparison::Claim& claim);  // "+0.3, B is better"

// {"slug", "title", "settings", "claims"}: assets/api.json describes it. No figures.
Json to_json(const CardComparison& comparison);
// Settings and claims as tables, for the terminal and Markdown.
std::vector<TextTable> comparison_tables(const CardComparison& comparison);

}  // namespace offprint::papers
