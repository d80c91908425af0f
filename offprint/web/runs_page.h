// Pages of runs: the queue with its history, one run with its progress and card, and the form that
// asks for one.
#pragma once
#include "offprint/papers/paper.h"
#include "offprint/store/jobs.h"
#include "offprint/web/page.h"
#include "offprint/web/site.h"
#include "offprint/web/visitor.h"

namespace offprint::web {

Page runs_page(const Site& site, const Visitor& visitor, int64_t page);
Page run_page(const Site& site, const Visitor& visitor, const store::Job& job);

// Scale, seed and the recipe's own options; a link to the run of this paper that is not over yet.
Html run_form(const Site& site, const Visitor& visitor, const papers::Paper& paper);

}  // namespace offprint::web
