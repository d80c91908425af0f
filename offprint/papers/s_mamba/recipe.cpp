#include "offprint/papers/s_mamba/recipe.h"

#include <algorithm>
#include <filesystem>

#include "offprint/core/error.h"
#include "offprint/data/catalog.h"
#include "offprint/data/csv.h"
#include "offprint/papers/s_mamba/figures.h"
#include "offprint/papers/s_mamba/ring_road.h"
#include "offprint/papers/s_mamba/scan_checks.h"
#include "offprint/papers/statistics.h"

namespace offprint::papers::s_mamba {
namespace {

struct Run {  // what the parts of a run share
  const RunRequest& request;
  const Options& options;
  Rng rng;
  Progress& progress;
  RunCard& card;
  Measurements measured;
};

void check_scan(Run& r) {
  r.progress.start("selective scan");
  r.measured["scan-equals-recurrence"] = scan_gap(r.rng.split("scan"));
  r.measured["scan-gradients"] = scan_gradient_gap(r.rng.split("gradients"));
  ScanTimes times = scan_times(r.options.scan_length, r.rng.split("scan times"));
  r.measured["scan-over-published"] = std::move(times.published);
  r.measured["scan-over-steps"] = std::move(times.step_by_step);
  r.measured["scan-over-associative"] = std::move(times.associative);
  r.measured["no-leak"] = leak(r.rng.split("leak"), r.progress);
}

void time_columns(Run& r) {
  const StepTimes times = step_times(r.options, r.rng.split("times"), r.progress);
  const Rng rng = r.rng.split("time intervals");
  const auto exponent = [&](const std::vector<double>& seconds, const std::vector<double>& other,
                            const char* name) {
    const SlopeFit fit = fit_exponent(times.columns, seconds, rng);
    return Measurement{fit.slope.value,
                       fmt::format("{} at V {}: {} s, {} s", name, times.columns.back(),
                                   number_text(seconds.back(), 2), number_text(other.back(), 2)),
                       spread_text(fit.slope, "size"), ""};
  };
  r.measured["time-mamba"] = exponent(times.mamba, times.attention, "S-Mamba, attention");
  r.measured["time-attention"] = exponent(times.attention, times.mamba, "attention, S-Mamba");
  r.card.figures.push_back(time_figure(times));
  r.card.tables.push_back(time_table(times));
}

data::Series make_road(const Run& r) {
  return ring_road({.sensors = r.options.sensors, .rows = r.options.rows},
                   r.rng.split("ring road"));
}

MethodRun run_ring(Run& r, Scale scale) {
  const Bench bench = ring_bench(make_road(r), r.options);
  const std::string title =
      fmt::format("Ring road: {} sensors, {} of {} rows ahead from {}", r.options.sensors,
                  r.options.horizon, r.options.rows, r.options.lookback);
  const auto runs = run_methods(
      bench,
      {"naive", "ridge", "dlinear", "column-mlp", "itransformer", "s-mamba-one-way", "s-mamba"},
      r.options.seeds, r.rng.split("ring"), r.progress);
  MethodRun ours = named(runs, "s-mamba");
  const Rng rng = r.rng.split("ring intervals");
  r.measured["ring-over-dlinear"] = ratio_of(ours, named(runs, "dlinear"), rng);
  r.measured["ring-over-attention"] = ratio_of(ours, named(runs, "itransformer"), rng);
  r.measured["ring-over-column-mlp"] = ratio_of(ours, named(runs, "column-mlp"), rng);
  r.card.tables.push_back(run_table(runs, title));
  r.card.figures.push_back(error_bars(runs, title));
  r.card.figures.push_back(error_by_step(runs, title));
  if (scale == Scale::quick) return ours;
  r.card.figures.push_back(
      example_figure(example_of(bench, {"ridge", "s-mamba"}, r.rng.split("ring"), r.progress)));
  r.measured["few-columns"] = few_columns(bench, ours, r.rng.split("ring"), r.progress);
  return ours;
}

// Each seed has an order of its own, the same for both.
void run_orders(Run& r, const MethodRun& along_the_road) {
  MethodRun one{"one way"}, both{"both ways"};
  const data::Series road = make_road(r);
  for (int64_t k = 0; k < r.options.order_seeds; ++k) {
    const Rng rng = r.rng.split("orders").split(static_cast<uint64_t>(k));
    const auto order = rng.split("order").permutation(r.options.sensors);
    const auto runs = run_methods(ring_bench(reordered(road, order), r.options),
                                  {"s-mamba-one-way", "s-mamba"}, 1, rng, r.progress);
    one.mse.push_back(runs[0].mse[0]), one.mae.push_back(runs[0].mae[0]);
    both.mse.push_back(runs[1].mse[0]), both.mae.push_back(runs[1].mae[0]);
    one.seconds.push_back(runs[0].seconds[0]), both.seconds.push_back(runs[1].seconds[0]);
    one.parameters = runs[0].parameters, both.parameters = runs[1].parameters;
  }
  Measurement m = ratio_of(both, one, r.rng.split("order intervals"));
  m.spread += fmt::format("; orders: {} to {}", number_text(std::ranges::min(both.mse)),
                          number_text(std::ranges::max(both.mse)));
  r.measured["two-way-over-one-way"] = std::move(m);
  r.measured["order"] = ratio_of(both, along_the_road, r.rng.split("order intervals"));
  r.card.tables.push_back(run_table({one, both}, "Ring road, sensors in random order"));
}

std::optional<data::Series> etth1(Run& r) {
  const auto set = r.request.data.empty() ? data::find_set("ett")
                                          : std::optional(std::filesystem::path(r.request.data));
  if (!set || !std::filesystem::exists(*set / "ETTh1.csv")) {
    r.card.notes.push_back("ETTh1 skipped: it is not here; offprint data get ett brings it");
    return std::nullopt;
  }
  return data::series_from_table(data::read_csv(*set / "ETTh1.csv"), {}, "");
}

void sweep_lookbacks(Run& r, Bench bench) {
  bench.options.epochs = std::min<int64_t>(3, bench.options.epochs);
  TextTable table{fmt::format("ETTh1, horizon {}: MSE by lookback", r.options.etth1_horizon),
                  {"lookback", "ridge", "S-Mamba", "iTransformer"},
                  {}};
  for (const int64_t lookback : {48, 96, 192, 336, 720}) {
    bench.shape.lookback = lookback;
    const auto runs = run_methods(bench, {"ridge", "s-mamba", "itransformer"}, 1,
                                  r.rng.split("lookbacks"), r.progress);
    table.rows.push_back({std::to_string(lookback), number_text(runs[0].mse[0]),
                          number_text(runs[1].mse[0]), number_text(runs[2].mse[0])});
  }
  r.card.tables.push_back(std::move(table));
}

void run_etth1(Run& r) {
  std::optional<data::Series> series = etth1(r);
  if (!series) return;
  const Bench bench = etth1_bench(std::move(*series), r.options);
  const std::string title = fmt::format("ETTh1: {} hours ahead from 96", r.options.etth1_horizon);
  const auto runs = run_methods(
      bench,
      {"naive", "ridge", "dlinear", "column-mlp", "itransformer", "s-mamba-one-way", "s-mamba"},
      r.options.etth1_seeds, r.rng.split("etth1"), r.progress);
  const MethodRun &ours = named(runs, "s-mamba"), &ridge = named(runs, "ridge");
  if (r.options.etth1_horizon == 96)
    r.measured["etth1-96"] = {
        mean(ours.mse),
        fmt::format("ridge {}, DLinear {}, iTransformer {}", number_text(mean(ridge.mse)),
                    number_text(mean(named(runs, "dlinear").mse)),
                    number_text(mean(named(runs, "itransformer").mse))),
        spread_text(mean_over_seeds(ours.mse, r.rng.split("etth1 interval"))), ""};
  r.card.tables.push_back(run_table(runs, title));
  r.card.figures.push_back(error_bars(runs, title));
  if (r.options.lookbacks) sweep_lookbacks(r, bench);
}

void note_scale(Run& r) {
  r.card.notes.push_back(
      "Traffic, ECL, PEMS and Solar are not here: the ring road stands in for their many columns.");
  r.card.notes.push_back(
      "Time marks are no tokens here: a forecaster sees the history and nothing else.");
  r.card.notes.push_back("Speed and memory of the scan at L 4096: ./bench selective-scan.");
}

void check(const Options& o) {
  Options copy = o;
  for (const OptionField& field : option_fields(copy))
    if (const auto* size = std::get_if<int64_t*>(&field.value))
      require(**size >= (field.name == "etth1-epochs" || field.name == "order-seeds" ? 0 : 1),
              "--{}: {}, expected a positive number", field.name, **size);
  require(o.time_columns >= 16, "--time-columns: {}, expected >= 16", o.time_columns);
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
  Options chosen = options_for(request.scale);
  options_from_json(option_fields(chosen), request.options, "options of s-mamba");
  check(chosen);
  chosen.device = request.device;
  RunCard card;
  card.scale = scale_name(request.scale);
  card.seed = request.seed, card.device = request.device;
  card.options = options_to_json(option_fields(chosen));
  Run r{request, chosen, Rng(request.seed).split("s-mamba"), progress, card, {}};
  try {
    check_scan(r);
    time_columns(r);
    const MethodRun along_the_road = run_ring(r, request.scale);
    if (chosen.order_seeds > 0) run_orders(r, along_the_road);
    if (chosen.etth1_epochs > 0) run_etth1(r);
  } catch (const Stopped&) {
    card.stopped = true;
  }
  note_scale(r);
  judge_all(card, claims(), std::move(r.measured));
  return card;
}

}  // namespace offprint::papers::s_mamba
