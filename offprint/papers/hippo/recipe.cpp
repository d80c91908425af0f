#include "offprint/papers/hippo/recipe.h"

#include <algorithm>
#include <filesystem>

#include "offprint/core/error.h"
#include "offprint/papers/hippo/bases.h"
#include "offprint/papers/hippo/delay_runs.h"
#include "offprint/papers/hippo/digit_runs.h"
#include "offprint/papers/hippo/figures.h"
#include "offprint/papers/hippo/reconstructions.h"
#include "offprint/papers/recipe_run.h"
#include "offprint/papers/statistics.h"
#include "offprint/tasks/pixel_sequences.h"

namespace offprint::papers::hippo {
namespace {

using Bench = papers::Bench<Options>;

void check_bases(Bench& b) {
  b.progress.start("bases in closed form");
  b.measured["legs-closed-form"] = legs_closed_form();
  b.measured["legs-gram"] = legs_orthonormal();
  const WindowGram grams = window_grams();
  b.measured["window-gram"] = gram_at_64(grams);
  b.measured["window-gram-falls"] = gram_slope(grams, b.rng.split("slope"));
  for (const nn::Basis basis : {nn::Basis::legs, nn::Basis::legt, nn::Basis::fout})
    b.draw(basis_figure(basis));
  b.draw(gram_figure(grams.full_legt, "LegT"));
  b.draw(gram_figure(grams.full, "FouT"));
  b.draw(gram_error_figure(grams));
  b.progress.throw_if_stopped();
  b.progress.start("structured updates");
  b.measured["structured-update"] = structured_gap(b.rng.split("update"));
  b.measured["structured-speed"] = structured_speed();
  const auto variances = state_variances(b.rng.split("variance"));
  b.measured["state-variance"] = variance_of_means(variances);
  b.measured["state-variance-each"] = variance_of_each(variances);
  b.draw(variance_figure(variances));
}

Measurement over_seeds(const Bench& b, const std::vector<double>& values,
                       const std::vector<double>& best, const char* baseline) {
  const Estimate e = mean_over_seeds(values, b.rng.split("interval"));
  return {e.value, fmt::format("{} {}", baseline, number_text(mean(best))), spread_text(e), ""};
}

void reconstruct_signals(Bench& b) {
  b.progress.start("band-limited signals");
  std::vector<SignalErrors> all;
  for (const int64_t order : {b.options.order / 4, b.options.order / 2, b.options.order}) {
    all.push_back(signal_errors(order, b.options, b.rng.split("signals")));
    b.progress.throw_if_stopped();
  }
  const SignalErrors& e = all.back();
  b.measured["reconstruction-legt"] = over_seeds(b, e.legt, e.best_legendre, "best polynomial");
  b.measured["reconstruction-fout"] =
      over_seeds(b, e.fout_inside, e.best_fourier_inside, "DFT truncation");
  b.measured["reconstruction-fout-whole"] =
      over_seeds(b, e.fout_jump, e.best_fourier, "DFT truncation, which rings,");
  b.measured["reconstruction-fout-whole"].note =
      fmt::format("the paper's sum alone: {}", number_text(mean(e.fout_whole)));
  b.show(signal_table(all));
  b.draw(signal_figure(signal_example(b.options, b.rng)));
}

void reconstruct_series(Bench& b) {
  const RealSeries real = real_series(b.request.data, b.rng.split("series"));
  b.note("Series: " + real.what + ".");
  const auto memories = series_memories(real, b.options, b.progress);
  b.show(series_table(memories, real.what));
  b.draw(series_figure(memories.back(), real.what));
  b.draw(lag_figure(memories.back(), real.what));
  b.progress.start("scaled LegS on all rows");
  const WholeHistory history = whole_history(real);
  b.show(history_table(history, real.what));
  double worst = 0;
  for (size_t i = 0; i < history.orders.size(); ++i)
    worst = std::max(worst, history.online[i] / history.best[i]);
  b.measured["scaled-legs-best"] = {
      worst, fmt::format("least error {} at N 64", number_text(history.best.back())),
      "worst of three orders", ""};
}

// The worst covered and the best too-short basis, by the mean over seeds.
void judge_delays(Bench& b, const std::vector<DelayRun>& runs, const std::string& suffix) {
  const DelayRun *covered = nullptr, *too_short = nullptr;
  for (const DelayRun& run : runs) {
    if (run.reach == 1.0 && (!covered || mean(run.errors) > mean(covered->errors))) covered = &run;
    if (run.reach == 0.1 && (!too_short || mean(run.errors) < mean(too_short->errors)))
      too_short = &run;
  }
  const auto measured = [&](const DelayRun& run) {
    const Estimate e = mean_over_seeds(run.errors, b.rng.split("interval"));
    return Measurement{e.value, "silence 1",
                       fmt::format("{}, {}", nn::basis_name(run.basis), spread_text(e)), ""};
  };
  b.measured["delay-covered" + suffix] = measured(*covered);
  b.measured["delay-too-short" + suffix] = measured(*too_short);
}

void run_delays(Bench& b) {
  const auto title = [&](const char* what) {
    return fmt::format("Delay task, {}: lag {} of {} steps, N {}", what, b.options.delay_lag,
                       b.options.delay_length, b.options.delay_order);
  };
  const auto readouts = run_readouts(b.options, b.rng.split("delay"), b.progress);
  judge_delays(b, readouts, "");
  b.show(delay_table(readouts, title("readout fitted")));
  b.draw(timescale_figure(readouts, b.options));
  if (b.options.train_steps == 0) return;
  const auto trained = run_trained(b.options, b.rng.split("delay"), b.progress);
  judge_delays(b, trained, "-trained");
  b.show(delay_table(trained, title("all of S4 trained")));
}

void run_digit_task(Bench& b) {
  const auto file = b.request.data.empty()
                        ? data::find_digits()
                        : std::optional(std::filesystem::path(b.request.data) / "digits.csv");
  if (!file || !std::filesystem::exists(*file)) {
    b.note(
        "sequential digits skipped: scikit-learn's digits.csv.gz is not here; ./start installs it");
    return;
  }
  const auto data = tasks::pixel_sequences(data::read_digits(*file), b.options.digit_side);
  const auto runs = run_digits(data, b.options, b.rng.split("digits"), b.progress);
  const DigitRun& best =
      *std::ranges::max_element(runs, {}, [](const DigitRun& run) { return mean(run.accuracies); });
  const Estimate accuracy = mean_over_seeds(best.accuracies, b.rng.split("interval"));
  b.measured["digits-best"] = {accuracy.value, "",
                               fmt::format("S4-{}, {}", best.basis, spread_text(accuracy)), ""};
  const Estimate behind = paired_difference(runs[0].accuracies, runs[1].accuracies,
                                            b.rng.split("interval"));  // legs, fout
  b.measured["digits-fout-behind-legs"] = {
      behind.value, fmt::format("S4-LegT {} %", number_text(mean(runs[2].accuracies))),
      spread_text(behind), ""};
  b.show(digit_table(runs, data.x.size(1)));
}

void note_scale(Bench& b) {
  auto& notes = b.card.notes;
  notes.push_back("Long Range Arena needs its six sets and GPU days; it is not run.");
  notes.push_back(
      "Convention: bases orthonormal for a window of length 1, so that 1/dt is the window in "
      "steps; "
      "the authors' LegT and FouT have window 2.");
  if (b.request.scale == Scale::quick)
    notes.push_back(fmt::format(
        "quick: the delay is {} steps with N {}, the paper's 1000 with N 1024; digits run at "
        "standard.",
        b.options.delay_lag, b.options.delay_order));
}

void check(const Options& o) {
  require(o.order >= 8 && o.order % 8 == 0, "order: {}, expected a multiple of 8", o.order);
  require(o.seeds >= 1 && o.train_seeds >= 1 && o.digit_seeds >= 1,
          "seeds: {}, {} and {}, expected >= 1", o.seeds, o.train_seeds, o.digit_seeds);
}

void measure(Bench& b) {
  check_bases(b);
  reconstruct_signals(b);
  reconstruct_series(b);
  run_delays(b);
  if (b.options.digit_epochs > 0) run_digit_task(b);
}

}  // namespace

Options options_for(Scale scale) {
  Options o;
  if (scale == Scale::quick) return o;
  o.delay_lag = 1000, o.delay_length = 4000, o.delay_order = 128, o.delay_band = 0.02;
  o.train_steps = 300, o.digit_epochs = 12;
  if (scale == Scale::full) {
    o.delay_order = 1024, o.delay_band = 0.25, o.train_steps = 5000;
    o.digit_side = 28, o.digit_width = 128, o.digit_depth = 4, o.digit_state = 64,
    o.digit_epochs = 100;
  }
  return o;
}

std::vector<OptionInfo> options(Scale scale) { return describe_options(options_for(scale)); }

RunCard run(const RunRequest& request, Progress& progress) {
  return run_recipe<Options>({"hippo", options_for, check, claims, measure, note_scale}, request,
                             progress);
}

}  // namespace offprint::papers::hippo
