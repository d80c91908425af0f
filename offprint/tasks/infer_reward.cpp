#include "offprint/tasks/infer_reward.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "offprint/core/file.h"
#include "offprint/data/csv.h"
#include "offprint/kernels/reward_distance.h"
#include "offprint/tasks/optimal_reward.h"

namespace offprint::tasks {
namespace {

constexpr int64_t kMostParameters = 3000;
constexpr size_t kShown = 24, kDrawn = 14;

void check(const RewardModelOptions& o) {
  require(std::isfinite(o.discount) && o.discount >= 0 && o.discount < 1,
          "--discount: {}, expected in [0,1)", o.discount);
  require(std::isfinite(o.temperature) && o.temperature > 0,
          "--temperature: {}, expected above zero", o.temperature);
  require(std::isfinite(o.ridge) && o.ridge > 0, "--ridge: {}, expected above zero", o.ridge);
}

RewardForm form_of(const RewardModelOptions& o) {
  return o.reward_of == "state" ? RewardForm::state : RewardForm::state_action;
}

// (M,K): what behaviour tells of the parameters.
Tensor shown_entries(const AssumedWorld& world, RewardForm form, int64_t states, int64_t actions) {
  if (form == RewardForm::state)
    return at::eye(states, at::kDouble) - 1 / static_cast<double>(states);
  const int64_t cells = states * actions;
  const kernels::RewardSpace space{world.transition.unsqueeze(0),
                                   at::full({1}, world.discount, at::kDouble)};
  return kernels::canonical(space, at::eye(cells, at::kDouble).view({cells, states, actions}),
                            kernels::Canonical::levelled)
      .view({cells, cells})
      .t()
      .contiguous();
}

// The action most often taken is held to be the best one; a state where nothing was done is held to
// be indifferent.
Tensor held_best(const Tensor& counts) { return (counts == counts.amax(-1, true)).to(at::kDouble); }

void infer_optimal(InferredReward& out) {
  const Tensor held = held_best(out.counts);
  const double against = ((1 - held) * out.counts).sum().item<double>();
  if (against > 0)
    out.notes.push_back(
        fmt::format("{:.0f} of {:.0f} steps are not what was done most often in their state: an "
                    "optimal person does not do so, mce and boltzmann allow for it",
                    against, out.counts.sum().item<double>()));
  const OptimalReward r = optimal_reward(out.world, held, form_of(out.options), out.options.ridge);
  out.reward = r.reward;
  if (!r.found)
    out.notes.push_back(
        "no reward but trivial ones makes all of it optimal (--ridge is the "
        "penalty, --reward-of state-action allows more)");
}

void infer_likely(InferredReward& out) {
  const RewardFitOptions o = fit_options(out.options);
  out.fit = fit_reward(out.world, out.counts, o);
  out.reward = out.fit.reward;
  out.per_step = out.fit.log_likelihood / out.counts.sum().item<double>();
  if (out.fit.gradient > 1e-4 * std::max(1.0, out.counts.sum().item<double>()))
    out.notes.push_back(fmt::format("the likelihood was not climbed to its top: slope {} is left",
                                    number_text(out.fit.gradient)));
}

void label(InferredReward& out) {
  const Tensor n = out.counts.contiguous();
  const int64_t states = n.size(0), actions = n.size(1);
  const auto at = n.accessor<double, 2>();
  for (int64_t s = 0; s < states; ++s) {
    const std::string& state = out.log.states[static_cast<size_t>(s)];
    if (form_of(out.options) == RewardForm::state) {
      out.labels.push_back(state), out.seen.push_back(n[s].sum().item<double>());
      continue;
    }
    for (int64_t a = 0; a < actions; ++a) {
      out.labels.push_back(state + " · " + out.log.actions[static_cast<size_t>(a)]);
      out.seen.push_back(at[s][a]);
    }
  }
}

std::vector<size_t> largest_first(const Tensor& entries) {
  std::vector<size_t> order(static_cast<size_t>(entries.size(0)));
  std::iota(order.begin(), order.end(), size_t{0});
  const Tensor held = entries.contiguous();
  const double* v = held.const_data_ptr<double>();
  std::ranges::stable_sort(order, std::greater(), [&](size_t i) { return std::abs(v[i]); });
  return order;
}

struct Row {
  std::string label;
  double seen = 0, value = 0, low = 0, high = 0;
};

std::vector<Row> rows_of(const InferredReward& r) {
  std::vector<Row> rows;
  for (size_t i = 0; i < r.labels.size(); ++i) {
    const auto at = static_cast<int64_t>(i);
    const double value = r.entries[at].item<double>();
    const double spread = r.errors.defined() ? 1.96 * r.errors[at].item<double>() : 0;
    rows.push_back({r.labels[i], r.seen[i], value, value - spread, value + spread});
  }
  return rows;
}

TextTable table_of(const InferredReward& r, const std::vector<Row>& rows,
                   const std::vector<size_t>& order) {
  const bool spread = r.errors.defined();
  TextTable table{order.size() > kShown
                      ? fmt::format("The {} largest of {} entries", kShown, order.size())
                      : "Reward",
                  {r.options.reward_of, "seen", "reward"},
                  {}};
  if (spread) table.columns.insert(table.columns.end(), {"low", "high"});
  for (size_t k = 0; k < std::min(kShown, order.size()); ++k) {
    const Row& row = rows[order[k]];
    table.rows.push_back({row.label, fmt::format("{:.0f}", row.seen), number_text(row.value, 3)});
    if (spread)
      for (const double end : {row.low, row.high}) table.rows.back().push_back(number_text(end, 3));
  }
  return table;
}

Plot plot_of(const InferredReward& r, const std::vector<Row>& rows,
             const std::vector<size_t>& order) {
  Plot plot{.title = "Reward inferred", .y_label = "reward [temperatures]"};
  Plot::Bars bars{.label = r.errors.defined() ? "reward, 95 % interval" : "reward"};
  for (size_t k = 0; k < std::min(kDrawn, order.size()); ++k) {
    const Row& row = rows[order[k]];
    plot.categories.push_back(row.label), bars.values.push_back(row.value);
    if (r.errors.defined()) bars.low.push_back(row.low), bars.high.push_back(row.high);
  }
  plot.bars = {bars};
  return plot;
}

void write(const InferredReward& r, const std::vector<Row>& rows, const Plot& plot,
           const std::filesystem::path& folder) {
  data::Table csv;
  csv.rows = std::ssize(rows);
  const int64_t actions = std::ssize(r.log.actions);
  const bool pairs = r.options.reward_of != "state";
  data::Column state{.name = "state", .kind = data::ColumnKind::text},
      action{.name = "action", .kind = data::ColumnKind::text};
  data::Column seen{.name = "seen"}, reward{.name = "reward"}, low{.name = "low"},
      high{.name = "high"};
  for (size_t i = 0; i < rows.size(); ++i) {
    const auto at = static_cast<int64_t>(i);
    state.texts.push_back(r.log.states[static_cast<size_t>(pairs ? at / actions : at)]);
    if (pairs) action.texts.push_back(r.log.actions[static_cast<size_t>(at % actions)]);
    seen.numbers.push_back(rows[i].seen), reward.numbers.push_back(rows[i].value);
    low.numbers.push_back(rows[i].low), high.numbers.push_back(rows[i].high);
  }
  csv.columns = {state};
  if (pairs) csv.columns.push_back(action);
  csv.columns.insert(csv.columns.end(), {seen, reward});
  if (r.errors.defined()) csv.columns.insert(csv.columns.end(), {low, high});
  data::write_csv(folder / "reward.csv", csv);
  write_file(folder / "reward.svg", to_svg(plot));
}

}  // namespace

RewardFitOptions fit_options(const RewardModelOptions& o) {
  return {.model = o.model, .temperature = o.temperature, .form = form_of(o), .ridge = o.ridge};
}

InferredReward infer_reward(const std::filesystem::path& log, const RewardModelOptions& options,
                            Progress& progress) {
  check(options);
  progress.start("reading the log");
  InferredReward out;
  out.source = log.string(), out.options = options;
  out.log = read_behaviour_log(log, options.transitions);
  const int64_t states = std::ssize(out.log.states), actions = std::ssize(out.log.actions);
  const RewardForm form = form_of(options);
  require(form == RewardForm::state || states * actions <= kMostParameters,
          "{}: {} pairs of state and action, expected at most {} (--reward-of state has one entry "
          "a state)",
          out.source, states * actions, kMostParameters);
  out.world = {out.log.transition, options.discount};
  out.counts = worlds::visit_counts(out.log.steps, states, actions);
  out.notes = out.log.notes;
  out.by_chance = -std::log(static_cast<double>(actions));
  progress.start("inferring the reward");
  options.model == "optimal" ? infer_optimal(out) : infer_likely(out);
  const Tensor of = shown_entries(out.world, form, states, actions);
  const Tensor parameters =
      form == RewardForm::state ? out.reward.select(1, 0) : out.reward.flatten();
  out.entries = at::matmul(of, parameters);
  if (options.model != "optimal") {
    out.errors = standard_errors(out.world, out.log.steps, out.fit, fit_options(options), of);
    if (out.log.trajectories < 10)
      out.notes.push_back(fmt::format(
          "{} trajector{}: intervals treat trajectories as the independent units and want ten or "
          "more",
          out.log.trajectories, out.log.trajectories == 1 ? "y" : "ies"));
  }
  label(out);
  return out;
}

std::string heading_of(const InferredReward& r) {
  return fmt::format("{} steps of {} trajectories, {} states, {} actions; {}, discount {}",
                     r.log.steps.state.size(0), r.log.trajectories, r.log.states.size(),
                     r.log.actions.size(), r.options.model, number_text(r.options.discount));
}

Outcome reward_outcome(const InferredReward& r) {
  const std::vector<Row> rows = rows_of(r);
  const std::vector<size_t> order = largest_first(r.entries);
  Outcome out;
  out.heading = heading_of(r);
  out.tables = {table_of(r, rows, order)};
  out.closing = fmt::format(
      "{}; {}",
      r.options.reward_of == "state"
          ? "states are told apart up to a constant"
          : "an action's worth over the mean of its state, what comes of it included",
      r.errors.defined() ? fmt::format("{} nats a step, {} by chance", number_text(r.per_step, 3),
                                       number_text(r.by_chance, 3))
                         : "entries within [-1,1] of a scale that optimal behaviour does not tell");
  for (const std::string& note : r.notes) out.closing += "\n" + note;
  const Plot plot = plot_of(r, rows, order);
  out.plots = {plot};
  Json entries = Json::array();
  for (const Row& row : rows) {
    Json entry{{"entry", row.label}, {"seen", row.seen}, {"reward", row.value}};
    if (r.errors.defined()) entry["low"] = row.low, entry["high"] = row.high;
    entries.push_back(entry);
  }
  out.json = {{"steps", r.log.steps.state.size(0)},
              {"trajectories", r.log.trajectories},
              {"states", r.log.states},
              {"actions", r.log.actions},
              {"model", r.options.model},
              {"discount", r.options.discount},
              {"nats_per_step", r.errors.defined() ? Json(r.per_step) : Json()},
              {"entries", entries},
              {"notes", r.notes}};
  out.files = "reward.csv and a plot";
  out.write = [r, rows, plot](const std::filesystem::path& folder) {
    write(r, rows, plot, folder);
  };
  return out;
}

}  // namespace offprint::tasks
