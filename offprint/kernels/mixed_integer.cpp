#include "offprint/kernels/mixed_integer.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <queue>

#include "offprint/core/error.h"
#if defined(OFFPRINT_HAS_CLP)
#include <Clp_C_Interface.h>
#endif

namespace offprint::kernels {

#if !defined(OFFPRINT_HAS_CLP)
bool has_mixed_integer() { return false; }
MixedIntegerResult solve(const MixedInteger&, const MixedIntegerOptions&) {
  fail(
      "mixed_integer: built without Clp; install the Debian package coinor-libclp-dev and rebuild");
}
#else
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNone = std::numeric_limits<double>::max();  // what Clp takes for no bound
constexpr double kWhole = 1e-6;  // so far from a whole number counts as whole

void check(const MixedInteger& p) {
  const size_t n = p.objective.size();
  require(n > 0 && p.low.size() == n && p.high.size() == n && p.integer.size() == n,
          "mixed_integer: {} coefficients, {} and {} bounds, {} kinds, expected as many of each", n,
          p.low.size(), p.high.size(), p.integer.size());
  for (size_t j = 0; j < n; ++j)
    require(!p.integer[j] || (std::isfinite(p.low[j]) && std::isfinite(p.high[j])),
            "mixed_integer: integer column {} has no bounds", j);
  for (const LinearRow& row : p.rows)
    require(row.columns.size() == row.values.size() &&
                std::ranges::all_of(row.columns,
                                    [&](int c) { return c >= 0 && static_cast<size_t>(c) < n; }),
            "mixed_integer: a row names columns that are not there");
}

// The linear relaxation; keeps its basis between solves.
class Relaxation {
 public:
  explicit Relaxation(const MixedInteger& p) : model_(Clp_newModel(), &Clp_deleteModel) {
    Clp_setLogLevel(model_.get(), 0);
    const std::vector<int> starts(p.objective.size() + 1, 0);
    Clp_loadProblem(model_.get(), static_cast<int>(p.objective.size()), 0, starts.data(), nullptr,
                    nullptr, p.low.data(), p.high.data(), p.objective.data(), nullptr, nullptr);
    Clp_setOptimizationDirection(model_.get(), -1);
    add(p.rows);
    fixed_rows_ = p.rows.size();
  }

  // Forgets the older half of the cuts where there are many: those still needed are found again.
  void purge() {
    constexpr size_t kMost = 300;
    if (rows_ - fixed_rows_ <= kMost) return;
    std::vector<int> which;
    for (size_t r = fixed_rows_; r < rows_ - kMost / 2; ++r) which.push_back(static_cast<int>(r));
    Clp_deleteRows(model_.get(), static_cast<int>(which.size()), which.data());
    rows_ -= which.size();
  }

  void add(const std::vector<LinearRow>& rows) {
    if (rows.empty()) return;
    rows_ += rows.size();
    std::vector<int> starts{0}, columns;
    std::vector<double> values, low, high;
    for (const LinearRow& row : rows) {
      columns.insert(columns.end(), row.columns.begin(), row.columns.end());
      values.insert(values.end(), row.values.begin(), row.values.end());
      starts.push_back(static_cast<int>(columns.size()));
      low.push_back(std::isfinite(row.low) ? row.low : -kNone);
      high.push_back(std::isfinite(row.high) ? row.high : kNone);
    }
    Clp_addRows(model_.get(), static_cast<int>(rows.size()), low.data(), high.data(), starts.data(),
                columns.data(), values.data());
  }

  // False: no solution within these bounds.
  bool solve(const std::vector<double>& low, const std::vector<double>& high) {
    Clp_chgColumnLower(model_.get(), low.data());
    Clp_chgColumnUpper(model_.get(), high.data());
    Clp_dual(model_.get(), 0);
    if (Clp_status(model_.get()) > 2) Clp_primal(model_.get(), 0);  // cycling or numbers
    const int status = Clp_status(model_.get());
    require(status != 2, "mixed_integer: the relaxation has no bound");
    require(status <= 1, "mixed_integer: Clp ended with status {}", status);
    return status == 0;
  }
  double value() const { return Clp_objectiveValue(model_.get()); }
  std::vector<double> x(size_t n) const {
    const double* from = Clp_primalColumnSolution(model_.get());
    return {from, from + n};
  }

 private:
  std::unique_ptr<Clp_Simplex, void (*)(Clp_Simplex*)> model_;
  size_t rows_ = 0, fixed_rows_ = 0;
};

struct Fixing {
  int column;
  double low, high;
};
struct Node {
  double bound = kInfinity;
  int branched = -1;  // the column whose upper child it is, by how much that was moved, and from
  double moved = 0, before = 0;
  std::vector<Fixing> fixings;
  bool operator<(const Node& other) const { return bound < other.bound; }
};

// How much a column's branches took off the bound so far, a unit of distance.
struct PseudoCost {
  double sum[2] = {0, 0};
  int count[2] = {0, 0};
  double per_unit(int side, double otherwise) const {
    return count[side] > 0 ? sum[side] / count[side] : otherwise;
  }
};

class Search {
 public:
  Search(const MixedInteger& p, const MixedIntegerOptions& o)
      : p_(p), o_(o), relaxation_(p), costs_(p.objective.size()) {
    result_.best = o.start;
  }

  MixedIntegerResult run() {
    open_.push({});
    while (!open_.empty() && !ended()) {
      Node node = open_.top();
      open_.pop();
      bool alive = true;
      for (dive_ = node.bound; alive && !ended(); dive_ = node.bound) alive = expand(node);
      dive_ = -kInfinity;
      if (alive) open_.push(std::move(node));
    }
    result_.upper = upper();
    result_.proved = closed();
    return result_;
  }

 private:
  double lower() const { return result_.best ? result_.best->value : -kInfinity; }
  double upper() const {
    return std::max({lower(), unconfirmed_, dive_, open_.empty() ? -kInfinity : open_.top().bound});
  }
  bool closed() const {
    const double high = upper();
    return high == lower() || high - lower() <= o_.gap * std::max(1.0, std::abs(high)) + 1e-12;
  }
  bool ended() {
    return stopped_ || result_.nodes >= o_.max_nodes ||
           (result_.nodes > 0 && lower() > -kInfinity && closed());
  }
  double rounded(double bound) const { return o_.whole ? std::floor(bound + kWhole) : bound; }

  // Solves the node with the cuts that its solution breaks. False where nothing of it is left; else
  // one child goes on in `node`, or it waits for another time.
  bool expand(Node& node) {
    ++result_.nodes;
    relaxation_.purge();
    if (o_.stop && o_.stop(result_.nodes, lower(), upper())) stopped_ = true;
    if (stopped_) return true;
    std::vector<double> low = p_.low, high = p_.high;
    for (const Fixing& f : node.fixings)
      low[static_cast<size_t>(f.column)] = f.low, high[static_cast<size_t>(f.column)] = f.high;
    bool probed = false;
    for (int64_t round = 0;; ++round) {
      if (!relaxation_.solve(low, high)) return false;
      if (node.branched >= 0) {
        PseudoCost& cost = costs_[static_cast<size_t>(node.branched)];
        cost.sum[1] += std::max(0.0, node.before - relaxation_.value()) / node.moved;
        ++cost.count[1], node.branched = -1;
      }
      node.bound = std::min(node.bound, rounded(relaxation_.value()));
      if (node.bound <= lower()) return false;
      const std::vector<double> x = relaxation_.x(p_.objective.size());
      if (o_.complete) keep(o_.complete(x));
      if (node.bound <= lower()) return false;
      const int column = branching(x);
      std::vector<LinearRow> cuts;
      if (o_.cuts && (column < 0 || round < o_.cut_rounds)) cuts = o_.cuts(x);
      if (!cuts.empty()) {
        result_.cuts += static_cast<int64_t>(cuts.size());
        relaxation_.add(cuts);
        continue;
      }
      if (column >= 0 && o_.probe && !probed) {
        probe(node, low, high);
        probed = true;
        continue;
      }
      if (column >= 0) return branch(node, x, column);
      // Where the caller makes the solutions, one that was not made counts as possible.
      if (o_.complete)
        unconfirmed_ = std::max(unconfirmed_, node.bound);
      else
        keep(Incumbent{relaxation_.value(), x});
      return false;
    }
  }

  // Closes the columns that no better solution below this node has at 1.
  void probe(Node& node, std::vector<double>& low, std::vector<double>& high) {
    constexpr int kRounds = 4;
    for (size_t j = 0; j < p_.objective.size() && !stopped_; ++j) {
      if (!p_.integer[j] || low[j] != 0 || high[j] != 1) continue;
      low[j] = 1;
      bool possible = true;
      for (int round = 0; round < kRounds && possible; ++round) {
        possible = relaxation_.solve(low, high) && rounded(relaxation_.value()) > lower();
        if (!possible) break;
        const std::vector<double> x = relaxation_.x(p_.objective.size());
        if (o_.complete) keep(o_.complete(x));
        const std::vector<LinearRow> cuts = o_.cuts ? o_.cuts(x) : std::vector<LinearRow>{};
        if (cuts.empty()) break;
        result_.cuts += static_cast<int64_t>(cuts.size());
        relaxation_.add(cuts);
      }
      low[j] = 0;
      if (!possible) high[j] = 0, node.fixings.push_back({static_cast<int>(j), 0, 0});
      if (o_.stop && o_.stop(result_.nodes, lower(), upper())) stopped_ = true;
    }
  }

  void keep(std::optional<Incumbent> found) {
    if (found && found->value > lower()) result_.best = std::move(found);
  }

  // The column whose branches promise to take most off the bound; -1: all are whole.
  int branching(const std::vector<double>& x) const {
    double mean[2] = {1, 1};
    for (int side : {0, 1}) {
      double sum = 0, count = 0;
      for (const PseudoCost& c : costs_) sum += c.sum[side], count += c.count[side];
      if (count > 0) mean[side] = sum / count;
    }
    int best = -1;
    double best_score = -1;
    for (size_t j = 0; j < x.size(); ++j) {
      const double part = x[j] - std::floor(x[j]);
      if (!p_.integer[j] || part < kWhole || part > 1 - kWhole) continue;
      const double down = part * costs_[j].per_unit(0, mean[0]),
                   up = (1 - part) * costs_[j].per_unit(1, mean[1]);
      const double score = std::max(down, 1e-6) * std::max(up, 1e-6);
      if (score > best_score) best_score = score, best = static_cast<int>(j);
    }
    return best;
  }

  // Goes on with the upper child, as whole columns are what is counted, and leaves the other open.
  bool branch(Node& node, const std::vector<double>& x, int column) {
    const auto j = static_cast<size_t>(column);
    double low = p_.low[j], high = p_.high[j];
    for (const Fixing& f : node.fixings)
      if (f.column == column) low = f.low, high = f.high;
    Node down = node;
    node.branched = column, node.moved = std::ceil(x[j]) - x[j];
    node.before = relaxation_.value();
    down.fixings.push_back({column, low, std::floor(x[j])});
    node.fixings.push_back({column, std::ceil(x[j]), high});
    learn(down, x, column);
    if (down.bound > lower()) open_.push(std::move(down));
    return true;
  }

  // The bound of the child that is solved later is known at once, if cheaply: one dual simplex.
  void learn(Node& down, const std::vector<double>& x, int column) {
    const auto j = static_cast<size_t>(column);
    std::vector<double> low = p_.low, high = p_.high;
    for (const Fixing& f : down.fixings)
      low[static_cast<size_t>(f.column)] = f.low, high[static_cast<size_t>(f.column)] = f.high;
    const double part = x[j] - std::floor(x[j]), before = relaxation_.value();
    if (!relaxation_.solve(low, high)) {
      down.bound = -kInfinity;
      return;
    }
    const double value = relaxation_.value();
    costs_[j].sum[0] += std::max(0.0, before - value) / part, ++costs_[j].count[0];
    down.bound = std::min(down.bound, rounded(value));
  }

  const MixedInteger& p_;
  const MixedIntegerOptions& o_;
  Relaxation relaxation_;
  std::vector<PseudoCost> costs_;
  std::priority_queue<Node> open_;
  MixedIntegerResult result_;
  double dive_ = -kInfinity, unconfirmed_ = -kInfinity;
  bool stopped_ = false;
};

}  // namespace

bool has_mixed_integer() { return true; }

MixedIntegerResult solve(const MixedInteger& program, const MixedIntegerOptions& options) {
  check(program);
  return Search(program, options).run();
}
#endif

}  // namespace offprint::kernels
