// Runs asked for through pages and API: what may be asked, what was asked before, and how a job
// stands. The queue itself is the store's (store/jobs.h); who works on it is run_workers.h.
#pragma once
#include <map>
#include <optional>
#include <string>

#include "offprint/core/json.h"
#include "offprint/papers/run_card.h"
#include "offprint/store/jobs.h"

namespace offprint::web {

// {"slug", "scale": "quick", "seed": 1, "options": {}} checked against the catalog; options that
// equal the recipe's defaults are left out, so that equal runs look equal. Throws Error, one line.
store::JobRequest run_request(const Json& asked);
// The same from a form: fields slug, scale, seed, and "option-NAME"; empty ones are not set.
store::JobRequest run_request(const std::map<std::string, std::string>& fields);

constexpr const char* kQueueIsFull = "Too many runs wait already; stop one or try again later.";

// Seeds and options make a run repeatable: an equal one that waits, runs or is done is answered
// with, whoever asked for it. Nothing where too many wait already.
struct Asked {
  int64_t job = 0;
  bool fresh = false;  // made by this call
};
std::optional<Asked> ask_for_run(store::Database& database, const store::JobRequest& request,
                                 int64_t user, int64_t now);

bool on_own_data(const store::Job& job);        // a method on somebody's table, no paper's run
std::string setting_of(const store::Job& job);  // "quick, seed 2, lr 0.1"

// The card of a job that left one.
std::optional<papers::RunCard> card_of(const store::Job& job);

// {"id", "kind", "slug", "scale", "seed", "options", "revision", "state", "queued_at",
// "started_at", "ended_at", "progress": {"task", "step", "total", "values", "log"}, "error"};
// without the card.
Json to_json(const store::Job& job);

}  // namespace offprint::web
