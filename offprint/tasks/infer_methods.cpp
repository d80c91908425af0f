#include "offprint/tasks/infer_methods.h"

#include <array>

#include "offprint/core/error.h"
#include "offprint/data/csv.h"
#include "offprint/tasks/number_list.h"

namespace offprint::tasks {
namespace {

data::Series read_column(const InferRequest& request) {
  require(!request.data.empty(), "infer: --data is missing, expected a table (CSV): a row a step");
  require(!request.column.empty(), "infer: --column is missing, expected a column of {}",
          request.data.string());
  const data::Table table = data::read_csv(request.data);
  table.numbers(request.column);  // says what is wrong with it before the series is made
  return data::series_from_table(table, {request.column}, request.time);
}

Outcome stream_memory(const InferRequest& request, Progress& progress) {
  const data::Series series = read_column(request);
  const StreamMemory m = remember_stream(series, request.column, request.options.memory, progress);
  Outcome out;
  out.heading = fmt::format(
      "'{}', {} rows: the last {} in {} coefficients of {}{}", m.column, m.rows, m.past.size(0),
      m.options.order, m.options.basis,
      m.interpolated == 0 ? "" : fmt::format(", {} missing values interpolated", m.interpolated));
  out.tables = {summary_table(m)};
  out.plots = {reconstruction_plot(m), lag_error_plot(m)};
  out.json = to_json(m);
  out.files = "coefficients, reconstruction, error by lag and plots";
  out.write = [m](const std::filesystem::path& folder) { write_stream_memory(m, folder); };
  return out;
}

Outcome attention_gap(const InferRequest& request, Progress& progress) {
  const AttentionGapOptions& o = request.options.gap;
  require(o.rho.empty() || request.data.empty(),
          "infer: --rho and --data together, expected an autoregression or a table");
  const AttentionGap gap = o.rho.empty() ? attention_gap_on(read_column(request), request.column, o,
                                                            request.seed, progress)
                                         : attention_gap_of(o, progress);
  Outcome out;
  out.heading = fmt::format(
      "{}AR({}), rho {}, radius {}, {:.1f} % of the variance can be foretold",
      gap.column.empty() ? "" : fmt::format("'{}', {} rows: ", gap.column, gap.rows),
      gap.process.rho.size(), list_text(gap.process.rho), number_text(gap.radius),
      gap.variance > 0 ? 100 * (1 - gap.process.sigma * gap.process.sigma / gap.variance) : 0.0);
  if (const auto trials = trial_table(gap)) out.tables.push_back(*trials);
  if (!gap.lines.empty()) out.tables.push_back(gap_table(gap));
  if (!gap.recommended.empty())
    out.closing = fmt::format("recommended: {}: {}", gap.recommended, gap.reason);
  out.plots = gap_plots(gap);
  out.json = verdict_of(gap);
  out.files = gap.trials.empty() ? "gap and verdict" : "gap, rollouts, verdict and plots";
  out.write = [gap](const std::filesystem::path& folder) { write_attention_gap(gap, folder); };
  return out;
}

Outcome completed_table(const InferRequest& request, Progress& progress) {
  require(!request.data.empty(), "infer: --data is missing, expected a table (CSV) with holes");
  const TableCompletion c =
      complete_table(data::read_csv(request.data), request.options.table, request.seed, progress);
  Outcome out;
  out.heading = fmt::format("{} rows, {} holes, {} filled", c.rows, c.holes, c.filled);
  out.tables = {column_table(c)};
  if (const Plot plot = trial_plot(c); !plot.categories.empty()) out.plots = {plot};
  out.json = to_json(c);
  out.files = "completed.csv, probabilities.csv and a plot";
  out.write = [c](const std::filesystem::path& folder) { write_completion(c, folder); };
  return out;
}

Outcome fractional_series(const InferRequest& request, Progress& progress) {
  const FractionalSeries s = infer_fractional(read_column(request), request.column,
                                              request.options.fractional, request.seed, progress);
  Outcome out;
  out.heading = heading(s);
  out.tables = tables(s);
  out.closing = advice(s);
  out.plots = plots(s);
  out.json = to_json(s);
  out.files = "posterior, forecast, drift and diffusion, evidence by index and plots";
  out.write = [s](const std::filesystem::path& folder) { write_fractional_series(s, folder); };
  return out;
}

Outcome reward(const InferRequest& request, Progress& progress) {
  require(
      !request.data.empty(),
      "infer: --trajectories is missing, expected a log (CSV): a row a decision, with state and "
      "action");
  return reward_outcome(infer_reward(request.data, request.options.reward, progress));
}

Outcome transfer(const InferRequest& request, Progress& progress) {
  require(!request.data.empty(),
          "infer: --data is missing, expected a table (CSV) of several sites");
  return transfer_outcome(
      infer_transfer(request.data, request.options.transfer, request.seed, progress));
}

constexpr auto kMethods = std::to_array<InferMethod>({
    {"hippo", "N coefficients that hold the past of a stream", "hippo", stream_memory},
    {"ar-gap", "is attention worth it: its gap to a linear forecast, in theory and on the column",
     "icl-forecasting", attention_gap},
    {"monotone-dbm", "a table with holes, completed: every hole's value and its probability",
     "monotone-dbm", completed_table},
    {"fractional-sde",
     "how much memory a series' noise has: Hurst index, drift, diffusion, forecast fan",
     "fractional-sde", fractional_series},
    {"irl", "the reward behind a log of somebody's decisions, with intervals",
     "irl-misspecification", reward},
    {"causal-minimax",
     "which columns to keep so that a predictor stands the worst change between sites",
     "causal-minimax", transfer},
});

}  // namespace

std::span<const InferMethod> infer_methods() { return kMethods; }

Outcome infer(const InferRequest& request, Progress& progress) {
  return run_method("infer", infer_methods(), request, progress);
}

}  // namespace offprint::tasks
