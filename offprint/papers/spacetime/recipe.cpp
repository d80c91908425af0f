#include "offprint/papers/spacetime/recipe.h"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "offprint/core/error.h"
#include "offprint/papers/forecast_study.h"
#include "offprint/papers/recipe_run.h"
#include "offprint/papers/spacetime/ar_runs.h"
#include "offprint/papers/spacetime/ett_runs.h"
#include "offprint/papers/spacetime/figures.h"
#include "offprint/papers/spacetime/filter_runs.h"
#include "offprint/papers/statistics.h"

namespace offprint::papers::spacetime {
namespace {

using Bench = papers::Bench<Options>;

void check_filters(Bench& b) {
  b.progress.start("filters");
  const Rng rng = b.rng.split("filters");
  b.measured["filter-float64"] = filter_gap(at::kDouble, rng.split("double"));
  b.measured["filter-float32"] = filter_gap(at::kFloat, rng.split("float"));
  b.measured["filter-gradients"] = filter_gradient_gap(rng.split("gradients"));
  b.measured["special-cases"] = special_case_gap(rng.split("special"));
  const FilterTimes times = time_filters(b.options.filter_steps, rng.split("times"), b.progress);
  const std::string steps = fmt::format("{} steps, float32", times.steps);
  b.measured["filter-slope"] = {
      times.slope.value,
      fmt::format("dense {}",
                  number_text(fit_exponent(times.states, times.dense, rng).slope.value)),
      spread_text(times.slope, "size"), ""};
  b.measured["filter-speed"] = {times.dense.back() / times.fast.back(),
                                fmt::format("dense {} s", number_text(times.dense.back())), steps,
                                ""};
  b.draw(time_figure(times));
}

// Ratio seed by seed, so that a hard draw is hard for both.
Estimate ratio(const std::vector<double>& above, const std::vector<double>& below, const Rng& rng) {
  std::vector<double> ratios;
  for (size_t i = 0; i < above.size(); ++i) ratios.push_back(above[i] / below[i]);
  return mean_over_seeds(ratios, rng);
}

void run_processes(Bench& b) {
  std::vector<ArRun> runs;
  for (const int64_t order : {4, 6}) {
    const Rng rng = b.rng.split("processes").split(static_cast<uint64_t>(order));
    runs.push_back(run_process(order, b.options, rng, b.progress));
  }
  const ArRun& six = runs.back();
  const auto text = [&](const char* method) {
    return fmt::format("{} {}", method, number_text(mean(six.mse.at(method))));
  };
  const Rng rng = b.rng.split("process intervals");
  const Estimate to_oracle = ratio(six.mse.at("spacetime"), six.mse.at("oracle"), rng);
  b.measured["ar6-oracle"] = {to_oracle.value, text("oracle") + ", " + text("ridge"),
                              spread_text(to_oracle), ""};
  const Estimate of_s4d = ratio(six.mse.at("s4d"), six.mse.at("spacetime"), rng);
  b.measured["ar6-s4d"] = {of_s4d.value, text("spacetime"), spread_text(of_s4d), ""};
  b.show(process_table(runs));
  b.draw(process_figure(six));
  b.draw(process_error_figure(six));

  const CopyRun copies = run_copies(6, b.options, b.rng.split("copies"), b.progress);
  const Estimate copied = mean_over_seeds(copies.companion, rng);
  b.measured["ar6-copy"] = {copied.value, fmt::format("S4D {}", number_text(mean(copies.s4d))),
                            spread_text(copied), ""};
  b.draw(copy_figure(copies));
}

void judge_horizons(Bench& b, const std::vector<HorizonRun>& runs) {
  int64_t best = 0;
  std::string lost;
  for (const HorizonRun& run : runs) {
    const double own = mean(run.mse.at("spacetime"));
    const double rival = std::min(mean(run.mse.at("nlinear")), mean(run.mse.at("ridge")));
    if (own <= rival)
      ++best;
    else
      lost += fmt::format("{}{} h: {} against {}", lost.empty() ? "" : "; ", run.horizon,
                          number_text(own), number_text(rival));
  }
  b.measured["etth1-horizons"] = {
      static_cast<double>(best), "the better of NLinear and ridge",
      fmt::format("means of {} seed(s), {} horizons", b.options.seeds, runs.size()),
      lost.empty() ? "" : "behind at " + lost};
  b.show(horizon_table(runs));
  b.draw(horizon_figure(runs));
}

// Where a rival ends is where the race ends: seconds to its best error.
void judge_race(Bench& b, const std::vector<RaceRun>& runs) {
  const RaceRun& own = runs.front();
  for (const RaceRun& rival : runs) {
    if (rival.method == own.method) continue;
    const double goal = *std::ranges::min_element(rival.mse);
    const double theirs = seconds_to(rival, goal), ours = seconds_to(own, goal);
    const std::string beside =
        fmt::format("{} {} s to MSE {}", rival.method, number_text(theirs), number_text(goal));
    if (std::isfinite(ours))
      b.measured["race-" + rival.method] = {ours / theirs, beside, "one race, the first seed", ""};
    else  // not reached in all its time: at least that much
      b.measured["race-" + rival.method] = {
          std::max(1.0, own.seconds.back() / theirs), beside, "one race, the first seed",
          fmt::format("did not reach it in {} s", number_text(own.seconds.back()))};
  }
  b.show(race_table(runs));
  b.draw(race_figure(runs));
}

void run_etth1(Bench& b) {
  const auto series = find_ett("ETTh1", b.request.data, {"OT"});
  if (!series) return b.note(ett_missing("ETTh1"));
  const Rng rng = b.rng.split("etth1");
  judge_horizons(b, run_horizons(*series, b.options, rng.split("horizons"), b.progress));
  const LongerRun longer = run_longer(*series, b.options, rng.split("longer"), b.progress);
  const Estimate worse = ratio(longer.shorter, longer.longer, rng);
  b.measured["longer-horizon"] = {
      worse.value, fmt::format("trained on 384: MSE {}", number_text(mean(longer.longer))),
      spread_text(worse), ""};
  b.draw(longer_figure(longer));
  if (b.options.race_steps > 0)
    judge_race(b, run_race(*series, b.options, rng.split("race"), b.progress));
}

void note_scale(Bench& b) {
  auto& notes = b.card.notes;
  notes.push_back(
      "PTB-XL and Speech Commands need their sets and GPU days; they are not run. The layer "
      "classifies by `offprint classify --method companion`.");
  if (b.request.scale == Scale::quick)
    notes.push_back("quick: no data; ETTh1 and the race run at standard.");
  else
    notes.push_back(
        "All methods see the same windows. Networks have about as many parameters as SpaceTime, "
        "which is narrower than the paper's; see docs/papers/spacetime.md.");
}

void check(const Options& o) {
  require_positive(o, {"race-steps"});
  ett_horizons(o);
}

void measure(Bench& b) {
  check_filters(b);
  run_processes(b);
  if (!b.options.ett_horizons.empty()) run_etth1(b);
}

}  // namespace

Options options_for(Scale scale) {
  Options o;
  if (scale == Scale::quick) return o;
  o.seeds = 3, o.ett_horizons = "24,48,168,336,720", o.race_steps = 200, o.ett_batch = 16;
  if (scale == Scale::full) {
    o.width = 128, o.states = 64, o.dropout = 0.25, o.lr = 1e-3;
    o.ett_steps = 80'000, o.ett_batch = 50, o.race_steps = 20'000, o.rivals = true;
  }
  return o;
}

std::vector<int64_t> ett_horizons(const Options& o) {
  std::vector<int64_t> horizons;
  for (std::istringstream text(o.ett_horizons); text.peek() != EOF; text.get()) {
    horizons.push_back(0);
    text >> horizons.back();
    require(horizons.back() >= 1 && (text.peek() == ',' || text.peek() == EOF),
            "--ett-horizons: '{}', expected numbers with commas between, as 24,48", o.ett_horizons);
  }
  return horizons;
}

std::vector<OptionInfo> options(Scale scale) { return describe_options(options_for(scale)); }

RunCard run(const RunRequest& request, Progress& progress) {
  return run_recipe<Options>({"spacetime", options_for, check, claims, measure, note_scale},
                             request, progress);
}

}  // namespace offprint::papers::spacetime
