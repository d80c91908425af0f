// What an audit of misspecification shows: the tornado, the worst case, the least change.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "offprint/core/file.h"
#include "offprint/data/csv.h"
#include "offprint/tasks/misspecification_audit.h"

namespace offprint::tasks {
namespace {

constexpr int64_t kExampleRows = 10;

// Deviations with their mild and strong form, the most harmful first.
struct Pair {
  const DeviationTrial *mild, *strong;
};

std::vector<Pair> pairs(const MisspecificationAudit& a) {
  const size_t half = a.trials.size() / 2;
  std::vector<Pair> all;
  for (size_t i = 0; i < half; ++i) all.push_back({&a.trials[i], &a.trials[half + i]});
  std::ranges::stable_sort(all, std::greater(), [](const Pair& p) {
    return std::max(p.mild->distance, p.strong->distance);
  });
  return all;
}

TextTable trial_table(const std::vector<Pair>& all) {
  TextTable table{"How far the reward would be off: 0 right, 0.5 unrelated, 1 the opposite",
                  {"if the person", "reward off", "at worst"},
                  {}};
  for (const Pair& p : all)
    for (const DeviationTrial* t : {p.strong, p.mild})
      table.rows.push_back(
          {t->label, number_text(t->distance, 3), t->worst ? number_text(*t->worst, 3) : "–"});
  return table;
}

Plot tornado(const std::vector<Pair>& all) {
  Plot plot{.title = "How far the reward would be off",
            .y_label = "STARC distance (1: the opposite reward)"};
  Plot::Bars mild{.label = "mild"}, strong{.label = "strong"};
  for (const Pair& p : all) {
    // "discount" stands twice: whoever discounts more, and whoever discounts less.
    const std::string& label = p.mild->label;
    plot.categories.push_back(p.mild->deviation == "discount" ? label.substr(0, label.find(','))
                                                              : p.mild->deviation);
    mild.values.push_back(p.mild->distance), strong.values.push_back(p.strong->distance);
  }
  plot.bars = {strong, mild};
  return plot;
}

std::vector<int64_t> furthest_apart(const MisspecificationAudit& a) {
  const Tensor apart = (a.example_inferred - a.example_worst).abs().flatten().contiguous();
  const double* d = apart.const_data_ptr<double>();
  std::vector<int64_t> order(static_cast<size_t>(apart.size(0)));
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, std::greater(), [&](int64_t i) { return d[i]; });
  order.resize(static_cast<size_t>(std::min<int64_t>(kExampleRows, std::ssize(order))));
  return order;
}

std::string pair_name(const BehaviourLog& log, int64_t cell) {
  const int64_t actions = std::ssize(log.actions);
  return log.states[static_cast<size_t>(cell / actions)] + " · " +
         log.actions[static_cast<size_t>(cell % actions)];
}

TextTable example_table(const MisspecificationAudit& a) {
  TextTable table{
      fmt::format("A worst case: the same behaviour of somebody who {}", a.example_label),
      {"state · action", "inferred", "could be"},
      {}};
  const Tensor held = a.example_inferred.flatten(), other = a.example_worst.flatten();
  for (const int64_t cell : furthest_apart(a))
    table.rows.push_back({pair_name(a.inferred.log, cell),
                          number_text(held[cell].item<double>(), 3),
                          number_text(other[cell].item<double>(), 3)});
  return table;
}

std::string attack_text(const MisspecificationAudit& a) {
  if (!a.attack.found) return "no change of behaviour turns the reward half way round";
  std::string what = a.attack.what;
  if (a.attack.cell >= 0)
    what =
        fmt::format("'{}' {}", pair_name(a.inferred.log, a.attack.cell), push_name(a.attack.rarer));
  return fmt::format(
      "behaviour that differs by at most {} in any probability has a reward {} off: {}",
      number_text(a.attack.change, 3), number_text(a.attack.distance, 2), what);
}

Json json_of(const MisspecificationAudit& a, const std::vector<Pair>& all) {
  Json trials = Json::array();
  for (const Pair& p : all)
    for (const DeviationTrial* t : {p.mild, p.strong}) {
      Json row{{"deviation", t->deviation},
               {"amount", t->amount},
               {"label", t->label},
               {"distance", t->distance}};
      if (t->worst) row["worst"] = *t->worst;
      trials.push_back(row);
    }
  Json example = Json::array();
  for (int64_t cell = 0; cell < a.example_inferred.numel(); ++cell)
    example.push_back({{"entry", pair_name(a.inferred.log, cell)},
                       {"inferred", a.example_inferred.flatten()[cell].item<double>()},
                       {"could_be", a.example_worst.flatten()[cell].item<double>()}});
  Json out{{"steps", a.inferred.log.steps.state.size(0)},
           {"model", a.inferred.options.model},
           {"discount", a.inferred.options.discount},
           {"deviations", trials},
           {"worst_case", {{"deviation", a.example_label}, {"entries", example}}},
           {"notes", a.inferred.notes}};
  if (a.attack.found)
    out["least_change"] = {
        {"change", a.attack.change}, {"distance", a.attack.distance}, {"what", attack_text(a)}};
  return out;
}

void write(const MisspecificationAudit& a, const std::vector<Pair>& all, const Plot& plot,
           const std::filesystem::path& folder) {
  data::Table csv;
  data::Column label{.name = "if the person", .kind = data::ColumnKind::text},
      deviation{.name = "deviation", .kind = data::ColumnKind::text};
  data::Column amount{.name = "amount"}, off{.name = "distance"}, worst{.name = "worst"};
  for (const Pair& p : all)
    for (const DeviationTrial* t : {p.mild, p.strong}) {
      label.texts.push_back(t->label), deviation.texts.push_back(t->deviation);
      amount.numbers.push_back(t->amount), off.numbers.push_back(t->distance);
      worst.numbers.push_back(t->worst.value_or(std::nan("")));
    }
  csv.rows = std::ssize(label.texts);
  csv.columns = {label, deviation, amount, off, worst};
  data::write_csv(folder / "deviations.csv", csv);
  data::Table example;
  data::Column entry{.name = "entry", .kind = data::ColumnKind::text};
  data::Column held{.name = "inferred"}, other{.name = "could be"};
  for (int64_t cell = 0; cell < a.example_inferred.numel(); ++cell) {
    entry.texts.push_back(pair_name(a.inferred.log, cell));
    held.numbers.push_back(a.example_inferred.flatten()[cell].item<double>());
    other.numbers.push_back(a.example_worst.flatten()[cell].item<double>());
  }
  example.rows = std::ssize(entry.texts), example.columns = {entry, held, other};
  data::write_csv(folder / "worst_case.csv", example);
  write_file(folder / "tornado.svg", to_svg(plot));
}

}  // namespace

Outcome misspecification_outcome(const MisspecificationAudit& a) {
  const std::vector<Pair> all = pairs(a);
  Outcome out;
  out.heading = heading_of(a.inferred);
  out.tables = {trial_table(all), example_table(a)};
  const DeviationTrial& most = *std::max(
      all.front().mild, all.front().strong,
      [](const DeviationTrial* x, const DeviationTrial* y) { return x->distance < y->distance; });
  out.closing = fmt::format("the conclusion hangs most on this: if the person {}, it is {} off\n{}",
                            most.label, number_text(most.distance, 3), attack_text(a));
  for (const std::string& note : a.inferred.notes) out.closing += "\n" + note;
  const Plot plot = tornado(all);
  out.plots = {plot};
  out.json = json_of(a, all);
  out.files = "deviations.csv, worst_case.csv and a plot";
  out.write = [a, plot](const std::filesystem::path& folder) { write(a, pairs(a), plot, folder); };
  return out;
}

}  // namespace offprint::tasks
