// Papers and run cards as text: what the terminal prints and what Markdown says. The pages' HTML is
// web's.
#pragma once
#include <string>

#include "offprint/papers/paper.h"
#include "offprint/papers/run_card.h"

namespace offprint::papers {

// Columns: claim, paper, ours, our bar, verdict; each claim's baseline and spread below its figure.
TextTable claims_table(const RunCard& card);

// "95.1 % accuracy", "0.0123 relative L2", "–" where there is none.
std::string figure_text(const std::optional<double>& value, const std::string& unit);
std::string bar_text(const Measured& claim);      // "≥ 95 % accuracy"
std::string paper_figure(const Measured& claim);  // with "(unconfirmed)" where it was not looked up

std::string verdict_summary(const RunCard& card);  // "9 hold, 1 fails"
std::string card_line(const RunCard& card);        // "quick, seed 1, 12 s, 2025-10-30, 0824656"
std::string by_line(const Paper& paper);  // "A. Gu, K. Goel and 2 more" or the organisation

std::string paper_text(const Paper& paper);  // title, authors, facts, summary: a few lines

// Everything on the card: claims, tables, figures drawn in braille, notes.
std::string card_terminal(const RunCard& card);
std::string card_markdown(const RunCard& card);  // without figures

}  // namespace offprint::papers
