// A paper of the catalog as JSON, for `list --json`, `show --json` and the API.
#pragma once
#include <optional>

#include "offprint/core/json.h"
#include "offprint/papers/paper.h"

namespace offprint::papers {

// {"slug", "arxiv", "title", "authors", "author_count", "organisation", "published", "comments",
//  "topic", "code", "license", "summary", "runs", "claims": [{"id", "statement", "paper",
//  "confirmed", "source", "setting", "unit", "direction", "kind", "bars": {"quick", ...}}],
//  "verdicts": {"holds", "fails", "not at this scale"} or null where nothing was measured}
Json to_json(const Paper& paper, const std::optional<RunCard>& card = std::nullopt);

}  // namespace offprint::papers
