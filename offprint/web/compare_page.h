// Two run cards of one paper next to each other: settings, claims, figures.
#pragma once
#include <string>

#include "offprint/papers/card_comparison.h"
#include "offprint/store/jobs.h"
#include "offprint/web/page.h"
#include "offprint/web/site.h"

namespace offprint::web {

struct ComparedRun {
  int64_t key = 0;
  papers::RunCard card;
};
// Throws Error where the runs are of different papers.
Page compare_page(const ComparedRun& a, const ComparedRun& b);

// "Compare with run 5 (quick, seed 2)": links to the latest other runs of this paper that left
// cards; nothing where there are none.
Html compare_links(const Site& site, const store::Job& job);

std::string compare_path(int64_t a, int64_t b);

}  // namespace offprint::web
