#include "offprint/tasks/fractional_series.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "offprint/core/error.h"
#include "offprint/models/fractional_shape.h"
#include "offprint/nn/optimizer.h"
#include "offprint/tasks/hurst_estimates.h"

namespace offprint::tasks {
namespace {

constexpr int64_t kWindow = 32, kBatch = 48;
constexpr double kKeptApart = 0.25;  // of the rows, at the end
constexpr double kWilks = 1.92;      // nats: 95 % of one number more

// The guide needs some noise: a thousandth of a step's variance changes nothing that is printed.
kernels::FractionalLine with_some_noise(kernels::FractionalLine line) {
  line.noise = std::max(line.noise, 1e-3 * line.scale * line.scale);
  return line;
}

void look_at_column(FractionalSeries& out, const data::Series& series) {
  const auto& o = out.options;
  const Tensor column = series.values.select(1, 0).contiguous();
  const auto* all = column.const_data_ptr<double>();
  const int64_t total = column.size(0);
  int64_t first = std::max<int64_t>(0, total - o.last);
  while (first < total && std::isnan(all[first])) ++first;
  out.values.assign(all + first, all + total);
  out.rows = std::ssize(out.values);
  require(out.rows >= 64, "{}: column '{}': {} rows to look at, expected 64 or more", series.source,
          out.column, out.rows);
  double sum = 0, square = 0, count = 0;
  for (const double v : out.values)
    if (std::isnan(v))
      ++out.missing;
    else
      sum += v, square += v * v, count += 1;
  out.mean = sum / count;
  out.spread = std::sqrt(std::max(0.0, square / count - out.mean * out.mean));
  require(out.spread > 1e-12 * std::abs(out.mean) && out.missing * 2 < out.rows,
          "{}: column '{}': {} of {} rows missing and a spread of {}, expected half of the rows "
          "and some change",
          series.source, out.column, out.missing, out.rows, out.spread);
}

void usual_estimates(FractionalSeries& out) {
  std::vector<double> levels, increments;
  for (const double v : out.values)
    if (!std::isnan(v)) levels.push_back(v);
  for (size_t i = 1; i < levels.size(); ++i) increments.push_back(levels[i] - levels[i - 1]);
  out.whittle = whittle_hurst(increments), out.dfa = dfa_hurst(increments);
  out.madogram = madogram_hurst(levels);
}

// Mean bound a step of the shapes less that of silent ones, on windows kept apart, with the draws
// of both alike.
void judge_shapes(FractionalSeries& out, const models::FractionalShape& learnt,
                  const models::FractionalShape& silent, const models::GuidedSeries& s, Rng rng) {
  const at::NoGradGuard none;
  const auto apart = static_cast<int64_t>(kKeptApart * static_cast<double>(out.rows));
  std::vector<double> leads;
  for (int round = 0; round < 4; ++round) {
    Rng own = rng.split(static_cast<uint64_t>(round));
    const Tensor states = models::guided_states(s, own);
    const Tensor from = at::arange(out.rows - apart, out.rows - kWindow, kWindow, at::kLong);
    if (from.size(0) == 0) return;
    const auto bound = [&](const models::FractionalShape& m) {
      Rng draws = own.split("draws");
      return models::window_bound(m, s, from, states.index_select(0, from), kWindow, draws).bound;
    };
    const Tensor lead = ((bound(learnt) - bound(silent)) / kWindow).to(at::kDouble).contiguous();
    const auto* data = lead.const_data_ptr<double>();
    if (leads.empty()) leads.assign(static_cast<size_t>(lead.size(0)), 0.0);
    for (size_t i = 0; i < leads.size(); ++i) leads[i] += data[i] / 4;
  }
  double sum = 0, square = 0;
  for (const double lead : leads) sum += lead, square += lead * lead;
  const auto n = static_cast<double>(leads.size());
  out.shape_lead = sum / n;
  out.shape_error = std::sqrt(std::max(0.0, square / n - out.shape_lead * out.shape_lead) / n);
}

models::FractionalShape learn_shapes(FractionalSeries& out, const models::GuidedSeries& s, Rng rng,
                                     Progress& progress) {
  const auto& o = out.options;
  Rng init = rng.split("init");
  const double hurst = out.fit.line.driver.hurst;
  models::FractionalShape m = models::make_fractional_shape(o.shape_width, hurst, init);
  const models::FractionalShape silent = models::make_fractional_shape(o.shape_width, hurst, init);
  if (o.shape_steps == 0 || out.rows < 4 * kWindow) return m;
  nn::Optimizer optimizer(nn::parameters_of(m),
                          {.kind = "adamw", .lr = 5e-3, .weight_decay = 1e-2});
  progress.start("drift and diffusion", o.shape_steps);
  const auto learnt_rows =
      static_cast<int64_t>((1 - kKeptApart) * static_cast<double>(out.rows)) - kWindow;
  Tensor states;
  for (int64_t step = 0; step < o.shape_steps; ++step) {
    Rng own = rng.split("train").split(static_cast<uint64_t>(step));
    if (step % 25 == 0) states = models::guided_states(s, own);
    const Tensor from = own.integers({kBatch}, learnt_rows);
    optimizer.zero_gradients();
    const Tensor loss =
        -models::window_bound(m, s, from, states.index_select(0, from), kWindow, own).bound.mean() /
        kWindow;
    loss.backward();
    optimizer.clip_gradients(1);
    optimizer.step(0.5 * (1 + std::cos(std::numbers::pi * static_cast<double>(step) /
                                       static_cast<double>(o.shape_steps))));
    progress.at(step + 1, {{"bound a step", -loss.item<double>()}});
    progress.throw_if_stopped();
  }
  judge_shapes(out, m, silent, s, rng.split("judge"));
  out.learnt_hurst = models::hurst_of(m).item<double>();
  // What does not carry over to rows kept apart is not used.
  out.shaped = out.shape_lead > out.shape_error;
  return out.shaped ? m : silent;
}

void draw_shapes(FractionalSeries& out, const models::FractionalShape& m,
                 const models::GuidedSeries& s) {
  const at::NoGradGuard none;
  std::vector<double> sorted;
  for (const double v : out.values)
    if (!std::isnan(v)) sorted.push_back((v - out.mean) / out.spread);
  std::ranges::sort(sorted);
  const auto quantile = [&](double q) {
    return sorted[static_cast<size_t>(q * static_cast<double>(sorted.size() - 1))];
  };
  const double low = quantile(0.01), high = quantile(0.99);
  for (int i = 0; i <= 60; ++i) {
    const double x = low + (high - low) * i / 60;
    const Tensor at = at::full({1}, x);
    out.place.push_back(out.mean + out.spread * x);
    out.drift.push_back(out.spread * models::drift_at(m, s, at).item<double>());
    out.diffusion.push_back(out.spread * models::diffusion_at(m, s, at).item<double>());
    out.linear_drift.push_back(out.spread * (s.line.constant - s.line.pull * x));
  }
  out.linear_diffusion = out.spread * s.line.scale;
}

void draw_fan(FractionalSeries& out, const models::FractionalShape& m,
              const models::GuidedSeries& s, Rng rng) {
  const at::NoGradGuard none;
  // Where the last window leads from its posterior start, path by path.
  const int64_t steps = std::min(kWindow, out.rows - 1), start = out.rows - 1 - steps;
  std::vector<Tensor> starts;
  for (int i = 0; i < 10; ++i) starts.push_back(models::guided_states(s, rng)[start]);
  const Tensor from = at::full({out.options.fan_paths}, start, at::kLong);
  const Tensor which = rng.integers({out.options.fan_paths}, 10);
  const models::WindowBound w =
      models::window_bound(m, s, from, at::stack(starts).index_select(0, which), steps, rng);
  const Tensor x = models::continue_paths(m, s, w.ends, out.options.ahead, rng);
  const Tensor sorted = std::get<0>(x.to(at::kDouble).sort(1));
  const auto at_share = [&](double q, int64_t i) {
    const auto place = std::llround(q * static_cast<double>(out.options.fan_paths - 1));
    return out.mean + out.spread * sorted[i][place].item<double>();
  };
  for (int64_t i = 0; i < out.options.ahead; ++i) {
    out.fan.low.push_back(at_share(0.05, i)), out.fan.lower.push_back(at_share(0.25, i));
    out.fan.middle.push_back(at_share(0.5, i)), out.fan.upper.push_back(at_share(0.75, i));
    out.fan.high.push_back(at_share(0.95, i));
  }
}

}  // namespace

FractionalSeries infer_fractional(const data::Series& series, const std::string& column,
                                  const FractionalSeriesOptions& o, uint64_t seed,
                                  Progress& progress) {
  require(
      o.last >= 64 && o.ahead >= 1 && o.fan_paths >= 20 && o.shape_steps >= 0 && o.shape_width >= 1,
      "infer: --last {} --ahead {} --fan-paths {} --shape-steps {} --shape-width {}, expected at "
      "least 64, 1, 20, 0 and 1",
      o.last, o.ahead, o.fan_paths, o.shape_steps, o.shape_width);
  FractionalSeries out;
  out.column = column, out.options = o;
  look_at_column(out, series);
  usual_estimates(out);
  std::vector<double> values;
  for (const double v : out.values) values.push_back((v - out.mean) / out.spread);
  progress.start("Hurst index");
  FractionalFitOptions fit{.terms = o.terms};
  out.noisy = fit_fractional(values, fit);
  fit.noise = false;
  out.exact = fit_fractional(values, fit);
  // Rough motion with noise and rougher motion without are hard to tell apart: noise only where the
  // values ask for it.
  out.noise = o.seen == "noisy" ||
              (o.seen == "auto" && out.noisy.log_evidence > out.exact.log_evidence + kWilks);
  fit.noise = out.noise;
  out.fit = out.noise ? out.noisy : out.exact;
  out.twin = fit_brownian(values, fit);
  out.interval = hurst_interval(values, out.fit, fit, progress);
  progress.start("posterior");
  const models::GuidedSeries s = models::make_guided_series(with_some_noise(out.fit.line), values);
  const Rng rng = Rng(seed).split("fractional-sde");
  const models::FractionalShape m = learn_shapes(out, s, rng.split("shapes"), progress);
  draw_shapes(out, m, s);
  draw_fan(out, m, s, rng.split("fan"));
  for (int64_t i = 0; i < out.rows; ++i) {
    out.path.push_back(out.mean + out.spread * s.guide.mean[i].item<double>());
    out.path_deviation.push_back(out.spread *
                                 std::sqrt(std::max(0.0, s.guide.variance[i].item<double>())));
  }
  const int64_t shown = std::min<int64_t>(out.rows, 120);
  for (int path = 0; path < 3; ++path) {
    Rng own = rng.split("paths").split(static_cast<uint64_t>(path));
    const Tensor x = models::guided_states(s, own).select(1, 0);
    std::vector<double> row;
    for (int64_t i = out.rows - shown; i < out.rows; ++i)
      row.push_back(out.mean + out.spread * x[i].item<double>());
    out.sampled_paths.push_back(std::move(row));
  }
  return out;
}

}  // namespace offprint::tasks
