// Mixed-integer linear programs by branch and bound, with rows that come only where a solution
// breaks them (outer approximation of convex constraints: Duran & Grossmann 1986) and feasible
// points made of relaxed ones. Linear programs by Clp's dual simplex (Debian: coinor-libclp-dev).
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace offprint::kernels {

struct LinearRow {  // low <= sum values x[columns] <= high
  std::vector<int> columns;
  std::vector<double> values;
  double low = 0, high = 0;  // may be infinite
};

struct MixedInteger {  // maximise objective x
  std::vector<double> objective;
  std::vector<double> low, high;  // bounds of x; of integer columns finite
  std::vector<bool> integer;
  std::vector<LinearRow> rows;
};

struct Incumbent {
  double value = 0;
  std::vector<double> x;  // of the caller's choosing, maybe no solution of the rows as such
};

struct MixedIntegerOptions {
  // Rows that x breaks and every true solution keeps; empty: x is fine. Asked at every solution of
  // a relaxation.
  std::function<std::vector<LinearRow>(std::span<const double> x)> cuts = {};
  // A true solution near a relaxed one, if there is one worth its value; then these alone become
  // the best, and whole solutions of the rows that it does not reach count for `upper`.
  std::function<std::optional<Incumbent>(std::span<const double> x)> complete = {};
  std::optional<Incumbent> start = {};
  bool whole = false;  // the objective is a whole number at every solution
  double gap = 0;      // ends at upper - lower <= gap * max(1, |upper|)
  int64_t max_nodes = 1'000'000;
  bool probe = false;  // raises each open 0/1 column at each node, and closes those that cannot
  int64_t cut_rounds = 20;  // at a node whose integers are not whole yet
  // Asked at every node; true ends the search.
  std::function<bool(int64_t nodes, double lower, double upper)> stop = {};
};

struct MixedIntegerResult {
  std::optional<Incumbent> best;  // none: no solution found
  double upper = 0;               // no solution has more; -infinity: proved that there is none
  bool proved = false;            // the gap is closed
  int64_t nodes = 0, cuts = 0;
};

bool has_mixed_integer();  // built with Clp

// Throws Error on columns or rows that do not fit each other, an unbounded relaxation, integer
// columns without bounds, and where Offprint was built without Clp.
MixedIntegerResult solve(const MixedInteger& program, const MixedIntegerOptions& options = {});

}  // namespace offprint::kernels
