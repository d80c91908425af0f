#include "offprint/papers/fractional_sde/recipe.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "offprint/data/digits.h"
#include "offprint/papers/fractional_sde/bridge.h"
#include "offprint/papers/fractional_sde/checks.h"
#include "offprint/papers/fractional_sde/recovery.h"
#include "offprint/papers/fractional_sde/video.h"
#include "offprint/papers/recipe_run.h"
#include "offprint/papers/statistics.h"

namespace offprint::papers::fractional_sde {
namespace {

using Bench = papers::Bench<Options>;

void check_identities(Bench& b) {
  b.progress.start("identities");
  b.measured["weights"] =
      weights_against_paths(b.options.least_squares_paths, b.rng.split("weights"));
  b.measured["weight-slopes"] = slopes_in_hurst();
  b.measured["covariance"] = covariance_error();
  b.measured["brownian"] = brownian_error();
  b.measured["gradient"] = gradient_error(b.rng.split("gradient"));
  const Adjoint adjoint = adjoint_of(b.options.adjoint_steps, b.rng.split("adjoint"));
  b.measured["adjoint"] = adjoint.error;
  b.measured["adjoint-memory"] = adjoint.memory;
  b.draw(covariance_figure());
  b.draw(path_figure(b.rng.split("paths")));
}

Plot bridge_plot(double hurst, const Bridge& bridge) {
  Plot plot{
      .title = fmt::format("Bridge of H {:.1f}: learnt posterior and Gaussian process", hurst),
      .x_label = "time",
      .y_label = "X"};
  const auto band = [&](const char* label, const std::vector<double>& mean,
                        const std::vector<double>& deviation, bool dashed) {
    Plot::Line line{.label = label, .x = bridge.time, .y = mean, .dashed = dashed};
    for (size_t i = 0; i < mean.size(); ++i) {
      line.low.push_back(mean[i] - deviation[i]), line.high.push_back(mean[i] + deviation[i]);
    }
    return line;
  };
  plot.lines.push_back(band("learnt control", bridge.mean, bridge.deviation, false));
  plot.lines.push_back(band("Gaussian process", bridge.true_mean, bridge.true_deviation, true));
  for (size_t i = 0; i < std::min<size_t>(2, bridge.paths.size()); ++i)
    plot.lines.push_back(
        {.label = fmt::format("path {}", i + 1), .x = bridge.time, .y = bridge.paths[i]});
  return plot;
}

void run_bridges(Bench& b) {
  BridgeOptions o;
  o.train_steps = b.options.bridge_steps, o.paths = b.options.bridge_paths;
  TextTable table{
      "Bridges from 0, seen as 1 at the end with noise 0.1",
      {"H", "mean, off", "variance, off", "bound", "evidence", "best control: mean", "variance"},
      {}};
  double mean = 0, variance = 0;
  for (const double hurst : {0.3, 0.7}) {
    const Bridge bridge = run_bridge(
        hurst, o, b.rng.split("bridge").split(static_cast<uint64_t>(10 * hurst)), b.progress);
    mean = std::max(mean, bridge.mean_error), variance = std::max(variance, bridge.variance_error);
    const auto percent = [](double share) { return fmt::format("{:.1f} %", 100 * share); };
    table.rows.push_back({fmt::format("{:.1f}", hurst), percent(bridge.mean_error),
                          percent(bridge.variance_error), fmt::format("{:.2f}", bridge.bound),
                          fmt::format("{:.2f}", bridge.evidence), percent(bridge.guided_mean_error),
                          percent(bridge.guided_variance_error)});
    b.draw(
        {"Bands are one deviation. Where they part, the control has not learnt all of it; the "
         "bound in the table says by how many nats.",
         bridge_plot(hurst, bridge)});
  }
  b.measured["bridge-mean"] = {mean, "closed-form Gaussian process", "H 0.3 and 0.7", ""};
  b.measured["bridge-variance"] = {variance, "closed-form Gaussian process", "H 0.3 and 0.7", ""};
  b.show(std::move(table));
}

void judge_recovery(Bench& b, const std::vector<Recovered>& all) {
  TextTable table{fmt::format("Hurst index, mean of {} series of {} steps", b.options.seeds,
                              b.options.series_steps),
                  {"truth", "ours", "Whittle", "DFA", "madogram", "lead over Brownian [nats]"},
                  {}};
  Plot plot{.title = "Hurst index found", .x_label = "truth", .y_label = "found"};
  Plot::Line truth{.label = "truth", .dashed = true},
      ours{.label = "largest bound", .points = true}, whittle{.label = "Whittle", .points = true},
      dfa{.label = "DFA", .points = true};
  double worst = 0, worst_whittle = 0, worst_dfa = 0, least = INFINITY;
  for (const Recovered& r : all) {
    const double found = mean(r.ours), theirs = mean(r.whittle), fluctuation = mean(r.dfa);
    worst = std::max(worst, std::abs(found - r.truth));
    worst_whittle = std::max(worst_whittle, std::abs(theirs - r.truth));
    worst_dfa = std::max(worst_dfa, std::abs(fluctuation - r.truth));
    const double lead = *std::ranges::min_element(r.lead);
    if (std::abs(r.truth - 0.5) >= 0.2 - 1e-9) least = std::min(least, lead);
    table.rows.push_back({fmt::format("{:.1f}", r.truth), fmt::format("{:.3f}", found),
                          fmt::format("{:.3f}", theirs), fmt::format("{:.3f}", fluctuation),
                          fmt::format("{:.3f}", mean(r.madogram)),
                          fmt::format("{:.1f} (least {:.1f})", mean(r.lead), lead)});
    truth.x.push_back(r.truth), truth.y.push_back(r.truth);
    for (auto* line : {&ours, &whittle, &dfa}) line->x.push_back(r.truth);
    ours.y.push_back(found), whittle.y.push_back(theirs), dfa.y.push_back(fluctuation);
  }
  b.measured["hurst"] = {worst, fmt::format("Whittle {:.3f}, DFA {:.3f}", worst_whittle, worst_dfa),
                         fmt::format("nine indices, {} seeds each", b.options.seeds), ""};
  b.measured["twin"] = {least, "Brownian noise, scale fitted",
                        fmt::format("six indices, {} seeds each", b.options.seeds), ""};
  plot.lines = {truth, ours, whittle, dfa};
  b.draw(
      {"Each point is a mean over the seeds; a likelihood that knows the noise (ours, Whittle) "
       "keeps to the line where fluctuation analysis strays.",
       plot});
  b.show(std::move(table));
}

void judge_videos(Bench& b) {
  const auto path = data::find_digits();
  if (!path) {
    b.note("The digits are missing: ./start installs scikit-learn's package, which ships them.");
    return;
  }
  const data::LabelledImages digits = data::read_digits(*path);
  VideoOptions o;
  o.train_steps = b.options.video_steps, o.batch = b.options.video_batch;
  o.samples = b.options.video_samples;
  TextTable table{fmt::format("Moving digits: {} frames seen, {} foretold", o.frames, o.ahead),
                  {"seed", "noise", "bound [nats/clip]", "PSNR ahead [dB]", "PSNR seen [dB]", "H"},
                  {}};
  double ahead = 0, nearer = 0;
  std::vector<double> bounds, distances;
  for (int64_t seed = 0; seed < b.options.video_seeds; ++seed) {
    const std::vector<VideoRun> runs =
        run_videos(digits, o, b.rng.split("video").split(static_cast<uint64_t>(seed)), b.progress);
    for (const VideoRun& run : runs) {
      std::string hurst;
      if (run.noise == "fractional")
        for (const double h : run.hurst)
          hurst += fmt::format("{}{:.2f}", hurst.empty() ? "" : " ", h);
      table.rows.push_back({std::to_string(seed + 1), run.noise, fmt::format("{:.1f}", run.bound),
                            fmt::format("{:.2f}", run.psnr), fmt::format("{:.2f}", run.seen_psnr),
                            hurst});
    }
    bounds.push_back(runs[0].bound - runs[1].bound);
    distances.push_back(runs[0].psnr - runs[1].psnr);
    ahead += bounds.back() > 0, nearer += distances.back() > 0;
    if (seed == 0) b.draw(sheet_figure(runs, o));
  }
  b.measured["video-bound"] = {ahead, fmt::format("{:+.1f} nats a clip on average", mean(bounds)),
                               fmt::format("{} seeds", b.options.video_seeds), ""};
  b.measured["video-psnr"] = {nearer, fmt::format("{:+.2f} dB on average", mean(distances)),
                              fmt::format("{} seeds", b.options.video_seeds), ""};
  b.show(std::move(table));
}

void measure(Bench& b) {
  check_identities(b);
  judge_recovery(b, recover_hurst(b.options.series_steps, b.options.seeds, b.options.terms,
                                  b.rng.split("recovery"), b.progress));
  run_bridges(b);
  if (b.options.video_seeds > 0) judge_videos(b);
  b.progress.start("timing");
  b.measured["paths"] = speed(b.options.speed_repeats, b.rng.split("speed"));
}

void note_scale(Bench& b) {
  b.note(
      "For a linear equation the best control is known in closed form and the bound there is the "
      "evidence: the Hurst index of a series is found by maximising it exactly. The bridges' "
      "controls are learnt by gradient from a control that does nothing.");
  b.note(
      "torchsde and numpy are timed by ./bench sde; the run times tensor operations of the same "
      "kind.");
}

void check(const Options& o) { require_positive(o, {"video-seeds"}); }

}  // namespace

Options options_for(Scale scale) {
  Options o;
  if (scale == Scale::quick) return o;
  o.bridge_steps = 2000, o.bridge_paths = 128, o.series_steps = 1024, o.speed_repeats = 9;
  o.terms = 12, o.video_seeds = 3, o.video_steps = 1500;
  if (scale == Scale::full) o.seeds = 10, o.series_steps = 4096;
  return o;
}

std::vector<OptionInfo> options(Scale scale) { return describe_options(options_for(scale)); }

RunCard run(const RunRequest& request, Progress& progress) {
  return run_recipe<Options>({"fractional-sde", options_for, check, claims, measure, note_scale},
                             request, progress);
}

}  // namespace offprint::papers::fractional_sde
