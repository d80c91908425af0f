#include "offprint/papers/monotone_dbm/recipe.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "offprint/core/error.h"
#include "offprint/core/numbers.h"
#include "offprint/data/digits.h"
#include "offprint/papers/monotone_dbm/digit_runs.h"
#include "offprint/papers/monotone_dbm/identities.h"
#include "offprint/papers/recipe_run.h"
#include "offprint/papers/statistics.h"

namespace offprint::papers::monotone_dbm {
namespace {

using Bench = papers::Bench<Options>;

void check_identities(Bench& b) {
  b.progress.start("identities");
  b.measured["prox-kkt"] = prox_residual(b.options.prox_groups, b.rng.split("prox"));
  b.measured["gradients"] = gradient_gap(b.rng.split("gradients"));
}

void run_small_models(Bench& b) {
  b.progress.start("machines of 16 variables");
  const std::vector<SmallModel> models = small_models(b.options.small_models, b.rng.split("small"));
  std::vector<double> ours, naive, x;
  for (const SmallModel& m : models) {
    ours.push_back(m.ours), naive.push_back(m.naive), x.push_back(m.coupling);
  }
  b.measured["exact"] = {mean(ours) / mean(naive),
                         fmt::format("KL {} and {} nats a variable", number_text(mean(ours), 3),
                                     number_text(mean(naive), 3)),
                         fmt::format("mean of {} machines", models.size()), ""};
  Plot plot{.title = "How far mean field is from the truth",
            .x_label = "largest coupling",
            .y_label = "KL [nats a variable]",
            .log_y = true};
  plot.lines.push_back({.label = "our mean field", .x = x, .y = ours, .points = true});
  plot.lines.push_back({
      .label = "best of 50 naive",
      .x = x,
      .y = naive,
      .points = true,
  });
  b.draw(
      {"Sixteen variables, exact marginals by enumeration. On one machine both end in the same "
       "point: the monotone iteration finds it without 50 starts.",
       plot});
}

void run_starts(Bench& b, const models::MonotoneDbm& model, const models::MonotoneDbm& wider) {
  b.progress.start("starts");
  const Measurement published = start_gap(model, b.options.starts, b.rng.split("starts"));
  const Measurement wide = start_gap(wider, b.options.starts, b.rng.split("starts"));
  b.measured["one-mean-field"] = published.ours > wide.ours ? published : wide;
  const Ends ends = plain_ends(model, b.options.starts, b.rng.split("plain"));
  b.measured["plain-fails"] = {
      static_cast<double>(ends.fixed_points + 2 * ends.cycles),
      fmt::format("{} fixed points, {} cycles of two", ends.fixed_points, ends.cycles),
      fmt::format("{} starts, {} of them settle nowhere", b.options.starts, ends.unsettled), ""};
  Plot plot{.title = "Plain parallel mean field without the cap",
            .x_label = "iteration",
            .y_label = "largest change of a marginal",
            .log_y = true};
  for (size_t s = 0; s < ends.changes.size(); ++s) {
    std::vector<double> x(ends.changes[s].size());
    for (size_t i = 0; i < x.size(); ++i) x[i] = static_cast<double>(i + 1);
    plot.lines.push_back({.label = fmt::format("start {}", s + 1), .x = x, .y = ends.changes[s]});
  }
  b.draw(
      {"A change that stays large is a cycle or worse; one that falls ends in one of several fixed "
       "points.",
       plot});
}

void judge_digits(Bench& b, const std::vector<DigitRun>& runs) {
  std::vector<double> margins, iterations;
  for (const DigitRun& run : runs) {
    margins.push_back(run.least_margin);
    iterations.insert(iterations.end(), run.iterations.begin(), run.iterations.end());
  }
  using Scores = std::map<std::string, double> DigitRun::*;
  const auto compare = [&](const char* id, Scores scores, const char* ours, const char* theirs) {
    std::vector<double> ratios;
    for (const DigitRun& run : runs)
      ratios.push_back((run.*scores).at(ours) / (run.*scores).at(theirs));
    const auto& first = runs.front().*scores;
    b.measured[id] = {
        mean(ratios),
        fmt::format("{} and {}", number_text(first.at(ours), 3), number_text(first.at(theirs), 3)),
        spread_text(mean_over_seeds(ratios, b.rng.split("spread"))), ""};
  };
  compare("joint-accuracy", &DigitRun::accuracy, kPublished, "classifier");
  compare("completion-rbm", &DigitRun::pixel_error, kPublished, "RBM");
  compare("completion-autoencoder", &DigitRun::pixel_error, kPublished, "autoencoder");
  compare("wider", &DigitRun::pixel_error, kWider, kPublished);
  compare("wider-autoencoder", &DigitRun::pixel_error, kWider, "autoencoder");
  compare("wider-accuracy", &DigitRun::accuracy, kWider, "classifier");
  const DigitRun& first = runs.front();
  b.measured["monotone"] = {
      *std::ranges::min_element(margins), fmt::format("m {}", b.options.fill.model.monotone),
      fmt::format("least of {} steps",
                  2 * first.machines.at(kPublished).training.steps * std::ssize(runs)),
      ""};
  b.measured["iterations"] = {
      median(iterations), b.options.fill.model.solver,
      fmt::format("{} images, most {}", iterations.size(), *std::ranges::max_element(iterations)),
      ""};
  b.show(digit_table(runs));
  for (Figure& figure : digit_figures(first)) b.draw(std::move(figure));
}

void measure(Bench& b) {
  check_identities(b);
  run_small_models(b);
  const auto path = data::find_digits();
  if (!path) {
    Rng init = b.rng.split("untrained");
    std::vector<int64_t> seen(64, 2);
    models::MonotoneDbmOptions wide = b.options.fill.model;
    wide.curvature = 2;
    run_starts(b, models::make_monotone_dbm(seen, b.options.fill.model, init),
               models::make_monotone_dbm(seen, wide, init));
    b.note("The digits are missing: ./start installs scikit-learn's package, which ships them.");
    return;
  }
  const data::LabelledImages digits = data::read_digits(*path);
  std::vector<DigitRun> runs;
  for (int64_t seed = 0; seed < b.options.seeds; ++seed)
    runs.push_back(run_digits(
        digits, b.options, b.rng.split("digits").split(static_cast<uint64_t>(seed)), b.progress));
  judge_digits(b, runs);
  const models::MonotoneDbm& published = runs.front().machines.at(kPublished).model;
  run_starts(b, published, runs.front().machines.at(kWider).model);
  b.progress.start("timing");
  b.measured["faster"] =
      speed(published,
            runs.front().test.states.slice(0, 0, 64).masked_fill(
                b.rng.split("timing").uniform({64, runs.front().test.states.size(1)}) < 0.5, -1),
            b.options.speed_repeats);
}

void note_scale(Bench& b) {
  b.note(
      "MNIST and CIFAR-10 are not among the data sets here; the digits are 8 x 8 (scikit-learn's "
      "package), black and white. The paper's convolutional machine is --coupling conv of the same "
      "model; the runs here couple all with all, which suits 64 pixels better.");
  b.note(
      "c = 2 is ours: the softmax has no Jacobian of norm above 1/2, so the entropy is curved by 2 "
      "at least and couplings may be up to twice as strong with every theorem intact. With c = 1, "
      "as published, marginals stay softer than the data's.");
}

void check(const Options& o) {
  require(o.prox_groups >= 1 && o.starts >= 2 && o.small_models >= 1 && o.seeds >= 1 &&
              o.rival_epochs >= 1 && o.speed_repeats >= 1,
          "options of monotone-dbm: every size is at least 1, --starts at least 2");
  require(o.levels >= 2 && o.levels <= 16, "--levels: {}, expected 2 to 16", o.levels);
  require(o.fill.model.coupling == "full", "--coupling: {}, the timing is of full couplings",
          o.fill.model.coupling);
  require(o.fill.model.curvature == 1, "--curvature: {}, the recipe runs both 1 and 2",
          o.fill.model.curvature);
  tasks::check(o.fill);
}

}  // namespace

Options options_for(Scale scale) {
  Options o;
  o.fill.epochs = 30;
  if (scale == Scale::quick) return o;
  o.prox_groups = 20'000, o.small_models = 40, o.seeds = 3, o.fill.epochs = 100,
  o.rival_epochs = 120;
  o.speed_repeats = 5;
  if (scale == Scale::full) o.seeds = 5, o.fill.epochs = 200;
  return o;
}

std::vector<OptionInfo> options(Scale scale) { return describe_options(options_for(scale)); }

RunCard run(const RunRequest& request, Progress& progress) {
  return run_recipe<Options>({"monotone-dbm", options_for, check, claims, measure, note_scale},
                             request, progress);
}

}  // namespace offprint::papers::monotone_dbm
