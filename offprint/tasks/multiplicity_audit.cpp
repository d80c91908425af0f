#include "offprint/tasks/multiplicity_audit.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "offprint/core/error.h"
#include "offprint/core/file.h"
#include "offprint/data/csv.h"
#include "offprint/kernels/mixed_integer.h"

namespace offprint::tasks {
namespace {

void check(const MultiplicityRequest& r) {
  const MultiplicityOptions& o = r.options;
  require(!r.target.empty(), "audit: --target is required with --method predictive-multiplicity");
  require(o.epsilon > 0, "audit: --epsilon is {}, expected a number > 0", o.epsilon);
  require(o.delta > 0 && o.delta < 1, "audit: --delta is {}, expected one in (0, 1)", o.delta);
  require(o.l2 > 0, "audit: --l2 is {}, expected a number > 0", o.l2);
  require(o.held_out >= 0 && o.held_out <= 0.9, "audit: --held-out is {}, expected 0 to 0.9",
          o.held_out);
  require(o.people >= 1, "audit: --most-people is {}, expected at least 1", o.people);
  require(o.seconds >= 0, "audit: --seconds is {}, expected a number >= 0", o.seconds);
}

Tensor index_of(const std::vector<int64_t>& rows) {
  return at::tensor(rows, at::TensorOptions().dtype(at::kLong));
}

std::vector<int64_t> chosen(std::vector<int64_t> rows, int64_t most, Rng rng) {
  if (static_cast<int64_t>(rows.size()) <= most) return rows;
  std::vector<int64_t> some;
  for (const int64_t k : rng.permutation(static_cast<int64_t>(rows.size())))
    if (static_cast<int64_t>(some.size()) < most) some.push_back(rows[static_cast<size_t>(k)]);
  std::ranges::sort(some);
  return some;
}

struct Judged {               // people of one kind: those learnt from, or held out
  std::vector<int64_t> rows;  // of the design
  Tensor X, best;             // (K,D), scores (K)
  kernels::ViableRanges ranges;
  Tensor moves;
};

Judged judge(const NearOptimal& base, const Tensor& X, std::vector<int64_t> rows, double slack,
             Progress& progress) {
  Judged j;
  j.rows = std::move(rows), j.X = X.index_select(0, index_of(j.rows));
  j.best = best_scores(base, j.X);
  j.ranges = viable_ranges(base, j.X, slack, progress);
  j.moves = greatest_moves(j.best, j.ranges);
  return j;
}

struct Cases {  // the table as a model sees it
  data::Table table;
  data::BinaryTarget target;
  Tensor X;
  std::vector<int64_t> fit, held_out;
};

void fill_people(MultiplicityOutcome& out, const Cases& cases, const std::vector<Judged>& judged,
                 const MultiplicityOptions& o) {
  using data::ColumnKind;
  data::Column line{"line"}, actual{"actual", ColumnKind::text}, probability{"probability"},
      low{"low"}, high{"high"}, move{"move"}, ambiguous{"ambiguous"}, held{"held_out"},
      group{"group", ColumnKind::text};
  const std::vector<std::string> groups =
      o.group.empty() ? std::vector<std::string>{} : cases.table.texts(o.group);
  for (size_t part = 0; part < judged.size(); ++part) {
    const Judged& j = judged[part];
    const auto put = [](data::Column& to, const Tensor& values) {
      const std::vector<double> all = data::column_of(values.unsqueeze(1), 0);
      to.numbers.insert(to.numbers.end(), all.begin(), all.end());
    };
    put(probability, j.best.sigmoid());
    put(low, j.ranges.low.scores.sigmoid()), put(high, j.ranges.high.scores.sigmoid());
    put(move, j.moves);
    put(ambiguous, (j.moves >= o.delta - kMoveTolerance).to(at::kDouble));
    for (const int64_t row : j.rows) {
      line.numbers.push_back(static_cast<double>(cases.table.line(row)));
      actual.texts.push_back(cases.target.y[row].item<double>() > 0 ? cases.target.positive
                                                                    : cases.target.negative);
      held.numbers.push_back(part == 1);
      if (!groups.empty()) group.texts.push_back(groups[static_cast<size_t>(row)]);
    }
  }
  out.people.source = "people", out.people.rows = static_cast<int64_t>(line.numbers.size());
  out.people.columns = {line, actual, probability, low, high, move, ambiguous};
  if (!groups.empty()) out.people.columns.push_back(group);
  if (judged.size() > 1) out.people.columns.push_back(held);
}

void fill_groups(MultiplicityOutcome& out) {
  if (!out.people.contains("group")) return;
  std::map<std::string, GroupMultiplicity> by_name;
  const auto& moves = out.people.numbers("move");
  const auto& ambiguous = out.people.numbers("ambiguous");
  const std::vector<std::string> names = out.people.texts("group");
  for (size_t i = 0; i < names.size(); ++i) {
    GroupMultiplicity& g = by_name[names[i].empty() ? "missing" : names[i]];
    ++g.people, g.ambiguity += ambiguous[i], g.mean_move += moves[i];
  }
  for (auto& [name, g] : by_name) {
    g.name = name;
    g.ambiguity /= static_cast<double>(g.people), g.mean_move /= static_cast<double>(g.people);
    out.groups.push_back(g);
  }
}

void fill_grid(MultiplicityOutcome& out, const NearOptimal& base, const Judged& all,
               const MultiplicityOptions& o, Rng rng, Progress& progress) {
  constexpr int64_t kMost = 400;
  std::vector<int64_t> rows(all.rows.size());
  std::iota(rows.begin(), rows.end(), 0);
  const Tensor people = all.X.index_select(0, index_of(chosen(rows, kMost, rng)));
  const Tensor best = best_scores(base, people);
  for (const double factor : {0.0, 0.25, 0.5, 1.0, 2.0, 4.0}) {
    const double slack = factor * out.slack;
    const kernels::ViableRanges r = viable_ranges(base, people, slack, progress);
    for (const double of_delta : {0.5, 1.0, 2.0}) {
      const double delta = std::min(0.99, of_delta * o.delta);
      out.grid.push_back({factor * o.epsilon, delta, ambiguity(greatest_moves(best, r), delta),
                          discrepancy_from_below(base, people, r, slack, delta).lower});
    }
  }
}

void fill_models(MultiplicityOutcome& out, const NearOptimal& base, const Judged& all) {
  using data::ColumnKind;
  const int64_t widest = all.moves.argmax().item<int64_t>();
  data::Column name{"model", ColumnKind::text}, loss{"loss"};
  std::vector<Tensor> weights{base.best.weights, out.worst.weights, all.ranges.low.weights[widest],
                              all.ranges.high.weights[widest]};
  name.texts = {"best", "moves most people", "lowest for the most movable person",
                "highest for the most movable person"};
  out.models.source = "models", out.models.rows = 4;
  for (const Tensor& w : weights) {
    const std::vector<double> one = data::column_of(w.unsqueeze(1), 0);
    loss.numbers.push_back(kernels::objective(base.set, one));
  }
  out.models.columns = {name, loss};
  for (size_t j = 0; j <= out.features.size(); ++j) {
    data::Column column{j < out.features.size() ? out.features[j] : "(intercept)"};
    for (const Tensor& w : weights)
      column.numbers.push_back(w[static_cast<int64_t>(j)].item<double>());
    out.models.columns.push_back(std::move(column));
  }
}

Cases read_cases(const MultiplicityRequest& r, MultiplicityOutcome& out) {
  Cases cases;
  const data::Table whole = data::read_csv(r.data);
  out.source = whole.source, out.target = r.target;
  cases.target = data::binary_target(whole, r.target, r.options.positive);
  const auto known = static_cast<int64_t>(cases.target.rows.size());
  if (known < whole.rows)
    out.notes.push_back(fmt::format("{} rows without '{}' left out", whole.rows - known, r.target));
  cases.table = data::table_rows(whole, cases.target.rows);
  if (!r.options.group.empty()) cases.table.column(r.options.group);
  const data::Encoding encoding = data::fit_encoding(cases.table, r.target, {.without = r.without});
  cases.X = data::encode(cases.table, encoding);
  out.notes.insert(out.notes.end(), encoding.notes.begin(), encoding.notes.end());
  out.features = encoding.names, out.positive = cases.target.positive, out.rows = known;
  const auto apart = static_cast<int64_t>(r.options.held_out * static_cast<double>(known));
  const std::vector<int64_t> order = Rng(r.seed).split("held-out").permutation(known);
  cases.held_out.assign(order.begin(), order.begin() + apart);
  cases.fit.assign(order.begin() + apart, order.end());
  std::ranges::sort(cases.fit), std::ranges::sort(cases.held_out);
  return cases;
}

}  // namespace

MultiplicityOutcome audit_multiplicity(const MultiplicityRequest& r, Progress& progress) {
  check(r);
  for (const auto& path : {r.out, r.models})
    if (!path.empty()) try_to_write(path);
  const MultiplicityOptions& o = r.options;
  const Rng rng(r.seed);
  MultiplicityOutcome out;
  progress.start("reading " + r.data.filename().string());
  const Cases cases = read_cases(r, out);
  const Tensor y = cases.target.y.index_select(0, index_of(cases.fit));
  progress.start("best model");
  const NearOptimal base = near_optimal(cases.X.index_select(0, index_of(cases.fit)), y, o.l2);
  out.fitted = static_cast<int64_t>(cases.fit.size()), out.loss = base.best.objective;
  out.slack = slack_of(base, o.epsilon, o.epsilon_of == "relative");
  const Tensor fitted = best_scores(base, base.X);
  out.accuracy = ((fitted > 0).to(at::kDouble) == y).to(at::kDouble).mean().item<double>();
  if (out.accuracy == 1)
    out.notes.push_back("the classes are separable: the ridge penalty alone keeps weights finite");

  std::vector<Judged> judged{
      judge(base, cases.X, chosen(cases.fit, o.people, rng.split("people")), out.slack, progress)};
  const Judged& all = judged.front();
  out.widest_gap = std::max(max_abs_diff(all.ranges.low.bounds, all.ranges.low.scores),
                            max_abs_diff(all.ranges.high.bounds, all.ranges.high.scores));
  out.ambiguity = bootstrap_ambiguity(all.moves, o.delta, rng.split("bootstrap"));
  out.conflicting = ((all.ranges.low.scores < 0) & (all.ranges.high.scores > 0))
                        .to(at::kDouble)
                        .mean()
                        .item<double>();
  DiscrepancyOptions search;
  search.seconds = o.seconds;
  const bool prove = o.seconds > 0 && kernels::has_mixed_integer();
  out.worst = prove ? discrepancy(base, all.X, all.ranges, out.slack, o.delta, search, progress)
                    : discrepancy_from_below(base, all.X, all.ranges, out.slack, o.delta);
  fill_models(out, base, all);
  fill_grid(out, base, all, o, rng.split("grid"), progress);
  if (!cases.held_out.empty()) {
    judged.push_back(judge(base, cases.X, chosen(cases.held_out, o.people, rng.split("held-out")),
                           out.slack, progress));
    out.held_out_ambiguity =
        bootstrap_ambiguity(judged.back().moves, o.delta, rng.split("bootstrap held-out"));
  }
  fill_people(out, cases, judged, o);
  fill_groups(out);
  if (!r.out.empty()) data::write_csv(r.out, out.people);
  if (!r.models.empty()) data::write_csv(r.models, out.models);
  return out;
}

}  // namespace offprint::tasks
