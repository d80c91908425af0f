#include "offprint/tasks/attention_gap.h"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "offprint/core/error.h"
#include "offprint/core/numbers.h"
#include "offprint/data/series_fill.h"
#include "offprint/kernels/cubic_moments.h"
#include "offprint/kernels/hankel.h"
#include "offprint/tasks/number_list.h"
#include "offprint/tasks/one_step_training.h"
#include "offprint/tasks/series_windows.h"

namespace offprint::tasks {
namespace {

constexpr int64_t kMostContext = 2048;  // the closed form forms n x n matrices
constexpr int64_t kMostRollouts = 400;

std::vector<double> rho_of(const std::string& text) {
  std::vector<double> rho = parse_numbers(text, "--rho");
  require(!rho.empty() && rho.size() <= 8, "--rho: {} coefficients, expected 1 to 8", rho.size());
  return rho;
}

std::pair<int64_t, int64_t> range_of(const std::string& text) {
  int64_t first = 0, last = 0;
  char colon = 0;
  std::istringstream words(text);
  require(words >> first >> colon >> last && colon == ':' && words.peek() == EOF && first >= 1 &&
              first <= last && last <= kMostContext,
          "--contexts: '{}', expected first:last, as 8:512, at most {}", text, kMostContext);
  return {first, last};
}

std::vector<GapLine> lines_of(const worlds::LinearProcess& process, const std::string& contexts,
                              Progress& progress) {
  const auto [first, last] = range_of(contexts);
  const auto p = static_cast<int64_t>(process.rho.size());
  const double shock = process.sigma * process.sigma;
  const auto far = worlds::autocovariances(process, 2000);
  const double law = kernels::first_order_gap(far, p) / shock;
  std::vector<GapLine> lines;
  progress.start("gap by context");
  for (int64_t n = first; n <= last; n *= 2) {
    progress.throw_if_stopped();
    const auto moments =
        kernels::gaussian_cubic_moments(worlds::autocovariances(process, n + p), p, n);
    const kernels::RelaxedGap gap = kernels::relaxed_gap(moments);
    const double mse = models::fit_alternating(moments, Rng(1)).mse;
    const auto columns = static_cast<double>(n);
    lines.push_back({n, gap.gap / shock, (mse - gap.linear_error) / shock, law / columns,
                     static_cast<double>(p) / columns});
  }
  return lines;
}

// The column, standardised by its first rows, and their windows.
struct Rows {
  Tensor train, validation, judge;  // (W,n+p+1)
  Tensor judged;                    // (T') rows of the judgement with the context before
};

Rows rows_of(const Tensor& x, const AttentionGapOptions& o, const std::string& source) {
  const int64_t width = o.lags + o.context + 1;
  const SeriesSplit split = split_by_share(x.size(0), 0.1, o.test_share);
  require(split.train >= 2 * width && split.test >= width,
          "{}: {} rows, {} to fit and {} to judge on, expected at least {} and {}: give a shorter "
          "--context",
          source, x.size(0), split.train, split.test, 2 * width, width);
  const auto part = [&](int64_t from, int64_t until) {
    return x.slice(0, std::max<int64_t>(0, from - width + 1), until).unfold(0, width, 1);
  };
  const int64_t known = split.train + split.validation;
  return {part(0, split.train), part(split.train, known), part(known, x.size(0)),
          x.slice(0, known - width + 1)};
}

// Forecasts one step ahead, and how they are fed back.
struct Tried {
  std::string method;
  NextValue next;
};

std::vector<Tried> attention_methods(const Rows& rows, const AttentionGapOptions& o, double bound,
                                     const Rng& rng, Progress& progress) {
  std::vector<Tried> all;
  const auto add = [&](std::string name, models::HankelAttention model) {
    all.push_back({std::move(name), [model = std::move(model), bound](const Tensor& x) {
                     return foretell(model, x).clamp(-bound, bound);
                   }});
  };
  const OneStepData data{.train = rows.train, .validation = rows.validation, .bound = bound};
  const OneStepOptions training{.steps = o.gap_steps, .batch = 128};
  auto by_depth = train_by_depth(data, o.lags, o.layers, training, rng.split("depth"), progress);
  for (size_t layers = 0; layers < by_depth.size(); ++layers)
    add(fmt::format("linear attention, {} layer{}", layers + 1, layers == 0 ? "" : "s"),
        std::move(by_depth[layers]));
  if (!o.softmax) return all;
  Rng init = rng.split("softmax");
  models::HankelAttention softmax = models::make_hankel_attention(
      {.lags = o.lags, .depth = 1, .attention = "softmax", .init = 0.3}, init);
  train_one_step(softmax, data, training, "training softmax attention", rng.split("softmax steps"),
                 progress);
  add("softmax attention, 1 layer", std::move(softmax));
  return all;
}

AttentionTrial tried(const Tried& method, const Rows& rows, const Tensor& linear_errors,
                     const AttentionGapOptions& o) {
  const int64_t N = o.lags + o.context;
  AttentionTrial trial;
  trial.method = method.method;
  const Tensor errors = (method.next(rows.judge.slice(1, 0, N)) - rows.judge.select(1, N)).square();
  trial.mse = errors.mean().item<double>();
  if (linear_errors.defined()) {
    const int64_t block = std::max<int64_t>(1, errors.size(0) / 20);
    const MeanError behind = mean_with_error(errors - linear_errors, block);
    constexpr double kStudent = 2.09;  // 95 % of twenty blocks
    trial.behind = behind.mean, trial.low = behind.mean - kStudent * behind.standard_error;
    trial.high = behind.mean + kStudent * behind.standard_error;
  }
  if (rows.judged.size(0) < N + o.rollout) return trial;
  const Tensor all = rows.judged.unfold(0, N + o.rollout, 1);
  const Tensor paths =
      all.slice(0, 0, all.size(0), (all.size(0) + kMostRollouts - 1) / kMostRollouts);
  const RolloutScore score =
      score_rollout(roll_out(method.next, paths.slice(1, 0, N), o.rollout), paths.slice(1, N), 1);
  trial.rollout_mse = score.mse, trial.rollout_median = score.median_error;
  trial.forecast_square = score.mean_square, trial.exploding = score.exploding;
  return trial;
}

void recommend(AttentionGap& gap) {
  const AttentionTrial* best = nullptr;  // attention alone: the first three are its rivals
  for (size_t i = 3; i < gap.trials.size(); ++i)
    if (!best || gap.trials[i].mse < best->mse) best = &gap.trials[i];
  const AttentionTrial& linear = gap.trials.front();
  const bool ahead = best && best->high < 0;
  gap.recommended = ahead ? best->method : linear.method;
  gap.reason =
      !best ? "no attention was tried"
            : fmt::format("best attention ({}) is {} {} by {} [{}, {}] of the column's variance",
                          best->method, best->behind < 0 ? "ahead of" : "behind", linear.method,
                          number_text(std::abs(best->behind), 3),
                          number_text(std::min(std::abs(best->low), std::abs(best->high)), 2),
                          number_text(std::max(std::abs(best->low), std::abs(best->high)), 2));
  if (best && best->low < 0 && best->high > 0)
    gap.reason = fmt::format("best attention ({}) and {} are equal within noise: {} [{}, {}]",
                             best->method, linear.method, number_text(best->behind, 2),
                             number_text(best->low, 2), number_text(best->high, 2));
}

void check(const AttentionGapOptions& o) {
  require(o.lags >= 1 && o.lags <= 8, "--lags: {}, expected 1 to 8", o.lags);
  require(o.context >= 1 && o.context <= kMostContext, "--context: {}, expected 1 to {}", o.context,
          kMostContext);
  require(o.layers >= 1 && o.layers <= 8, "--layers: {}, expected 1 to 8", o.layers);
  require(o.rollout >= 1 && o.gap_steps >= 1, "--rollout {} --gap-steps {}, expected >= 1",
          o.rollout, o.gap_steps);
}

Tensor column_of(const data::Series& series, const std::string& column) {
  const auto found = std::ranges::find(series.names, column);
  require(found != series.names.end(), "{}: no column of numbers '{}'", series.source, column);
  data::Series one = series;
  one.names = {column};
  one.values = series.values.narrow(1, found - series.names.begin(), 1);
  data::fill_missing(one, "error");
  return one.values.select(1, 0).to(at::kDouble);
}

}  // namespace

AttentionGap attention_gap_of(const AttentionGapOptions& o, Progress& progress) {
  AttentionGap gap;
  gap.options = o;
  gap.process = {.rho = rho_of(o.rho), .sigma = o.sigma};
  worlds::require_stationary(gap.process, "--rho");
  gap.variance = worlds::autocovariances(gap.process, 0)[0];
  gap.radius = worlds::spectral_radius(gap.process.rho);
  gap.lines = lines_of(gap.process, o.contexts, progress);
  return gap;
}

AttentionGap attention_gap_on(const data::Series& series, const std::string& column,
                              const AttentionGapOptions& o, uint64_t seed, Progress& progress) {
  check(o);
  Tensor x = column_of(series, column);
  if (o.difference_first) x = x.diff();
  const SeriesSplit split = split_by_share(x.size(0), 0.1, o.test_share);
  const Standardizer scale = standardizer_of(x.slice(0, 0, split.train).unsqueeze(1));
  require(scale.spread.item<double>() > 0 && (x != x[0]).any().item<bool>(),
          "{}: column '{}' does not move", series.source, column);
  x = standardized(scale, x.unsqueeze(1)).squeeze(1);
  const Rows rows = rows_of(x, o, series.source);

  const Tensor linear = kernels::linear_coefficients(
      kernels::sample_cubic_moments(rows.train.slice(1, rows.train.size(1) - o.lags - 2), o.lags));
  AttentionGap gap;
  gap.column = column, gap.rows = series.length(), gap.tested = rows.judge.size(0), gap.options = o;
  gap.process.rho = numbers(linear.flip(0));
  constexpr double kBound = 4;  // spreads; a cubic of an outlier is no forecast
  std::vector<Tried> methods = {
      {fmt::format("linear, {} lags", o.lags), linear_rule(linear)},
      {"least squares in context",
       [p = o.lags](const Tensor& past) { return kernels::in_context_least_squares(past, p); }},
      {"last value", last_value_rule()}};
  for (Tried& method : attention_methods(rows, o, kBound, Rng(seed).split("ar-gap"), progress))
    methods.push_back(std::move(method));
  const int64_t N = o.lags + o.context;
  const Tensor linear_errors =
      (methods[0].next(rows.judge.slice(1, 0, N)) - rows.judge.select(1, N)).square();
  const Tensor train_errors =
      (methods[0].next(rows.train.slice(1, 0, N)) - rows.train.select(1, N)).square();
  gap.process.sigma = train_errors.mean().sqrt().item<double>();
  for (const Tried& method : methods) {
    progress.throw_if_stopped();
    gap.trials.push_back(tried(method, rows, &method == &methods[0] ? Tensor() : linear_errors, o));
  }
  if (worlds::is_stationary(gap.process.rho)) {
    gap.variance = worlds::autocovariances(gap.process, 0)[0];
    gap.radius = worlds::spectral_radius(gap.process.rho);
    gap.lines = lines_of(gap.process, o.contexts, progress);
  }
  recommend(gap);
  return gap;
}

}  // namespace offprint::tasks
