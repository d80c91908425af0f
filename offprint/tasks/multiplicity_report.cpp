// What an audit of predictive multiplicity shows: tables, plots, JSON.
#include <algorithm>
#include <map>
#include <numeric>

#include "offprint/tasks/multiplicity_audit.h"

namespace offprint::tasks {
namespace {

std::string percent(double share) { return number_text(100 * share, 3) + " %"; }
std::string percent(const Share& s) {
  return fmt::format("{} [{}, {}]", percent(s.value), number_text(100 * s.low, 3),
                     number_text(100 * s.high, 3));
}

}  // namespace

TextTable multiplicity_table(const MultiplicityOutcome& o) {
  TextTable t{"", {"measure", "value"}, {}};
  const auto row = [&](std::string name, std::string value) {
    t.rows.push_back({std::move(name), std::move(value)});
  };
  row("rows, features", fmt::format("{}, {}", o.rows, o.features.size()));
  row("best loss, and how much worse a model may be [nats a row]",
      fmt::format("{}, {}", number_text(o.loss), number_text(o.slack)));
  row("accuracy of the best model", percent(o.accuracy));
  row("ambiguity: people whom some near-optimal model moves (95 %)", percent(o.ambiguity));
  if (o.held_out_ambiguity) row("the same, held out", percent(*o.held_out_ambiguity));
  row("people whose side of 1/2 depends on the model", percent(o.conflicting));
  row("discrepancy: the most people that one model moves",
      o.worst.proved && o.worst.lower == o.worst.upper
          ? percent(o.worst.lower)
          : fmt::format("{} to {}", percent(o.worst.lower), percent(o.worst.upper)));
  row("certificates: widest gap of a range's end, in score", number_text(o.widest_gap, 2));
  return t;
}

TextTable group_table(const MultiplicityOutcome& o) {
  TextTable t{"", {"group", "people", "ambiguity", "mean move"}, {}};
  for (const GroupMultiplicity& g : o.groups)
    t.rows.push_back(
        {g.name, fmt::format("{}", g.people), percent(g.ambiguity), number_text(g.mean_move, 3)});
  return t;
}

Plot range_plot(const MultiplicityOutcome& o) {
  const auto &p = o.people.numbers("probability"), &low = o.people.numbers("low"),
             &high = o.people.numbers("high");
  std::vector<size_t> order(p.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::sort(order, {}, [&](size_t i) { return p[i]; });
  // More than these would lie on one another.
  const size_t shown = std::min<size_t>(order.size(), 150);
  Plot plot;
  plot.title = "What models nearly as good say of each person";
  plot.x_label = "people, by the best model's probability [rank]";
  plot.y_label = "probability of " + o.target + " = " + o.positive;
  Plot::Line line{.label = "best model, and the range of all"};
  for (size_t k = 0; k < shown; ++k) {
    const size_t rank = shown > 1 ? k * (order.size() - 1) / (shown - 1) : 0, i = order[rank];
    line.x.push_back(static_cast<double>(rank + 1)), line.y.push_back(p[i]);
    line.low.push_back(low[i]), line.high.push_back(high[i]);
  }
  plot.lines = {line};
  plot.marks = {{"1/2", 0.5, false}};
  return plot;
}

Plot epsilon_plot(const MultiplicityOutcome& o) {
  Plot plot;
  plot.title = "Ambiguity and discrepancy over epsilon";
  plot.x_label = "epsilon", plot.y_label = "share of people [%]";
  std::map<double, std::pair<Plot::Line, Plot::Line>> by_delta;
  for (const EpsilonPoint& point : o.grid) {
    auto& [a, d] = by_delta[point.delta];
    a.x.push_back(point.epsilon), a.y.push_back(100 * point.ambiguity);
    d.x.push_back(point.epsilon), d.y.push_back(100 * point.discrepancy);
  }
  for (auto& [delta, lines] : by_delta) {
    lines.first.label = fmt::format("ambiguity, delta {}", number_text(delta, 3));
    lines.second.label = fmt::format("one model, delta {}", number_text(delta, 3));
    lines.second.dashed = true;
    plot.lines.push_back(lines.first), plot.lines.push_back(lines.second);
  }
  return plot;
}

Json to_json(const MultiplicityOutcome& o) {
  const auto share = [](const Share& s) {
    return Json{{"value", s.value}, {"low", s.low}, {"high", s.high}};
  };
  Json groups = Json::array(), grid = Json::array();
  for (const GroupMultiplicity& g : o.groups)
    groups.push_back({{"group", g.name},
                      {"people", g.people},
                      {"ambiguity", g.ambiguity},
                      {"mean_move", g.mean_move}});
  for (const EpsilonPoint& p : o.grid)
    grid.push_back({{"epsilon", p.epsilon},
                    {"delta", p.delta},
                    {"ambiguity", p.ambiguity},
                    {"discrepancy_from_below", p.discrepancy}});
  Json out{{"source", o.source},
           {"target", o.target},
           {"positive", o.positive},
           {"rows", o.rows},
           {"fitted_rows", o.fitted},
           {"features", o.features},
           {"notes", o.notes},
           {"loss", o.loss},
           {"slack", o.slack},
           {"accuracy", o.accuracy},
           {"widest_gap", o.widest_gap},
           {"ambiguity", share(o.ambiguity)},
           {"conflicting", o.conflicting},
           {"discrepancy",
            {{"lower", o.worst.lower},
             {"upper", o.worst.upper},
             {"proved", o.worst.proved},
             {"binaries", o.worst.binaries},
             {"nodes", o.worst.nodes},
             {"cuts", o.worst.cuts}}},
           {"groups", groups},
           {"grid", grid}};
  if (o.held_out_ambiguity) out["held_out_ambiguity"] = share(*o.held_out_ambiguity);
  return out;
}

}  // namespace offprint::tasks
