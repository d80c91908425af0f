#include "offprint/papers/causal_minimax/checks.h"

#include <algorithm>
#include <cmath>

#include "offprint/papers/causal_minimax/oracles.h"
#include "offprint/papers/statistics.h"
#include "offprint/tasks/subset_search.h"
#include "offprint/worlds/binary_network.h"

namespace offprint::papers::causal_minimax {
namespace {

using kernels::has;
using kernels::node;
using kernels::NodeSet;

NodeSet some_of(NodeSet set, Rng& rng) { return set & rng.bits(); }

template <class Use>
void each_subset(NodeSet of, Use&& use) {
  for (NodeSet s = 0;; s = (s - of) & of) {
    use(s);
    if (s == of) return;
  }
}

// Of a mutable variable: tables of all of them are enumerated.
int most_parents(const kernels::TransferProblem& p) {
  int most = 0;
  for (const int m : kernels::members(p.moving))
    most = std::max(most, kernels::count_of(p.graph.parents[static_cast<size_t>(m)]));
  return most;
}

double lattice(double value, double reach, int steps) {
  return std::round((value / reach + 1) / 2 * steps) / steps * 2 * reach - reach;
}

Tensor on_lattice(const Tensor& x, double reach, int steps) {
  return ((x / reach + 1) / 2 * steps).round() / steps * 2 * reach - reach;
}

}  // namespace

void check_graphs(Bench& b) {
  b.progress.start("separations", b.options.graphs);
  Rng rng = b.rng.split("graphs");
  int64_t wrong = 0, asked = 0;
  for (int64_t draw = 0; draw < b.options.graphs; ++draw) {
    b.progress.throw_if_stopped();
    const auto stable = 3 + static_cast<int>(rng.integer(5));
    const kernels::TransferProblem p = worlds::random_problem(
        {.stable = stable, .moving = 1 + static_cast<int>(rng.integer(2)), .degree = 2.5}, rng);
    const kernels::CausalGraph g = kernels::mutilated(p.graph, p.moving);
    for (int i = 0; i < g.size(); ++i)
      wrong += g.parents[static_cast<size_t>(i)] !=
               (has(p.moving, i) ? 0 : p.graph.parents[static_cast<size_t>(i)]);
    for (int question = 0; question < 20; ++question, ++asked) {
      const kernels::CausalGraph& of = question % 2 == 0 ? p.graph : g;
      const NodeSet x = some_of(some_of(g.all(), rng), rng), y = some_of(g.all() & ~x, rng);
      const NodeSet given = some_of(g.all() & ~x & ~y, rng);
      wrong += kernels::d_separated(of, x, y, given) != separated_in_moral_graph(of, x, y, given);
    }
    for (int question = 0; question < 10; ++question, ++asked) {
      const NodeSet a = some_of(p.stable(), rng);
      const NodeSet c = question % 2 == 0 ? some_of(p.stable(), rng) : a & rng.bits();
      wrong += kernels::equivalent(p, a, c) != equivalent_by_definition(p, a, c);
    }
    b.progress.at(draw + 1);
  }
  b.measured["graphs"] = {static_cast<double>(wrong), "moral graphs; every common part",
                          fmt::format("{} questions of {} graphs", asked, b.options.graphs), ""};
}

void check_whole_set(Bench& b) {
  constexpr int kGraphs = 20;
  b.progress.start("whole set", kGraphs);
  Rng rng = b.rng.split("whole");
  double excess = 0, elsewhere = 0;
  int64_t beaten = 0;
  for (int draw = 0; draw < 2 * kGraphs; ++draw) {
    b.progress.throw_if_stopped();
    const bool guaranteed = draw < kGraphs;
    kernels::TransferProblem p;
    do
      p = worlds::random_problem(
          {.stable = 3 + draw % 5, .moving = 1 + draw % 2, .degree = 3, .guaranteed = guaranteed},
          rng);
    while (kernels::whole_set_verdict(p).guaranteed() != guaranteed || most_parents(p) > 3);
    const worlds::BinaryTransfer exact(worlds::random_network(p.graph, rng), p);
    const double whole = exact.worst_case(p.stable()).risk;
    double least = whole;
    each_subset(p.stable(), [&](NodeSet s) { least = std::min(least, exact.worst_case(s).risk); });
    (guaranteed ? excess : elsewhere) =
        std::max(guaranteed ? excess : elsewhere, 100 * (whole / least - 1));
    beaten += !guaranteed && whole > least * (1 + 1e-9);
    b.progress.at(draw + 1);
  }
  b.measured["whole-optimal"] = {
      excess, "",
      fmt::format("worst of {} binary networks, all subsets; where the graph does not guarantee it "
                  "{} of {} are beaten, by up to {} %",
                  kGraphs, beaten, kGraphs, number_text(elsewhere, 3)),
      ""};
}

void check_search(Bench& b) {
  b.progress.start("search against all subsets", b.options.networks);
  Rng rng = b.rng.split("search");
  int64_t missed = 0, weighed = 0, all = 0, subset_wins = 0;
  double widest = 0;
  for (int64_t draw = 0; draw < b.options.networks; ++draw) {
    b.progress.throw_if_stopped();
    const int64_t stable = 4 + draw % (b.options.most_stable - 3);
    const kernels::TransferProblem p =
        worlds::random_problem({.stable = static_cast<int>(stable), .moving = 1, .degree = 2}, rng);
    const worlds::BinaryTransfer exact(worlds::random_network(p.graph, rng), p);
    double least = 1e9, found = 1e9;
    each_subset(p.stable(), [&](NodeSet s) { least = std::min(least, exact.worst_case(s).risk); });
    const kernels::SubsetClasses classes = kernels::equivalence_classes(p);
    for (const NodeSet s : classes.representatives)
      found = std::min(found, exact.worst_case(s).risk);
    widest = std::max(widest, found - least);
    missed += found > least + 1e-10;
    subset_wins += exact.worst_case(p.stable()).risk > least + 1e-10;
    weighed += std::ssize(classes.representatives), all += int64_t{1} << stable;
    b.progress.at(draw + 1);
  }
  b.measured["search-exact"] = {
      static_cast<double>(missed), "exhaustive search over all subsets",
      fmt::format("{} networks, {} subsets weighed of {}; a part beats the whole in {}; widest gap "
                  "{}",
                  b.options.networks, weighed, all, subset_wins, number_text(widest, 2)),
      ""};
}

void measure_growth(Bench& b) {
  b.progress.start("growth", b.options.most_grown);
  Rng rng = b.rng.split("growth");
  std::vector<double> sizes, classes, shares;
  Plot plot{.title = "Subsets to weigh over stable variables",
            .x_label = "stable variables",
            .y_label = "subsets",
            .log_x = true,
            .log_y = true};
  plot.lines = {{.label = "classes, sparse graphs (geometric mean)"}, {.label = "all subsets"}};
  plot.lines[1].dashed = true;
  TextTable table{"Classes of equivalent subsets, random graphs of average degree 1.5",
                  {"stable variables", "classes, geometric mean", "most",
                   "share of all subsets [%]", "separations asked for"},
                  {}};
  for (int64_t p = 4; p <= b.options.most_grown; p += 2) {
    double logs = 0, share = 0, most = 0, separations = 0;
    for (int64_t draw = 0; draw < b.options.growth_draws; ++draw) {
      b.progress.throw_if_stopped();
      const kernels::TransferProblem problem =
          worlds::random_problem({.stable = static_cast<int>(p), .moving = 1, .degree = 1.5}, rng);
      const kernels::SubsetClasses found = kernels::equivalence_classes(problem);
      const auto count = static_cast<double>(found.representatives.size());
      logs += std::log(count), share += count / std::exp2(static_cast<double>(p));
      most = std::max(most, count), separations += static_cast<double>(found.separations);
    }
    const auto draws = static_cast<double>(b.options.growth_draws);
    sizes.push_back(static_cast<double>(p)), classes.push_back(std::exp(logs / draws));
    shares.push_back(share / draws);
    for (Plot::Line& line : plot.lines) line.x.push_back(static_cast<double>(p));
    plot.lines[0].y.push_back(classes.back());
    plot.lines[1].y.push_back(std::exp2(static_cast<double>(p)));
    table.rows.push_back({fmt::format("{}", p), number_text(classes.back(), 3),
                          fmt::format("{:.0f}", most), number_text(100 * shares.back(), 3),
                          number_text(separations / draws, 3)});
    if (p == 12)
      b.measured["share"] = {
          shares.back(), "1 of an exhaustive search",
          fmt::format("mean of {} graphs, the most {:.0f} of 4096", b.options.growth_draws, most),
          ""};
    b.progress.at(p);
  }
  const SlopeFit fit = fit_exponent(sizes, classes, b.rng.split("interval"));
  b.measured["growth"] = {fit.slope.value, "an exhaustive search doubles with every variable",
                          spread_text(fit.slope, "size"), ""};
  b.show(table);
  b.draw(
      {"Subsets that make different predictors grow like a power of the number of stable "
       "variables where graphs are sparse; all subsets double with each.",
       plot});
}

FoldExample fold_example() {
  FoldExample e;
  e.problem.graph = kernels::unconnected({"y", "m", "x"});
  e.problem.graph.parents[1] = node(0), e.problem.graph.parents[2] = node(0) | node(1);
  e.problem.outcome = 0, e.problem.moving = node(1);
  e.model = {e.problem.graph,
             {{.weights = {}, .noise = 1, .kind = worlds::NoiseKind::uniform},
              {.weights = {0.3}, .noise = 0.8, .kind = worlds::NoiseKind::uniform},
              {.link = worlds::Link::absolute, .weights = {1, -1}, .noise = 0.05}}};
  return e;
}

Tensor FoldExample::draw(int64_t rows, const Rng& rng) const {
  return worlds::sample(model, rows, rng, {{0, [](const Tensor&, const Tensor& noise) {
                                              return on_lattice(noise, std::sqrt(3.0), 20);
                                            }}});
}

std::vector<tasks::MechanismMean> true_means(const worlds::AdditiveModel& model) {
  std::vector<tasks::MechanismMean> out;
  for (const worlds::Mechanism& m : model.mechanisms)
    out.push_back([m](const Tensor& parents) { return worlds::mechanism_mean(m, parents); });
  return out;
}

void check_example(Bench& b) {
  b.progress.start("the example");
  const FoldExample e = fold_example();
  const Tensor data = e.draw(3000, b.rng.split("fold"));
  const tasks::Mechanisms fitted =
      tasks::fit_mechanisms(e.problem, data, 100, b.rng.split("equations"));
  const tasks::SubsetSearch s = tasks::search_subsets(
      fitted,
      {.shifts = {.starts = b.options.starts + 1, .steps = 2 * b.options.steps}, .units = 100},
      b.rng.split("example"), b.progress);
  const tasks::Mechanisms truth =
      tasks::known_mechanisms(e.problem, e.draw(3000, b.rng.split("fresh")), true_means(e.model));
  const auto exact = [&](const tasks::SubsetRisk& r) {
    return enumerated_worst_risk(truth, r.predictor, 201);
  };
  const tasks::SubsetRisk &chosen = s.risks[s.chosen], &whole = s.of(s.whole);
  const double kept = exact(chosen), all = exact(whole);
  b.measured["example"] = {
      kept / all, fmt::format("whole set {}", number_text(all, 3)),
      fmt::format("enumerated on fresh rows; chosen {} {}, estimates {} and {}",
                  kernels::set_text(e.problem.graph, chosen.predictor.subset), number_text(kept, 3),
                  number_text(chosen.worst, 3), number_text(whole.worst, 3)),
      ""};
  b.measured["example-verdict"] = {s.verdict.guaranteed() ? 1.0 : 0.0, "",
                                   "y -> m -> x <- y: y points to x, which is below m", ""};
  Plot plot{.title = "The example: a shift folds the outcome where it likes",
            .x_label = "outcome y",
            .y_label = "worst h(y) found, and what is then predicted"};
  const tasks::WorstShift worst = tasks::worst_shift(
      truth, whole.predictor, {.starts = 6, .steps = 2 * b.options.steps}, b.rng.split("drawn"));
  const tasks::Columns shifted = tasks::regenerate(truth, tasks::shift_of(worst.networks, truth));
  const Tensor predicted = tasks::predict(whole.predictor, shifted);
  Plot::Line h{.label = "m = h(y)"}, f{.label = "prediction from x and m", .points = true},
      perfect{.label = "y", .dashed = true};
  for (int k = 0; k <= 20; ++k) {
    const double y = lattice(-std::sqrt(3.0) + k * std::sqrt(3.0) / 10, std::sqrt(3.0), 20);
    const Tensor rows = (truth.data.select(1, 0) - y).abs() < 1e-6;
    if (rows.sum().item<int64_t>() == 0) continue;
    h.x.push_back(y), f.x.push_back(y), perfect.x.push_back(y), perfect.y.push_back(y);
    h.y.push_back(shifted[1].view({-1}).masked_select(rows).mean().item<double>());
    f.y.push_back(predicted.view({-1}).masked_select(rows).mean().item<double>());
  }
  plot.lines = {h, f, perfect};
  b.draw(
      {"x = |y - m|: the adversary puts m half way between the outcome and the other end, so that "
       "both give the same x; a predictor that leaves x out cannot be misled so.",
       plot});
}

void check_worst_shift(Bench& b) {
  // Fewer rows judge the ascent no less, but the slopes of the equations would be 1 % off.
  constexpr int64_t kRows = 50'000, kJudged = 2000;
  b.progress.start("worst shifts against enumeration", b.options.cases);
  Rng rng = b.rng.split("small");
  TextTable table{"Worst-case risk of small systems",
                  {"system", "enumerated, true equations", "enumerated, estimated equations",
                   "found", "of the shift found, true equations"},
                  {}};
  double below = 0, above = 0;
  for (int64_t draw = 0; draw < b.options.cases; ++draw) {
    b.progress.throw_if_stopped();
    // z -> y; y (and z) -> m; y, m (and z) -> x.
    kernels::TransferProblem p;
    p.graph = kernels::unconnected({"z", "y", "m", "x"});
    p.graph.parents[1] = node(0);
    p.graph.parents[2] = draw % 2 == 0 ? node(1) : node(0) | node(1);
    p.graph.parents[3] = node(1) | node(2) | (draw % 3 == 0 ? node(0) : 0);
    p.outcome = 1, p.moving = node(2);
    worlds::AdditiveModel model = worlds::random_additive_model(p.graph, draw % 4 == 1, rng);
    model.mechanisms[0].kind = worlds::NoiseKind::two_points;
    model.mechanisms[1] = {.weights = {0.8}, .noise = 1, .kind = worlds::NoiseKind::two_points};
    // m goes everywhere under every y, so that the table tells what comes of each shift.
    model.mechanisms[2].noise = 1;
    for (double& weight : model.mechanisms[2].weights) weight *= 0.25;
    const Tensor data = worlds::sample(model, kRows, rng.split(static_cast<uint64_t>(draw)));
    const tasks::Mechanisms fitted = tasks::fit_mechanisms(p, data, 250, rng.split("equations"));
    const tasks::Mechanisms estimated = tasks::some_rows(fitted, kJudged, rng.split("judged"));
    const tasks::Mechanisms truth = tasks::some_rows(
        tasks::known_mechanisms(p, data, true_means(model)), kJudged, rng.split("judged"));
    const NodeSet subset = draw % 2 == 0 ? p.stable() : node(3);
    const tasks::StablePredictor f = tasks::fit_stable_predictor(
        p, tasks::do_table(fitted, 1, rng.split("do")), subset, 60, rng.split("predictor"));
    const double exact = enumerated_worst_risk(truth, f, 201);
    const tasks::WorstShift found = tasks::worst_shift(
        estimated, f, {.starts = 8, .steps = 150, .rows = kJudged}, rng.split("ascent"));
    below = std::max(below, 100 * (1 - found.risk / exact));
    above = std::max(above, 100 * (found.risk / exact - 1));
    const tasks::Columns shifted =
        tasks::regenerate(truth, tasks::shift_of(found.networks, estimated));
    table.rows.push_back({std::to_string(draw + 1), number_text(exact, 4),
                          number_text(enumerated_worst_risk(estimated, f, 201), 4),
                          number_text(found.risk, 4),
                          number_text(tasks::risk(f, shifted, p.outcome).item<double>(), 4)});
    b.progress.at(draw + 1);
  }
  b.show(std::move(table));
  const std::string of = fmt::format("worst of {} small systems, equations estimated on {} rows",
                                     b.options.cases, kRows);
  b.measured["ascent-below"] = {below, "enumeration with the true equations", of, ""};
  b.measured["ascent-above"] = {above, "enumeration with the true equations", of, ""};
}

}  // namespace offprint::papers::causal_minimax
