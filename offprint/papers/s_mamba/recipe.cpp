#include "offprint/papers/s_mamba/recipe.h"

#include <algorithm>

#include "offprint/core/error.h"
#include "offprint/papers/forecast_study.h"
#include "offprint/papers/recipe_run.h"
#include "offprint/papers/s_mamba/figures.h"
#include "offprint/papers/s_mamba/forecast_runs.h"
#include "offprint/papers/s_mamba/ring_road.h"
#include "offprint/papers/s_mamba/scan_checks.h"
#include "offprint/papers/statistics.h"

namespace offprint::papers::s_mamba {
namespace {

using Bench = papers::Bench<Options>;

void check_scan(Bench& b) {
  b.progress.start("selective scan");
  b.measured["scan-equals-recurrence"] = scan_gap(b.rng.split("scan"));
  b.measured["scan-gradients"] = scan_gradient_gap(b.rng.split("gradients"));
  ScanTimes times = scan_times(b.options.scan_length, b.rng.split("scan times"));
  b.measured["scan-over-published"] = std::move(times.published);
  b.measured["scan-over-steps"] = std::move(times.step_by_step);
  b.measured["scan-over-associative"] = std::move(times.associative);
  b.measured["no-leak"] = leak(b.rng.split("leak"), b.progress);
}

void time_columns(Bench& b) {
  const StepTimes times = step_times(b.options, b.rng.split("times"), b.progress);
  const Rng rng = b.rng.split("time intervals");
  const auto exponent = [&](const std::vector<double>& seconds, const std::vector<double>& other,
                            const char* name) {
    const SlopeFit fit = fit_exponent(times.columns, seconds, rng);
    return Measurement{fit.slope.value,
                       fmt::format("{} at V {}: {} s, {} s", name, times.columns.back(),
                                   number_text(seconds.back(), 2), number_text(other.back(), 2)),
                       spread_text(fit.slope, "size"), ""};
  };
  b.measured["time-mamba"] = exponent(times.mamba, times.attention, "S-Mamba, attention");
  b.measured["time-attention"] = exponent(times.attention, times.mamba, "attention, S-Mamba");
  b.draw(time_figure(times));
  b.show(time_table(times));
}

data::Series make_road(const Bench& b) {
  return ring_road({.sensors = b.options.sensors, .rows = b.options.rows},
                   b.rng.split("ring road"));
}

MethodRun run_ring(Bench& b) {
  const ForecastStudy study = ring_study(make_road(b), b.options);
  const std::string title =
      fmt::format("Ring road: {} sensors, {} of {} rows ahead from {}", b.options.sensors,
                  b.options.horizon, b.options.rows, b.options.lookback);
  const auto runs = run_methods(
      study,
      {"naive", "ridge", "dlinear", "column-mlp", "itransformer", "s-mamba-one-way", "s-mamba"},
      b.options.seeds, b.rng.split("ring"), b.progress);
  MethodRun ours = named(runs, "s-mamba");
  const Rng rng = b.rng.split("ring intervals");
  b.measured["ring-over-dlinear"] = ratio_of(ours, named(runs, "dlinear"), rng);
  b.measured["ring-over-attention"] = ratio_of(ours, named(runs, "itransformer"), rng);
  b.measured["ring-over-column-mlp"] = ratio_of(ours, named(runs, "column-mlp"), rng);
  b.show(run_table(runs, title));
  b.draw(error_bars(runs, title));
  b.draw(error_by_step(
      runs, title,
      "Where the columns help: near steps, whose causes a neighbour has shown already."));
  if (b.request.scale == Scale::quick) return ours;
  b.draw(example_figure(example_of(study, {"ridge", "s-mamba"}, b.rng.split("ring"), b.progress)));
  b.measured["few-columns"] = few_columns(study, ours, b.rng.split("ring"), b.progress);
  return ours;
}

// Each seed has an order of its own, the same for both.
void run_orders(Bench& b, const MethodRun& along_the_road) {
  MethodRun one{"one way"}, both{"both ways"};
  const data::Series road = make_road(b);
  for (int64_t k = 0; k < b.options.order_seeds; ++k) {
    const Rng rng = b.rng.split("orders").split(static_cast<uint64_t>(k));
    const auto order = rng.split("order").permutation(b.options.sensors);
    const auto runs = run_methods(ring_study(reordered(road, order), b.options),
                                  {"s-mamba-one-way", "s-mamba"}, 1, rng, b.progress);
    one.mse.push_back(runs[0].mse[0]), one.mae.push_back(runs[0].mae[0]);
    both.mse.push_back(runs[1].mse[0]), both.mae.push_back(runs[1].mae[0]);
    one.seconds.push_back(runs[0].seconds[0]), both.seconds.push_back(runs[1].seconds[0]);
    one.parameters = runs[0].parameters, both.parameters = runs[1].parameters;
  }
  Measurement m = ratio_of(both, one, b.rng.split("order intervals"));
  m.spread += fmt::format("; orders: {} to {}", number_text(std::ranges::min(both.mse)),
                          number_text(std::ranges::max(both.mse)));
  b.measured["two-way-over-one-way"] = std::move(m);
  b.measured["order"] = ratio_of(both, along_the_road, b.rng.split("order intervals"));
  b.show(run_table({one, both}, "Ring road, sensors in random order"));
}

void sweep_lookbacks(Bench& b, ForecastStudy study) {
  study.options.epochs = std::min<int64_t>(3, study.options.epochs);
  TextTable table{fmt::format("ETTh1, horizon {}: MSE by lookback", b.options.etth1_horizon),
                  {"lookback", "ridge", "S-Mamba", "iTransformer"},
                  {}};
  for (const int64_t lookback : {48, 96, 192, 336, 720}) {
    study.shape.lookback = lookback;
    const auto runs = run_methods(study, {"ridge", "s-mamba", "itransformer"}, 1,
                                  b.rng.split("lookbacks"), b.progress);
    table.rows.push_back({std::to_string(lookback), number_text(runs[0].mse[0]),
                          number_text(runs[1].mse[0]), number_text(runs[2].mse[0])});
  }
  b.show(std::move(table));
}

void run_etth1(Bench& b) {
  std::optional<data::Series> series = find_ett("ETTh1", b.request.data, {});
  if (!series) return b.note(ett_missing("ETTh1"));
  const ForecastStudy study = etth1_study(std::move(*series), b.options);
  const std::string title = fmt::format("ETTh1: {} hours ahead from 96", b.options.etth1_horizon);
  const auto runs = run_methods(
      study,
      {"naive", "ridge", "dlinear", "column-mlp", "itransformer", "s-mamba-one-way", "s-mamba"},
      b.options.etth1_seeds, b.rng.split("etth1"), b.progress);
  const MethodRun &ours = named(runs, "s-mamba"), &ridge = named(runs, "ridge");
  if (b.options.etth1_horizon == 96)
    b.measured["etth1-96"] = {
        mean(ours.mse),
        fmt::format("ridge {}, DLinear {}, iTransformer {}", number_text(mean(ridge.mse)),
                    number_text(mean(named(runs, "dlinear").mse)),
                    number_text(mean(named(runs, "itransformer").mse))),
        spread_text(mean_over_seeds(ours.mse, b.rng.split("etth1 interval"))), ""};
  b.show(run_table(runs, title));
  b.draw(error_bars(runs, title));
  if (b.options.lookbacks) sweep_lookbacks(b, study);
}

void note_scale(Bench& b) {
  b.note(
      "Traffic, ECL, PEMS and Solar are not here: the ring road stands in for their many columns.");
  b.note("Time marks are no tokens here: a forecaster sees the history and nothing else.");
  b.note("Speed and memory of the scan at L 4096: ./study selective-scan.");
}

void check(const Options& o) {
  require_positive(o, {"etth1-epochs", "order-seeds"});
  require(o.time_columns >= 16, "--time-columns: {}, expected >= 16", o.time_columns);
}

void measure(Bench& b) {
  check_scan(b);
  time_columns(b);
  const MethodRun along_the_road = run_ring(b);
  if (b.options.order_seeds > 0) run_orders(b, along_the_road);
  if (b.options.etth1_epochs > 0) run_etth1(b);
}

}  // namespace

Options options_for(Scale scale) {
  Options o;
  if (scale == Scale::quick) return o;
  o.seeds = 3, o.rows = 4032, o.order_seeds = 3, o.etth1_epochs = 5, o.lookbacks = true;
  o.scan_length = 1024;
  if (scale == Scale::full) {
    o.sensors = 800, o.rows = 8760, o.lookback = 96, o.horizon = 96;
    o.width = 512, o.depth = 4, o.d_state = 16, o.heads = 8, o.lr = 1e-3;
    o.etth1_width = 256, o.etth1_seeds = 3, o.etth1_lr = 7e-5;
    o.scan_length = 4096;
  }
  return o;
}

std::vector<OptionInfo> options(Scale scale) { return describe_options(options_for(scale)); }

RunCard run(const RunRequest& request, Progress& progress) {
  return run_recipe<Options>({"s-mamba", options_for, check, claims, measure, note_scale}, request,
                             progress);
}

}  // namespace offprint::papers::s_mamba
