// Runs a paper for its tests, and finds a claim on the card.
#pragma once
#include <doctest/doctest.h>

#include "offprint/papers/run_paper.h"

namespace offprint::papers {

inline RunCard card_of(std::string_view slug, const RunRequest& request) {
  Progress progress;
  return run_paper(find_paper(slug), request, progress);
}

inline const Measured& find_claim(const RunCard& card, std::string_view id) {
  for (const Measured& m : card.claims)
    if (m.id == id) return m;
  FAIL("no claim " << id);
  return card.claims.front();
}

}  // namespace offprint::papers
