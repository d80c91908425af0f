#include "offprint/tasks/complete_table.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "offprint/core/error.h"
#include "offprint/core/file.h"
#include "offprint/core/numbers.h"
#include "offprint/data/csv.h"

namespace offprint::tasks {
namespace {

using data::ColumnKind;

constexpr int64_t kLeastSteps = 600;  // small tables are gone through more often

bool is_hole(const data::Column& column, size_t row, const std::string& hole) {
  if (column.kind != ColumnKind::text) return !std::isfinite(column.numbers[row]);
  return column.texts[row].empty() || column.texts[row] == hole;
}

void cut_numbers(ColumnStates& states, std::vector<double> known, int64_t levels) {
  std::ranges::sort(known);
  const std::set<double> different(known.begin(), known.end());
  if (std::ssize(different) <= levels) {
    states.lowest.assign(different.begin(), different.end());
  } else {
    for (int64_t i = 0; i < levels; ++i) {
      const double at = known[static_cast<size_t>(i * std::ssize(known) / levels)];
      if (states.lowest.empty() || at > states.lowest.back()) states.lowest.push_back(at);
    }
  }
  std::vector<double> sums(states.lowest.size()), counts(states.lowest.size());
  for (const double value : known) {
    const auto part = static_cast<size_t>(std::ranges::upper_bound(states.lowest, value) -
                                          states.lowest.begin() - 1);
    sums[part] += value, counts[part] += 1;
  }
  for (size_t i = 0; i < sums.size(); ++i) states.means.push_back(sums[i] / counts[i]);
}

ColumnStates states_of(const data::Column& column, const CompleteTableOptions& o) {
  ColumnStates states{.name = column.name};
  std::vector<double> numbers;
  std::set<std::string> texts;
  const size_t rows = column.kind == ColumnKind::text ? column.texts.size() : column.numbers.size();
  for (size_t r = 0; r < rows; ++r) {
    if (is_hole(column, r, o.hole))
      ++states.holes;
    else if (column.kind == ColumnKind::text)
      texts.insert(column.texts[r]);
    else
      numbers.push_back(column.numbers[r]);
  }
  if (column.kind == ColumnKind::time)
    states.left = "times";
  else if (numbers.empty() && texts.empty())
    states.left = "no cell is known";
  else if (std::ssize(texts) > o.most_states)
    states.left = fmt::format("{} different texts", texts.size());
  else if (!numbers.empty())
    cut_numbers(states, std::move(numbers), o.levels);
  else
    states.texts.assign(texts.begin(), texts.end());
  return states;
}

int64_t state_of(const ColumnStates& states, const data::Column& column, size_t row) {
  if (column.kind == ColumnKind::text)
    return std::ranges::lower_bound(states.texts, column.texts[row]) - states.texts.begin();
  return std::ranges::upper_bound(states.lowest, column.numbers[row]) - states.lowest.begin() - 1;
}

// What takes part: (rows, groups) int64 with -1 in holes, and which column each group is.
struct Encoded {
  Tensor states;
  std::vector<int64_t> seen;
  std::vector<size_t> columns;
};

Encoded encode(const data::Table& table, const std::vector<ColumnStates>& columns,
               const std::string& hole) {
  Encoded out;
  for (size_t c = 0; c < columns.size(); ++c)
    if (columns[c].left.empty()) out.columns.push_back(c), out.seen.push_back(columns[c].states());
  require(out.columns.size() >= 2, "{}: {} columns can be completed, expected at least 2",
          table.source, out.columns.size());
  const int64_t groups = std::ssize(out.columns);
  out.states = at::empty({table.rows, groups}, at::kLong);
  int64_t* to = out.states.data_ptr<int64_t>();
  for (int64_t g = 0; g < groups; ++g) {
    const size_t c = out.columns[static_cast<size_t>(g)];
    for (int64_t r = 0; r < table.rows; ++r) {
      const auto row = static_cast<size_t>(r);
      to[r * groups + g] =
          is_hole(table.columns[c], row, hole) ? -1 : state_of(columns[c], table.columns[c], row);
    }
  }
  return out;
}

double expected(const ColumnStates& states, const double* p) {
  double sum = 0;
  for (size_t i = 0; i < states.means.size(); ++i) sum += p[i] * states.means[i];
  return sum;
}

int64_t likeliest(const double* p, int64_t count) { return std::max_element(p, p + count) - p; }

// Every part one number: a code or a count, where a mean of two would be none.
bool few_numbers(const ColumnStates& states) {
  return !states.means.empty() && states.lowest == states.means;
}

std::vector<ColumnTrial> judge(const Encoded& e, const std::vector<ColumnStates>& columns,
                               const data::Table& table, const Tensor& rows, const Tensor& known,
                               const Tensor& given, const Tensor& probabilities) {
  std::vector<ColumnTrial> trials(columns.size());
  const auto index = rows.accessor<int64_t, 1>();
  const auto truth = known.accessor<int64_t, 2>(), seen = given.accessor<int64_t, 2>();
  const auto p = probabilities.accessor<double, 2>();
  int64_t from = 0;
  for (size_t g = 0; g < e.columns.size(); ++g) {
    const size_t c = e.columns[g];
    const ColumnStates& states = columns[c];
    const int64_t count = e.seen[g], group = static_cast<int64_t>(g);
    std::vector<int64_t> often(static_cast<size_t>(count));
    double mean = 0, cells = 0;
    for (int64_t r = 0; r < table.rows; ++r) {
      const int64_t state = e.states.const_data_ptr<int64_t>()[r * std::ssize(e.seen) + group];
      if (state < 0) continue;
      ++often[static_cast<size_t>(state)], ++cells;
      if (!states.means.empty()) mean += table.columns[c].numbers[static_cast<size_t>(r)];
    }
    mean /= cells;
    const int64_t usual = std::ranges::max_element(often) - often.begin();
    ColumnTrial& trial = trials[c];
    for (int64_t i = 0; i < rows.size(0); ++i) {
      if (truth[i][group] < 0 || seen[i][group] >= 0) continue;
      ++trial.cells;
      const double* row = &p[i][from];
      trial.right += likeliest(row, count) == truth[i][group];
      trial.usual_right += usual == truth[i][group];
      if (states.means.empty()) continue;
      const double value = table.columns[c].numbers[static_cast<size_t>(index[i])];
      trial.error += std::abs(expected(states, row) - value);
      trial.mean_error += std::abs(mean - value);
    }
    const auto n = static_cast<double>(std::max<int64_t>(trial.cells, 1));
    trial.right *= 100 / n, trial.usual_right *= 100 / n;
    trial.error /= n, trial.mean_error /= n;
    from += count;
  }
  return trials;
}

std::string state_text(const ColumnStates& states, int64_t state) {
  const auto s = static_cast<size_t>(state);
  if (!states.texts.empty()) return states.texts[s];
  const std::string from = data::cell_text(states.lowest[s], ColumnKind::number);
  if (few_numbers(states)) return from;
  return s + 1 < states.lowest.size()
             ? from + " to " + data::cell_text(states.lowest[s + 1], ColumnKind::number)
             : from + " or more";
}

void fill(TableCompletion& out, const Encoded& e, const Tensor& probabilities) {
  std::vector<std::string> columns, values, second;
  std::vector<double> rows, first_p, second_p;
  const auto p = probabilities.accessor<double, 2>();
  const auto states = e.states.accessor<int64_t, 2>();
  for (int64_t r = 0; r < out.rows; ++r) {
    int64_t from = 0;
    for (size_t g = 0; g < e.columns.size(); from += e.seen[g], ++g) {
      if (states[r][static_cast<int64_t>(g)] >= 0) continue;
      const ColumnStates& column = out.columns[e.columns[g]];
      data::Column& cells = out.table.columns[e.columns[g]];
      const double* row = &p[r][from];
      std::vector<double> sorted(row, row + e.seen[g]);
      const int64_t best = likeliest(row, e.seen[g]);
      const auto at = static_cast<size_t>(r);
      if (column.means.empty()) {
        cells.texts[at] = column.texts[static_cast<size_t>(best)];
      } else {
        const bool whole = std::ranges::all_of(column.lowest, [](double v) {
          return v == std::floor(v) && std::abs(v) < data::kMaxWhole;
        });
        const double value = expected(column, row);
        cells.numbers[at] = few_numbers(column) ? column.means[static_cast<size_t>(best)]
                            : whole             ? std::round(value)
                                                : value;
      }
      ++out.filled;
      sorted[static_cast<size_t>(best)] = -1;
      const int64_t next = likeliest(sorted.data(), e.seen[g]);
      rows.push_back(static_cast<double>(out.table.line(r)));
      columns.push_back(column.name);
      values.push_back(state_text(column, best)), first_p.push_back(row[best]);
      second.push_back(next == best ? "" : state_text(column, next));
      second_p.push_back(next == best ? std::nan("") : row[next]);
    }
  }
  out.probabilities.rows = std::ssize(rows);
  out.probabilities.columns = {{.name = "line", .numbers = rows},
                               {.name = "column", .kind = ColumnKind::text, .texts = columns},
                               {.name = "likeliest", .kind = ColumnKind::text, .texts = values},
                               {.name = "probability", .numbers = first_p},
                               {.name = "next", .kind = ColumnKind::text, .texts = second},
                               {.name = "its probability", .numbers = second_p}};
}

void check(const data::Table& table, const CompleteTableOptions& o) {
  require(o.levels >= 2 && o.most_states >= 2 && o.fit_rows >= 2,
          "--levels, --most-states, --fit-rows: {}, {} and {}, expected at least 2", o.levels,
          o.most_states, o.fit_rows);
  require(table.rows >= 2, "{}: {} rows, expected at least 2", table.source, table.rows);
}

}  // namespace

TableCompletion complete_table(const data::Table& table, const CompleteTableOptions& o,
                               uint64_t seed, Progress& progress) {
  check(table, o);
  TableCompletion out;
  out.table = table, out.rows = table.rows;
  for (const data::Column& column : table.columns) {
    out.columns.push_back(states_of(column, o));
    out.holes += out.columns.back().holes;
  }
  const Encoded e = encode(table, out.columns, o.hole);
  const Rng rng(seed);
  const int64_t trial_rows = table.rows < 100 ? 0 : std::clamp<int64_t>(table.rows / 10, 20, 5000);
  const Tensor order = at::tensor(rng.split("rows").permutation(table.rows), at::kLong);
  const Tensor trial = order.slice(0, 0, trial_rows);
  const Tensor learnt = order.slice(0, trial_rows, std::min(table.rows, trial_rows + o.fit_rows));
  CompleteOptions fit = o.fill;
  fit.epochs = std::max(fit.epochs, (kLeastSteps * fit.batch - 1) / learnt.size(0) + 1);
  const Completer completer =
      fit_completer(e.states.index_select(0, learnt), e.seen, fit, rng.split("fit"), progress);
  progress.throw_if_stopped();
  progress.start("completing");
  const auto probabilities = [&](const Tensor& states) {
    return complete(completer, states).log_marginals.exp().to(at::kDouble).contiguous();
  };
  if (trial_rows > 0) {
    const double missing = (e.states < 0).to(at::kDouble).mean().item<double>();
    out.hidden_share = std::clamp(missing, 0.1, 0.5);
    const Tensor known = e.states.index_select(0, trial).contiguous();
    Rng holes = rng.split("trial");
    const Tensor given = with_holes(known, out.hidden_share, out.hidden_share, holes).contiguous();
    out.trials = judge(e, out.columns, table, trial, known, given, probabilities(given));
  }
  out.trials.resize(out.columns.size());
  fill(out, e, probabilities(e.states));
  return out;
}

TextTable column_table(const TableCompletion& c) {
  TextTable table{
      "Columns, and how hidden cells of rows kept apart came out",
      {"column", "holes", "states", "right [%]", "most usual [%]", "mean error", "of the mean"},
      {}};
  for (size_t i = 0; i < c.columns.size(); ++i) {
    const ColumnStates& column = c.columns[i];
    const ColumnTrial& trial = c.trials[i];
    const auto of_trial = [&](double value, bool shown) {
      return trial.cells > 0 && shown ? number_text(value, 3) : std::string("–");
    };
    const bool numbers = !column.means.empty();
    table.rows.push_back(
        {column.name, fmt::format("{}", column.holes),
         column.left.empty() ? fmt::format("{}", column.states()) : "left: " + column.left,
         of_trial(trial.right, true), of_trial(trial.usual_right, true),
         of_trial(trial.error, numbers), of_trial(trial.mean_error, numbers)});
  }
  return table;
}

Plot trial_plot(const TableCompletion& c) {
  Plot plot{.title = "Hidden cells of rows kept apart", .x_label = "", .y_label = "right [%]"};
  Plot::Bars ours{.label = "monotone DBM"}, usual{.label = "most usual state"};
  for (size_t i = 0; i < c.columns.size(); ++i) {
    if (c.trials[i].cells == 0) continue;
    plot.categories.push_back(c.columns[i].name);
    ours.values.push_back(c.trials[i].right), usual.values.push_back(c.trials[i].usual_right);
  }
  plot.bars = {ours, usual};
  return plot;
}

Json to_json(const TableCompletion& c) {
  Json columns = Json::array();
  for (size_t i = 0; i < c.columns.size(); ++i) {
    Json column = {{"name", c.columns[i].name}, {"holes", c.columns[i].holes}};
    if (!c.columns[i].left.empty()) column["left"] = c.columns[i].left;
    if (const ColumnTrial& trial = c.trials[i]; trial.cells > 0)
      column["trial"] = {{"cells", trial.cells},
                         {"right_percent", trial.right},
                         {"most_usual_percent", trial.usual_right}};
    columns.push_back(std::move(column));
  }
  return {{"rows", c.rows}, {"holes", c.holes}, {"filled", c.filled}, {"columns", columns}};
}

void write_completion(const TableCompletion& c, const std::filesystem::path& folder) {
  data::write_csv(folder / "completed.csv", c.table);
  data::write_csv(folder / "probabilities.csv", c.probabilities);
  if (!trial_plot(c).categories.empty()) write_file(folder / "trial.svg", to_svg(trial_plot(c)));
}

}  // namespace offprint::tasks
