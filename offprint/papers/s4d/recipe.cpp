#include "offprint/papers/s4d/recipe.h"

#include <fmt/format.h>

#include <algorithm>

#include "offprint/papers/recipe_run.h"
#include "offprint/papers/s4d/delay_runs.h"
#include "offprint/papers/s4d/digit_runs.h"
#include "offprint/papers/s4d/figures.h"
#include "offprint/papers/s4d/identities.h"
#include "offprint/papers/statistics.h"
#include "offprint/tasks/pixel_sequences.h"

namespace offprint::papers::s4d {
namespace {

using Bench = papers::Bench<Options>;

void check_identities(Bench& b) {
  b.progress.start("identities");
  const Rng rng = b.rng.split("identities");
  b.measured["recurrence-equals-convolution"] = recurrence_gap(at::kFloat, rng.split("float"));
  b.measured["recurrence-equals-convolution-float64"] =
      recurrence_gap(at::kDouble, rng.split("double"));
  b.measured["gradients"] = gradient_gap(rng.split("gradients"));
  b.measured["discretisation-order"] = discretisation_order(rng.split("order"));
  b.draw(eigenvalue_figure(rng.split("eigenvalues")));
  b.draw(kernel_figure(rng.split("kernels")));
}

void check_theorem(Bench& b) {
  b.progress.start("normal part of LegS");
  const NormalPart errors = normal_part_errors(b.rng.split("normal part"));
  const auto at_size = [&](int64_t N) {
    return static_cast<size_t>(std::ranges::find(errors.sizes, N) - errors.sizes.begin());
  };
  b.measured["normal-part-response"] = {errors.response[at_size(64)], "",
                                        "deterministic; u = sin 1.3t + cos(0.7t)/2, dt 0.02", ""};
  b.measured["normal-part-rate"] = {errors.rate.value, "", spread_text(errors.rate, "size"), ""};
  b.measured["normal-part-pointwise"] = {
      errors.kernel.back(), fmt::format("{} at N 16", number_text(errors.kernel.front())),
      "deterministic", ""};
  b.draw(theorem_figure(errors));
  b.draw(basis_figure());
}

const DelayRun& worst(const std::vector<const DelayRun*>& runs) {
  return **std::ranges::max_element(runs, {}, [](const DelayRun* run) { return run->mean(); });
}

void judge_delays(Bench& b, const std::vector<DelayRun>& runs) {
  std::vector<const DelayRun*> structured;
  const DelayRun* random = nullptr;
  for (const DelayRun& run : runs) {
    const std::string& init = run.setting.init;
    if (init == "legs" || init == "inv" || init == "lin") structured.push_back(&run);
    if (init == "rand") random = &run;
  }
  const DelayRun& last = worst(structured);
  const Rng rng = b.rng.split("delay intervals");
  const auto spread = [&](const DelayRun& run) {
    return run.setting.init + ": " + spread_text(mean_over_seeds(run.errors, rng));
  };
  b.measured["delay-structured"] = {
      last.mean(), fmt::format("rand {}", number_text(random->mean())), spread(last), ""};
  b.measured["delay-random"] = {random->mean() / last.mean(),
                                fmt::format("{} {}", last.setting.init, number_text(last.mean())),
                                spread(*random), ""};
}

void run_delay_task(Bench& b) {
  std::vector<DelayCase> cases;
  const std::vector<const char*> inits =
      b.request.scale == Scale::quick ? std::vector{"legs", "lin", "rand"}
                                      : std::vector{"legs", "inv", "lin", "quad", "real", "rand"};
  for (const char* init : inits) cases.push_back({.init = init});
  const Rng rng = b.rng.split("delay");
  const auto runs = run_delays(cases, b.options, b.options.seeds, rng, b.progress);
  judge_delays(b, runs);
  b.draw(delay_figure(runs));
  b.show(delay_table(
      runs, fmt::format("Delay task: lag {} of {} steps, H {}, N {}", b.options.delay_lag,
                        b.options.delay_length, b.options.delay_channels, b.options.delay_state)));
}

void run_ablation(Bench& b) {
  std::vector<DelayCase> cases;
  for (const char* init : {"legs", "inv", "lin", "real", "rand"})
    for (const char* rule : {"zoh", "bilinear"})
      for (const char* real_part : {"exp", "relu", "free"})
        if (std::string_view(rule) != "zoh" || std::string_view(real_part) != "exp")
          cases.push_back({init, rule, real_part, true});
  for (const char* init : {"legs", "lin"}) cases.push_back({init, "zoh", "exp", false});
  Options shorter = b.options;
  shorter.delay_steps = std::max<int64_t>(1, shorter.delay_steps / 3);
  const auto runs = run_delays(cases, shorter, 1, b.rng.split("ablation"), b.progress);
  b.show(delay_table(
      runs, fmt::format("Delay task: discretisation, real part and B, {} steps, one seed each",
                        shorter.delay_steps)));
}

const DigitRun& named(const std::vector<DigitRun>& runs, std::string_view name) {
  return *std::ranges::find(runs, name, [](const DigitRun& r) { return r.setting.name; });
}

void judge_digits(Bench& b, const std::vector<DigitRun>& runs) {
  const Rng rng = b.rng.split("digit intervals");
  const DigitRun& legs = named(runs, "S4D-LegS");
  const DigitRun& s4 = named(runs, "S4-LegS (NPLR)");
  const DigitRun* best = nullptr;
  for (const DigitRun& run : runs)
    if (run.setting.method == "s4d" && (!best || run.mean() > best->mean())) best = &run;
  const auto percent = [](const DigitRun& run) {
    return fmt::format("{} {} %", run.setting.name, number_text(run.mean()));
  };
  b.measured["digits-best"] = {
      best->mean(), percent(s4),
      best->setting.name + ", " + spread_text(mean_over_seeds(best->accuracies, rng)), ""};
  // Seeds share their split of the digits, so differences are taken seed by seed.
  const auto difference = [&](const char* id, const DigitRun& above, const DigitRun& below,
                              const DigitRun& beside) {
    const Estimate gap = paired_difference(above.accuracies, below.accuracies, rng);
    b.measured[id] = {gap.value, percent(beside), spread_text(gap), ""};
  };
  difference("digits-legs-over-real", legs, named(runs, "S4D-Real"), named(runs, "S4D-Real"));
  difference("digits-behind-s4", s4, legs, s4);
  difference("digits-over-lstm", legs, named(runs, "LSTM"), named(runs, "LSTM"));
}

void run_digit_task(Bench& b) {
  const auto file = b.request.data.empty()
                        ? data::find_digits()
                        : std::optional(std::filesystem::path(b.request.data) / "digits.csv");
  if (!file) {
    b.note(
        "sequential digits skipped: scikit-learn's digits.csv.gz is not here; ./start installs it");
    return;
  }
  const auto images = data::read_digits(*file);
  const auto runs_at = [&](int64_t side, const std::vector<DigitCase>& cases, const Options& o) {
    auto runs = run_digits(cases, tasks::pixel_sequences(images, side), o, b.rng.split("digits"),
                           b.progress);
    b.show(digit_table(runs, fmt::format("Digits pixel by pixel, {} steps", side * side)));
    b.draw(digit_figure(runs));
    return runs;
  };
  runs_at(images.images.size(1), digit_cases(), b.options);
  if (b.options.long_epochs == 0) return;
  Options longer = b.options;
  longer.digit_epochs = b.options.long_epochs, longer.digit_seeds = b.options.long_seeds;
  longer.digit_batch = b.options.long_batch;
  judge_digits(b, runs_at(b.options.digit_side, long_cases(), longer));
}

void note_scale(Bench& b) {
  auto& notes = b.card.notes;
  notes.push_back("Long Range Arena needs its six sets and GPU days; it is not run.");
  if (b.request.scale == Scale::quick)
    notes.push_back("quick: no data; sequential digits and the ablation run at standard.");
  else
    notes.push_back(
        "Baselines have as many parameters as S4D-LegS. LSTM and Transformer get fewer epochs, so "
        "that training takes about as long; see docs/papers/s4d.md for the seconds.");
  notes.push_back("Speed and memory of the kernel are measured by ./bench s4d-kernel.");
}

void check(const Options& o) { require_positive(o, {"digit-epochs", "long-epochs", "delay-lag"}); }

void measure(Bench& b) {
  check_identities(b);
  check_theorem(b);
  run_delay_task(b);
  if (b.options.ablation) run_ablation(b);
  if (b.options.digit_epochs > 0) run_digit_task(b);
}

}  // namespace

Options options_for(Scale scale) {
  Options o;
  if (scale == Scale::quick) return o;
  o.seeds = 3, o.ablation = true, o.delay_steps = 1000;
  o.digit_epochs = 12, o.digit_seeds = 1, o.long_epochs = 7;
  if (scale == Scale::full) {
    o.delay_length = 4000, o.delay_lag = 1000, o.delay_steps = 5000;
    o.delay_channels = 128, o.delay_state = 64;
    o.digit_width = 128, o.digit_depth = 4, o.digit_state = 64,
    o.digit_epochs = o.long_epochs = 100;
    o.digit_seeds = o.long_seeds = 3;
  }
  return o;
}

std::vector<OptionInfo> options(Scale scale) { return describe_options(options_for(scale)); }

RunCard run(const RunRequest& request, Progress& progress) {
  return run_recipe<Options>({"s4d", options_for, check, claims, measure, note_scale}, request,
                             progress);
}

}  // namespace offprint::papers::s4d
