#include "offprint/tasks/discrepancy.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "offprint/core/clock.h"
#include "offprint/core/error.h"
#include "offprint/kernels/mixed_integer.h"

namespace offprint::tasks {
namespace {

using kernels::Doubles;

Doubles doubles_of(const Tensor& t) {
  const Tensor c = t.contiguous();
  return {c.const_data_ptr<double>(), c.const_data_ptr<double>() + c.numel()};
}
Tensor tensor_of(const Doubles& values) {
  return at::tensor(values, at::TensorOptions().dtype(at::kDouble));
}

// People of the same features are one, counted as often.
struct Groups {
  Tensor people, count, best;  // (G,D), (G), scores (G)
  Tensor low, high;            // bounds of the ranges (G)
  // Scores at which a person counts as moved (G), infinite: nowhere. Those of the program are half
  // a tolerance further out, so that the solver's rounding does not lose a person.
  Tensor below, above, program_below, program_above;
  double total = 0;
};

Groups groups_of(const NearOptimal& base, const Tensor& people, const kernels::ViableRanges& r,
                 double delta) {
  const Tensor rows = people.contiguous();
  const double* x = rows.const_data_ptr<double>();
  const auto width = static_cast<size_t>(people.size(1));
  std::map<Doubles, size_t> seen;
  std::vector<int64_t> first;
  Doubles count;
  for (int64_t i = 0; i < people.size(0); ++i) {
    const double* row = x + i * people.size(1);
    const auto [place, fresh] = seen.emplace(Doubles(row, row + width), first.size());
    if (fresh) first.push_back(i), count.push_back(0);
    ++count[place->second];
  }
  const Tensor chosen = at::tensor(first, at::TensorOptions().dtype(at::kLong));
  Groups g;
  g.people = rows.index_select(0, chosen), g.count = tensor_of(count);
  g.best = best_scores(base, g.people);
  g.low = r.low.bounds.index_select(0, chosen), g.high = r.high.bounds.index_select(0, chosen);
  const Tensor p = g.best.sigmoid();
  const auto thresholds = [&](double move, Tensor& below, Tensor& above) {
    const double infinity = std::numeric_limits<double>::infinity();
    const Tensor up = p + move, down = p - move;
    above = at::where(up < 1, up.clamp_max(1 - 1e-16).logit(), infinity);
    below = at::where(down > 0, down.clamp_min(1e-300).logit(), -infinity);
  };
  thresholds(delta - kMoveTolerance, g.below, g.above);
  thresholds(delta - 0.5 * kMoveTolerance, g.program_below, g.program_above);
  g.total = static_cast<double>(people.size(0));
  return g;
}

double count_moved(const Groups& g, const Tensor& weights) {
  const Tensor s = scores_of(g.people, weights);
  return at::where((s >= g.above) | (s <= g.below), g.count, 0.0).sum().item<double>();
}

struct Found {
  double moved = 0;
  Tensor weights;
};

// Along the border, towards where persons near their thresholds would count.
void improve(const NearOptimal& base, const Groups& g, double slack, Found& best) {
  if (!best.weights.defined()) return;
  const Tensor P = base.set.inverse_hessian;
  const Tensor C = at::cat({g.people, at::ones({g.people.size(0), 1}, g.people.options())}, 1);
  const Tensor width = (C.matmul(P) * C).sum(1).sqrt() * std::sqrt(2 * slack) + 1e-12;
  for (const double sharpness : {3.0, 10.0, 30.0}) {
    Tensor w = best.weights;
    for (int k = 0; k < 25; ++k) {
      const Tensor s = C.matmul(w);
      const Tensor a = ((s - g.above) / width * sharpness).sigmoid(),
                   b = ((g.below - s) / width * sharpness).sigmoid();
      const Tensor pull = g.count * (a * (1 - a) - b * (1 - b)) / width;
      const Tensor step = P.matmul(C.t().matmul(pull));
      const double length = step.dot(C.t().matmul(pull)).item<double>();
      if (!(length > 0)) break;
      w = w + step * (0.5 * std::sqrt(2 * slack / length));
      w = tensor_of(kernels::border_model(base.set, doubles_of(w), slack).weights);
      const double moved = count_moved(g, w);
      if (moved > best.moved) best = {moved, w};
    }
  }
}

Found from_ends(const NearOptimal& base, const Groups& g, const kernels::ViableRanges& r,
                double slack) {
  Found best{0, base.best.weights};
  for (const kernels::RangeEnds* end : {&r.low, &r.high})
    for (int64_t first = 0; first < end->weights.size(0); first += 512) {
      const Tensor W = end->weights.slice(0, first, first + 512);
      const Tensor s = scores_of(g.people, W);
      const Tensor moved = at::where((s >= g.above.unsqueeze(1)) | (s <= g.below.unsqueeze(1)),
                                     g.count.unsqueeze(1), 0.0)
                               .sum(0);
      const int64_t top = moved.argmax().item<int64_t>();
      if (const double value = moved[top].item<double>(); value > best.moved)
        best = {value, W[top].clone()};
    }
  if (best.moved > 0) improve(base, g, slack, best);
  return best;
}

// Columns: D+1 numbers v with w = w_best + T v, |v| about 1 on the border, then the binaries.
struct Program {
  kernels::MixedInteger mip;
  Tensor T;  // (D+1,D+1)
  Tensor w0;

  Tensor weights(std::span<const double> x) const {
    return w0 + T.matmul(tensor_of({x.begin(), x.begin() + T.size(0)}));
  }
};

Program program_of(const NearOptimal& base, const Groups& g, double slack, bool screen) {
  Program p;
  const auto [values, vectors] = at::linalg_eigh(base.set.inverse_hessian);
  p.T = vectors * (values.clamp_min(0) * (2 * slack)).sqrt();
  p.w0 = tensor_of(base.set.best);
  const int64_t width = p.T.size(0);
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  auto& mip = p.mip;
  mip.objective.assign(static_cast<size_t>(width), 0);
  mip.low.assign(static_cast<size_t>(width), -1e3),
      mip.high.assign(static_cast<size_t>(width), 1e3);
  mip.integer.assign(static_cast<size_t>(width), false);
  std::vector<int> columns;
  for (int64_t j = 0; j < width; ++j) columns.push_back(static_cast<int>(j));
  const Tensor C = at::cat({g.people, at::ones({g.people.size(0), 1}, g.people.options())}, 1);
  const Doubles all = doubles_of(C.matmul(p.T)), best = doubles_of(g.best), low = doubles_of(g.low),
                high = doubles_of(g.high), above = doubles_of(g.program_above),
                below = doubles_of(g.program_below), count = doubles_of(g.count);
  double widest = 0;
  for (size_t i = 0; i < best.size(); ++i) widest = std::max(widest, high[i] - low[i]);
  for (size_t i = 0; i < best.size(); ++i) {
    const auto from = all.begin() + static_cast<int64_t>(i) * width;
    const Doubles row(from, from + width);
    const double least = screen ? low[i] : best[i] - 2 * widest,
                 most = screen ? high[i] : best[i] + 2 * widest;
    std::vector<int> own;
    for (const bool up : {true, false}) {
      const double threshold = up ? above[i] : below[i];
      const bool reached = up ? high[i] >= threshold : low[i] <= threshold;
      if (!std::isfinite(threshold) || (screen && !reached)) continue;
      const int column = static_cast<int>(mip.objective.size());
      mip.objective.push_back(count[i]);
      mip.low.push_back(0), mip.high.push_back(1), mip.integer.push_back(true);
      own.push_back(column);
      // s >= least + (threshold - least) u, or s <= most - (most - threshold) u.
      kernels::LinearRow link{columns, row, -kInfinity, kInfinity};
      link.columns.push_back(column);
      link.values.push_back(up ? least - threshold : most - threshold);
      (up ? link.low : link.high) = (up ? least : most) - best[i];
      mip.rows.push_back(std::move(link));
    }
    if (own.size() == 2) mip.rows.push_back({own, {1, 1}, -kInfinity, 1});
    if (screen && !own.empty())
      mip.rows.push_back({columns, row, low[i] - best[i], high[i] - best[i]});
  }
  return p;
}

// The half-space that holds the set and not this model.
std::vector<kernels::LinearRow> cut(const NearOptimal& base, const Program& p, double slack,
                                    const Tensor& w) {
  const double level = base.best.objective + slack;
  if (kernels::objective(base.set, doubles_of(w)) <= level + 1e-6 * slack) return {};
  const kernels::BorderModel at_border = kernels::border_model(base.set, doubles_of(w), slack);
  const Tensor g = tensor_of(at_border.gradient), b = tensor_of(at_border.weights);
  // In units of the slack, so that the solver's tolerances mean the same in every table.
  const Tensor row = p.T.t().matmul(g) / slack;
  kernels::LinearRow out{{},
                         doubles_of(row),
                         -std::numeric_limits<double>::infinity(),
                         ((level - at_border.objective) + g.dot(b - p.w0).item<double>()) / slack};
  for (size_t j = 0; j < out.values.size(); ++j) out.columns.push_back(static_cast<int>(j));
  return {out};
}

void check_delta(double delta) {
  require(delta > 0 && delta <= 1, "multiplicity: delta is {}, expected one in (0, 1]", delta);
}

double movable(const Groups& g) {
  return at::where((g.high >= g.above) | (g.low <= g.below), g.count, 0.0).sum().item<double>();
}

}  // namespace

Discrepancy discrepancy_from_below(const NearOptimal& base, const Tensor& people,
                                   const kernels::ViableRanges& ranges, double slack,
                                   double delta) {
  check_delta(delta);
  const Stopwatch watch;
  const Groups g = groups_of(base, people, ranges, delta);
  const Found found = slack > 0 ? from_ends(base, g, ranges, slack) : Found{0, base.best.weights};
  Discrepancy out{found.moved / g.total, movable(g) / g.total, found.weights};
  out.movable = static_cast<int64_t>(movable(g)), out.seconds = watch.seconds();
  out.proved = out.lower == out.upper;
  return out;
}

Discrepancy discrepancy(const NearOptimal& base, const Tensor& people,
                        const kernels::ViableRanges& ranges, double slack, double delta,
                        const DiscrepancyOptions& o, Progress& progress) {
  check_delta(delta);
  if (slack == 0) {
    Discrepancy none = discrepancy_from_below(base, people, ranges, slack, delta);
    return none;
  }
  const Stopwatch watch;
  const Groups g = groups_of(base, people, ranges, delta);
  Found best = from_ends(base, g, ranges, slack);
  const Program p = program_of(base, g, slack, o.screen);
  Discrepancy out;
  out.movable = static_cast<int64_t>(movable(g));
  out.binaries = std::ranges::count(p.mip.integer, true);
  kernels::MixedIntegerResult r{{}, best.moved, true};
  if (out.binaries > 0) {
    kernels::MixedIntegerOptions options;
    options.whole = true, options.probe = true, options.gap = o.gap,
    options.max_nodes = o.max_nodes;
    options.start = kernels::Incumbent{best.moved, doubles_of(best.weights)};
    options.cuts = [&](std::span<const double> x) { return cut(base, p, slack, p.weights(x)); };
    // Every relaxed solution, led back to the border, is a true model: what it moves is a bound.
    options.complete = [&](std::span<const double> x) -> std::optional<kernels::Incumbent> {
      const Doubles w = doubles_of(p.weights(x));
      if (w == base.set.best) return std::nullopt;
      const Tensor model = tensor_of(kernels::border_model(base.set, w, slack).weights);
      return kernels::Incumbent{count_moved(g, model), doubles_of(model)};
    };
    progress.start("discrepancy");
    options.stop = [&](int64_t nodes, double lower, double upper) {
      progress.at(nodes, {{"lower", lower / g.total}, {"upper", std::min(1.0, upper / g.total)}});
      return watch.seconds() > o.seconds || progress.stop_requested();
    };
    r = kernels::solve(p.mip, options);
    if (r.best && r.best->value > best.moved)
      best = {r.best->value, tensor_of({r.best->x.begin(), r.best->x.begin() + p.T.size(0)})};
  }
  out.lower = best.moved / g.total, out.weights = best.weights;
  out.upper = std::min(r.upper, movable(g)) / g.total;
  out.nodes = r.nodes, out.cuts = r.cuts, out.proved = r.proved, out.seconds = watch.seconds();
  return out;
}

}  // namespace offprint::tasks
