#include "offprint/papers/chimera/recipe.h"

#include <algorithm>

#include "offprint/core/error.h"
#include "offprint/papers/chimera/audit_runs.h"
#include "offprint/papers/chimera/figures.h"
#include "offprint/papers/chimera/grid_runs.h"
#include "offprint/papers/chimera/grids.h"
#include "offprint/papers/chimera/scan_checks.h"
#include "offprint/papers/forecast_study.h"
#include "offprint/papers/recipe_run.h"
#include "offprint/papers/statistics.h"

namespace offprint::papers::chimera {
namespace {

using Bench = papers::Bench<Options>;

void check_scan(Bench& b) {
  b.progress.start("2-D scan");
  b.measured["scan-equals-loops"] = scan_gap(b.rng.split("scan"));
  b.measured["scan-gradients"] = scan_gradient_gap(b.rng.split("gradients"));
  b.measured["uncoupled-is-mamba"] = mamba_gap(b.rng.split("mamba"));
  b.measured["one-variate-is-one-dimensional"] = one_variate_gap(b.rng.split("one variate"));
  b.measured["scan-over-loops"] =
      times_faster(b.options.loop_variates, b.options.loop_steps, b.rng.split("loops"));
  const ScanTimes times = scan_times(b.rng.split("times"));
  const SlopeFit fit = fit_exponent(times.cells, times.seconds, b.rng.split("slope"));
  b.measured["scan-slope"] = {
      fit.slope.value, fmt::format("{} s for 64 x 512 cells", number_text(times.seconds.back(), 2)),
      spread_text(fit.slope, "size"), ""};
  b.draw(scan_figure(times));
}

void check_leaks(Bench& b) {
  Options small;
  small.season_columns = 4, small.season_rows = 260, small.season_lookback = 24;
  small.season_horizon = 6, small.season_epochs = 1, small.width = 8;
  ForecastStudy study = seasons_study(small, b.rng.split("leak"));
  study.shape.season = 6;
  Measurement open = leak(study, {"chimera", "2d-mamba", "chimera-one-way", "chimera-fixed"},
                          b.rng.split("leak"), b.progress);
  study.options.decoder = "closed-loop";
  const Measurement loop = leak(study, {"chimera"}, b.rng.split("leak"), b.progress);
  open.ours = std::max(open.ours, loop.ours);
  b.measured["no-leak"] = std::move(open);
}

void forecast_recurrence(Bench& b) {
  const RecurrenceRun run = run_recurrence(b.options, b.rng.split("recurrence"), b.progress);
  const MethodRun& ours = run.runs.front();
  const MethodRun oracle{"who knows it", 0, {run.noise}, {}, {}, {}};
  const Rng rng = b.rng.split("recurrence intervals");
  b.measured["recurrence-over-noise"] = ratio_of(ours, oracle, rng);
  const auto best = std::ranges::min_element(run.runs.begin() + 1, run.runs.end(), {},
                                             [](const MethodRun& r) { return mean(r.mse); });
  b.measured["columns-alone-over-ours"] = ratio_of(*best, ours, rng);
  b.show(
      run_table(run.runs, fmt::format("Two-dimensional recurrence: {} columns, {} rows, one row "
                                      "ahead; who knows it has MSE {}",
                                      b.options.columns, b.options.rows, number_text(run.noise))));
  b.draw(recurrence_figure(run));
}

void forecast_seasons(Bench& b) {
  const ForecastStudy study = seasons_study(b.options, b.rng.split("seasons"));
  std::vector<std::string> methods = {"seasonal-naive", "ridge", "s-mamba", "2d-mamba", "chimera"};
  if (b.options.ablations)
    methods.insert(methods.end(), {"2d-mamba-2", "chimera-one-way", "chimera-fixed"});
  const auto runs =
      run_methods(study, methods, b.options.seeds, b.rng.split("seasons"), b.progress);
  const MethodRun& ours = named(runs, "chimera");
  const Rng rng = b.rng.split("season intervals");
  b.measured["two-heads-over-one"] = ratio_of(ours, named(runs, "2d-mamba"), rng);
  const std::string title = fmt::format("Seasons, trends, neighbours: {} columns, {} rows ahead",
                                        b.options.season_columns, b.options.season_horizon);
  b.show(run_table(runs, title));
  b.draw(error_by_step(runs, title, "A season ahead, from what the last seasons showed."));
  if (!b.options.ablations) return;
  b.measured["two-way-over-one-way"] = ratio_of(ours, named(runs, "chimera-one-way"), rng);
  b.measured["selective-over-fixed"] = ratio_of(ours, named(runs, "chimera-fixed"), rng);
  const OrderRun orders =
      run_orders(study, std::max<int64_t>(2, b.options.seeds), b.rng.split("orders"), b.progress);
  b.measured["order-over-seeds"] = {
      orders.by_order / orders.by_seed,
      fmt::format("forecasts {} apart by order, {} by seed; MSE by order {} to {}",
                  number_text(orders.by_order), number_text(orders.by_seed),
                  number_text(std::ranges::min(orders.mse)),
                  number_text(std::ranges::max(orders.mse))),
      fmt::format("{} orders and seeds, all pairs", orders.mse.size()), ""};
}

void find_faults(Bench& b) {
  const AuditRun run = run_recurrence_audit(b.options, b.rng.split("faults"), b.progress);
  const auto precision = [&](const char* method) {
    MethodRun of{method};
    for (const Detection& d : run.found.at("decoupled").at(method)) of.mse.push_back(d.precision);
    return of;
  };
  const MethodRun ours = precision("chimera"), ar = precision("ar"), z = precision("z-score");
  const MethodRun& best = mean(ar.mse) > mean(z.mse) ? ar : z;
  Measurement m = ratio_of(ours, best, b.rng.split("fault intervals"));
  m.baseline = fmt::format(
      "average precision {}, {} {}, pca {}, chance {}", number_text(mean(ours.mse), 3), best.method,
      number_text(mean(best.mse), 3), number_text(mean(precision("pca").mse), 3),
      number_text(run.chance.at("decoupled"), 2));
  b.measured["decoupled-over-columns"] = std::move(m);
  b.show(audit_table(run));
  b.draw(heat_figure(run));
}

void forecast_etth1(Bench& b) {
  const auto series = find_ett("ETTh1", b.request.data, {});
  if (!series) return b.note(ett_missing("ETTh1"));
  const std::vector<int64_t> horizons = {96, 192, 336, 720};
  std::vector<std::vector<MethodRun>> all;
  for (const int64_t horizon : horizons)
    all.push_back(run_methods(etth1_study(*series, horizon, b.options),
                              {"ridge", "s-mamba", "chimera"}, 1, b.rng.split("etth1"),
                              b.progress));
  b.show(etth1_table(horizons, all));
  const auto average = [&](const char* method) {
    MethodRun of{method};
    std::vector<double> each;
    for (const auto& runs : all) each.push_back(mean(named(runs, method).mse));
    of.mse.push_back(mean(each));
    return of;
  };
  const MethodRun ours = average("chimera"), rival = average("s-mamba");
  b.show(audit_table(run_ett_audit(series->values.slice(0, 0, 6000), b.options,
                                   b.rng.split("ett faults"), b.progress)));
  b.measured["etth1-over-s-mamba"] = ratio_of(ours, rival, b.rng.split("etth1 interval"));
  b.measured["etth1-average"] = {mean(ours.mse),
                                 fmt::format("S-Mamba {}, ridge {}", number_text(mean(rival.mse)),
                                             number_text(mean(average("ridge").mse))),
                                 "one seed", ""};
}

void measure(Bench& b) {
  check_scan(b);
  check_leaks(b);
  forecast_recurrence(b);
  find_faults(b);
  forecast_seasons(b);
  if (b.options.etth1_steps > 0) forecast_etth1(b);
}

void note_scale(Bench& b) {
  b.note(
      "ECL, Traffic, Weather, PTB-XL, Speech Commands, SMD, SWaT, PSM and SMAP are not here: "
      "generated grids with a known recurrence and faults put into them stand in.");
  b.note(
      "The matrices along time are diagonal in both heads; the companion matrix stands in the "
      "closed loop that carries a forecast on.");
  b.note("Speed at 64 x 512 cells against nested loops in PyTorch: ./bench scan2d.");
}

void check(const Options& o) { require_positive(o, {"etth1-steps"}); }

}  // namespace

Options options_for(Scale scale) {
  Options o;
  if (scale == Scale::quick) return o;
  o.seeds = 3, o.loop_variates = 64, o.loop_steps = 512, o.rows = 3600, o.season_rows = 3600;
  o.ablations = true, o.etth1_steps = 300;
  if (scale == Scale::full)
    o.width = 64, o.depth = 3, o.d_state = 16, o.etth1_width = 128, o.etth1_steps = 5000,
    o.etth1_lr = 3e-4;
  return o;
}

std::vector<OptionInfo> options(Scale scale) { return describe_options(options_for(scale)); }

RunCard run(const RunRequest& request, Progress& progress) {
  return run_recipe<Options>({"chimera", options_for, check, claims, measure, note_scale}, request,
                             progress);
}

}  // namespace offprint::papers::chimera
