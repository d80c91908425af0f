#include "offprint/papers/counterfactual/recipe.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>

#include "offprint/core/error.h"
#include "offprint/data/weights.h"
#include "offprint/papers/counterfactual/figures.h"
#include "offprint/papers/counterfactual/identities.h"
#include "offprint/papers/recipe_run.h"
#include "offprint/papers/statistics.h"

namespace offprint::papers::counterfactual {
namespace {

using Bench = papers::Bench<Options>;

void run_census(Bench& b) {
  const CensusModel model = train_census(b.options, b.rng.split("census"), b.progress);
  b.progress.start("empty interventions");
  b.measured["empty"] = empty_interventions(model, false, b.rng.split("empty"));
  b.measured["empty-drafted"] = empty_interventions(model, true, b.rng.split("empty"));
  const tasks::AttributeAudit audit =
      audit_census(model, b.options, b.rng.split("audit").state().key, b.progress);
  b.show(effects_table(audit));
  b.draw(
      {"Shares of records in which an attribute changes when sex is changed: with the same luck "
       "only what depends on it does.",
       effects_plot(audit)});
  for (const tasks::AttributeEffect& e : audit.effects) {
    if (e.attribute == "income") {
      const double gap = e.after / e.before - 1;
      b.measured["planted"] = {
          std::abs(gap / kPlanted - 1), "planted 20 %",
          fmt::format("found {} % with a standard error of {} %, fresh luck {} %",
                      number_text(100 * gap, 3), number_text(100 * e.standard_error / e.before, 2),
                      number_text(100 * e.fresh_error / e.before, 2)),
          fmt::format("held-out loss {} nats a token", number_text(model.held_out_nats))};
    }
    if (e.attribute == "married")
      b.measured["control"] = {
          std::abs(e.z),
          fmt::format("{} % changed with fresh luck", number_text(100 * e.changed_fresh, 3)),
          fmt::format("{} % changed, {} records", number_text(100 * e.changed, 3), e.pairs), ""};
  }
}

// The difference that is least among the temperatures of the claim.
void judge_distances(Bench& b, const std::vector<StoryRun>& runs, bool word,
                     const std::string& claim) {
  Estimate least;
  least.value = std::numeric_limits<double>::infinity();
  Measurement m;
  for (const StoryRun& run : runs) {
    if (!run.setting.claimed || run.setting.word != word) continue;
    std::vector<double> same, fresh;
    for (const StoryPair& pair : run.pairs)
      same.push_back(pair.counterfactual), fresh.push_back(pair.interventional);
    const Estimate e = paired_difference(fresh, same, b.rng.split("interval"));
    if (e.value >= least.value) continue;
    least = e;
    m = {e.value,
         fmt::format("fresh luck {}, same luck {}", number_text(mean(fresh), 3),
                     number_text(mean(same), 3)),
         fmt::format("temperature {}, {}", run.setting.value, spread_text(e, "pair")), ""};
  }
  b.measured[claim] = m;
  m.ours = least.interval.low;
  b.measured[claim + "-interval"] = m;
}

void judge_stability(Bench& b, const std::vector<StoryRun>& runs) {
  tasks::StabilityCount gumbel, inverted;
  for (const StoryRun& run : runs)
    gumbel += run.replayed, gumbel += run.along, inverted += run.inverted;
  b.measured["stable"] = {
      static_cast<double>(gumbel.broken), "",
      fmt::format("{} steps, {} drew another token", gumbel.steps, gumbel.changed), ""};
  b.measured["inverse-unstable"] = {
      100 * static_cast<double>(inverted.broken) / static_cast<double>(inverted.steps), "",
      fmt::format("{} steps, {} drew another token", inverted.steps, inverted.changed), ""};
}

void tell_stories(Bench& b) {
  const auto path = data::find_language_model(b.request.data);
  if (!path) {
    b.note("stories skipped: SmolLM2 is not here; ./start installs it");
    return;
  }
  b.progress.start("reading " + path->filename().string());
  const tasks::LanguageModelFile file = tasks::load_language_model(*path);
  const tasks::FileLanguageModel model(file);
  b.note("Stories: " + path->filename().string() + ".");
  b.measured["memory"] = {static_cast<double>(bytes_kept(model, b.rng)), "",
                          "seed, sampler and options as JSON", ""};
  const TokenCost cost = token_cost(model);
  b.measured["cost"] = {cost.ratio(), "inversion of the cumulative distribution",
                        "medians of 15 tokens", ""};
  b.show(cost_table(cost));
  const Repeats repeats = repeat_stories(model, b.options, b.rng.split("repeats"), b.progress);
  b.measured["stories-again"] = {static_cast<double>(repeats.changed), "",
                                 fmt::format("{} stories", repeats.stories), ""};
  std::vector<StoryRun> runs;
  for (const Setting& setting : settings(b.options)) {
    const int64_t pairs = !setting.claimed ? b.options.sweep_pairs
                          : setting.word   ? b.options.pairs
                                           : b.options.token_pairs;
    runs.push_back(run_stories(model, setting, pairs, b.rng.split("stories"), b.progress));
  }
  if (b.options.token_pairs > 0) judge_distances(b, runs, false, "distance-token");
  judge_distances(b, runs, true, "distance-word");
  judge_stability(b, runs);
  b.show(distance_table(runs, b.rng.split("interval")));
  b.show(stability_table(runs));
  b.show(example_table(runs.front()));
  if (b.options.all_temperatures)
    b.draw(sweep_figure(runs, "temperature", b.rng.split("interval")));
  if (b.options.token_pairs > 0) b.draw(position_figure(runs));
  if (b.options.sweep_pairs > 0)
    for (const char* sweep : {"top-p", "top-k"})
      b.draw(sweep_figure(runs, sweep, b.rng.split("interval")));
}

void measure(Bench& b) {
  b.progress.start("chi-square");
  b.measured["chi-square"] = chi_square(b.options.draws, b.rng.split("chi-square"));
  run_census(b);
  tell_stories(b);
}

void note_scale(Bench& b) {
  b.note(fmt::format("Stories of {} tokens by a model of 135 M parameters where the paper has 8 B.",
                     b.options.tokens));
}

void check(const Options& o) {
  require_positive(o, {"sweep-pairs", "token-pairs"});
  require(o.tokens >= 4, "--tokens: {}, expected at least 4", o.tokens);
  require(o.rows >= 100, "--rows: {}, expected at least 100", o.rows);
  require(o.people >= 10, "--people: {}, expected at least 10", o.people);
}

}  // namespace

Options options_for(Scale scale) {
  Options o;
  if (scale == Scale::quick) return o;
  o.all_temperatures = true, o.pairs = 30, o.token_pairs = 30, o.sweep_pairs = 8;
  o.tokens = 16, o.repeats = 8;
  o.rows = 60'000, o.train_steps = 800, o.people = 1000;
  if (scale == Scale::full) {
    o.pairs = o.token_pairs = 10'000, o.sweep_pairs = 1000, o.tokens = 200;
    o.people = 10'000;
  }
  return o;
}

std::vector<OptionInfo> options(Scale scale) { return describe_options(options_for(scale)); }

RunCard run(const RunRequest& request, Progress& progress) {
  return run_recipe<Options>({"counterfactual", options_for, check, claims, measure, note_scale},
                             request, progress);
}

}  // namespace offprint::papers::counterfactual
