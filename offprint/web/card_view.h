// A run card as HTML: the claims with their verdicts, plots, tables, how it was made.
#pragma once
#include "offprint/papers/run_card.h"
#include "offprint/web/html.h"

namespace offprint::web {

Html claims_view(const papers::RunCard& card);    // paper's figure, ours, our bar, verdict
Html verdicts_view(const papers::RunCard& card);  // "9 hold 1 fails" as a badge
Html verdicts_view(int64_t holds, int64_t fails);
Html verdict_mark(const papers::Measured& claim);  // "✓ holds"
Html card_view(const papers::RunCard& card);       // everything

}  // namespace offprint::web
