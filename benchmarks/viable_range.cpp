// Viable ranges of a logistic regression's scores against the same two convex programs a person
// through cvxpy (SCS; Clarabel ends without an answer on them): 4000 rows, 20 features, 4 persons a
// call, slack 0.01, both to 1e-6. The check is the sum of the widths. Besides says how long 10 000
// persons of a table of 10 000 rows and 30 features take, measured on 400 of them, and fails where
// that is over 60 s.
#include "offprint/kernels/viable_range.h"

#include <fmt/format.h>

#include "benchmarks/interleave.h"
#include "offprint/core/clock.h"

using namespace offprint;
using namespace offprint::kernels;

namespace {

constexpr double kL2 = 1e-3, kSlack = 0.01;

struct Problem {
  Tensor X, y;
};

// From formulas, so that both sides have the same without a file.
Problem make_problem(int64_t n, int64_t d) {
  const auto wide = at::TensorOptions().dtype(at::kDouble);
  const Tensor i = at::arange(n, wide).unsqueeze(1), j = at::arange(d, wide).unsqueeze(0);
  const Tensor X = (i * (j + 1).sqrt() * 12.9898 + 78.233 * j).sin() * 1.4;
  const Tensor w = (1.7 * j + 0.3).cos(), noise = (i * 4.1414).sin() * 3;
  return {X.contiguous(), ((X * w).sum(1, true) + noise > 0).to(at::kDouble).squeeze(1)};
}

double widths(const Problem& p, int64_t people) {
  const LogisticFit best = logistic_solve(p.X, p.y, {.l2 = kL2, .tolerance = 1e-13});
  const ViableRanges r = viable_ranges(level_set(p.X, p.y, best, kL2), p.X.slice(0, 0, people),
                                       {.slack = kSlack, .tolerance = 1e-6});
  return (r.high.scores - r.low.scores).sum().item<double>();
}

int scale() {
  const Problem p = make_problem(10'000, 30);
  const LogisticFit best = logistic_solve(p.X, p.y, {.l2 = kL2, .tolerance = 1e-13});
  const LevelSet set = level_set(p.X, p.y, best, kL2);
  constexpr int64_t kPeople = 400;
  const Stopwatch watch;
  const ViableRanges r = viable_ranges(set, p.X.slice(0, 0, kPeople), {.slack = kSlack});
  const double seconds = watch.seconds() * 10'000 / kPeople;
  const double gap = std::max(max_abs_diff(r.high.bounds, r.high.scores),
                              max_abs_diff(r.low.bounds, r.low.scores));
  fmt::print(stderr,
             "10 000 persons, 10 000 rows, 30 features: {:.1f} s on {} threads, gap {:.1e}\n",
             seconds, at::get_num_threads(), gap);
  return seconds <= 60 && gap <= 1e-6 ? 0 : 1;
}

int run(int argc, char** argv) {
  const int code = scale();
  const Problem p = make_problem(4000, 20);
  const std::vector<benchmarks::Case> cases{
      {"4000 x 20", [p] { return widths(p, 4); },
       Json{{"rows", 4000}, {"features", 20}, {"people", 4}, {"l2", kL2}, {"slack", kSlack}}}};
  return std::max(code, benchmarks::compare(argc, argv, "viable-range", cases));
}

}  // namespace

int main(int argc, char** argv) {
  return benchmarks::exit_code_of([&] { return run(argc, argv); });
}
