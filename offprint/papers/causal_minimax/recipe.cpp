#include "offprint/papers/causal_minimax/recipe.h"

#include "offprint/core/error.h"
#include "offprint/papers/causal_minimax/checks.h"
#include "offprint/papers/causal_minimax/comparison.h"

namespace offprint::papers::causal_minimax {
namespace {

void measure(Bench& b) {
  check_graphs(b);
  check_whole_set(b);
  check_search(b);
  measure_growth(b);
  check_worst_shift(b);
  check_example(b);
  compare_methods(b);
}

void note_scale(Bench& b) {
  b.note(
      "Interventions are clipped to the 0.5 to 99.5 % quantiles of what was seen: without a bound "
      "every risk is infinite.");
  b.note(
      fmt::format("{} systems of {} rows in each of four environments. The Alzheimer's data "
                  "(ADNI) cannot be passed on: offprint infer --method causal-minimax takes it.",
                  b.options.draws, b.options.rows));
}

void check(const Options& o) {
  require_positive(o);
  require(o.most_stable >= 4 && o.most_stable <= 12, "--most-stable: {}, expected 4 to 12",
          o.most_stable);
  require(o.most_grown >= 12 && o.most_grown <= 40, "--most-grown: {}, expected 12 to 40",
          o.most_grown);
  require(o.rows >= 100, "--rows: {}, expected at least 100", o.rows);
}

}  // namespace

Options options_for(Scale scale) {
  Options o;
  if (scale == Scale::quick) return o;
  o.graphs = 1000, o.networks = 100, o.most_stable = 12, o.growth_draws = 200;
  o.cases = 20, o.draws = 20, o.rows = 500, o.steps = 80, o.starts = 4;
  if (scale == Scale::full) o.draws = 100, o.rows = 1000, o.steps = 200, o.starts = 8;
  return o;
}

std::vector<OptionInfo> options(Scale scale) { return describe_options(options_for(scale)); }

RunCard run(const RunRequest& request, Progress& progress) {
  return run_recipe<Options>({"causal-minimax", options_for, check, claims, measure, note_scale},
                             request, progress);
}

}  // namespace offprint::papers::causal_minimax
