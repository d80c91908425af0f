#include "offprint/kernels/causal_discovery.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <optional>

#include "offprint/core/error.h"
#include "offprint/kernels/ridge_solve.h"

namespace offprint::kernels {
namespace {

double both_tails(double z) { return std::erfc(std::abs(z) / std::sqrt(2.0)); }

// Upper tail of F(q, d) by Paulson's approximation to a normal, close enough for a threshold.
double f_upper_tail(double f, double q, double d) {
  if (f <= 0) return 1;
  const double a = 2 / (9 * q), b = 2 / (9 * d), root = std::cbrt(f);
  const double z = ((1 - b) * root - (1 - a)) / std::sqrt(b * root * root + a);
  return 0.5 * std::erfc(z / std::sqrt(2.0));
}

Tensor index_of(const std::vector<int>& of) {
  return at::tensor(std::vector<int64_t>(of.begin(), of.end()), at::kLong);
}

Tensor residual_on(const Tensor& phi, const Tensor& y) {
  return y - phi.mm(ridge_solve(phi.t().mm(phi), phi.t().mm(y.unsqueeze(1)))).squeeze(1);
}

struct Nested {
  double p = 1;
  Tensor residual;  // of the smaller model
};
// One set of coefficients for all rows against one an environment.
Nested chow(const Tensor& phi, const Tensor& y, const std::vector<Tensor>& rows) {
  Nested out;
  out.residual = residual_on(phi, y);
  const double pooled = out.residual.square().sum().item<double>();
  double apart = 0;
  const auto k = static_cast<double>(phi.size(1));
  for (const Tensor& in : rows)
    apart +=
        residual_on(phi.index_select(0, in), y.index_select(0, in)).square().sum().item<double>();
  const double q = k * (static_cast<double>(rows.size()) - 1);
  const double d = static_cast<double>(y.size(0)) - k * static_cast<double>(rows.size());
  if (d < 4 || q < 1 || apart <= 0) return out;
  out.p = f_upper_tail((pooled - apart) / q / (apart / d), q, d);
  return out;
}

// Calls `use` on every subset of `of` with `size` members until it says true.
bool any_subset(NodeSet of, int size, const std::function<bool(NodeSet)>& use) {
  const std::vector<int> pool = members(of);
  if (static_cast<int>(pool.size()) < size) return false;
  std::vector<int> pick(static_cast<size_t>(size));
  const std::function<bool(int, int)> choose = [&](int from, int depth) {
    if (depth == size) {
      NodeSet set = 0;
      for (const int k : pick) set |= node(pool[static_cast<size_t>(k)]);
      return use(set);
    }
    for (int k = from; k <= static_cast<int>(pool.size()) - (size - depth); ++k) {
      pick[static_cast<size_t>(depth)] = k;
      if (choose(k + 1, depth + 1)) return true;
    }
    return false;
  };
  return choose(0, 0);
}

// The environment is variable P of P + 1.
class Pc {
 public:
  Pc(const Tensor& data, const Tensor& environment, int64_t count, const DiscoveryOptions& options)
      : data_(data),
        environment_(environment),
        count_(count),
        options_(options),
        p_(static_cast<int>(data.size(1))),
        near_(static_cast<size_t>(p_ + 1)),
        points_(static_cast<size_t>(p_ + 1)) {
    const Tensor centred = data - data.mean(0);
    const Tensor scaled = centred / centred.square().sum(0).sqrt();
    correlation_ = scaled.t().mm(scaled);
    const NodeSet all = node(p_ + 1) - 1;
    for (int i = 0; i <= p_; ++i) near_[static_cast<size_t>(i)] = all & ~node(i);
    if (count_ < 2) {
      near_[static_cast<size_t>(p_)] = 0;
      for (int i = 0; i < p_; ++i) near_[static_cast<size_t>(i)] &= ~node(p_);
    }
  }

  void run(Discovery& out) {
    skeleton();
    out.moving = near_[static_cast<size_t>(p_)];
    for (const int m : members(out.moving)) direct(p_, m);
    colliders();
    meek();
    for (int i = 0; i < p_; ++i)
      if ((open(i) & ~node(p_)) != 0) out.undecided |= node(i);
    extend();
    for (int i = 0; i < p_; ++i)
      for (int j = 0; j < p_; ++j)
        if (has(points_[static_cast<size_t>(i)], j))
          out.graph.parents[static_cast<size_t>(j)] |= node(i);
    out.tests = tests_;
  }

 private:
  bool adjacent(int i, int j) const { return has(near_[static_cast<size_t>(i)], j); }
  bool directed(int i, int j) const { return has(points_[static_cast<size_t>(i)], j); }
  NodeSet open(int i) const {  // neighbours without a direction
    NodeSet out = 0;
    for (const int j : members(near_[static_cast<size_t>(i)]))
      if (!directed(i, j) && !directed(j, i)) out |= node(j);
    return out;
  }
  void direct(int i, int j) { points_[static_cast<size_t>(i)] |= node(j); }
  bool path(int from, int to) const {
    NodeSet seen = 0, next = node(from);
    while (next != 0) {
      const int i = members(next).front();
      next &= ~node(i), seen |= node(i);
      next |= points_[static_cast<size_t>(i)] & ~seen;
    }
    return has(seen, to);
  }

  bool separated(int i, int j, NodeSet given) {
    ++tests_;
    if (j != p_) {
      if (has(given, p_)) {  // within environments: one of a mean and slopes each is too much here
        given &= ~node(p_);
        return within(i, j, given) > options_.alpha;
      }
      return partial_correlation_p(correlation_, data_.size(0), i, j, given) > options_.alpha;
    }
    return one_mechanism_p(data_.select(1, i), data_.index_select(1, index_of(members(given))),
                           environment_, count_) > options_.alpha;
  }

  // Partial correlation after every environment's mean is taken off.
  double within(int i, int j, NodeSet given) {
    if (!within_.defined()) {
      Tensor level = data_.clone();
      for (int64_t e = 0; e < count_; ++e) {
        const Tensor in = environment_.eq(e).to(at::kDouble);
        level -= in.unsqueeze(1) * (in.matmul(data_) / in.sum().clamp_min(1));
      }
      const Tensor scaled = level / level.square().sum(0).sqrt().clamp_min(1e-300);
      within_ = scaled.t().mm(scaled);
    }
    return partial_correlation_p(within_, data_.size(0) - count_ + 1, i, j, given);
  }

  void skeleton() {
    for (int size = 0; size <= options_.most_given; ++size) {
      const std::vector<NodeSet> before = near_;  // the same whatever the order
      for (int i = 0; i < p_; ++i)
        for (int j = i + 1; j <= p_; ++j) {
          if (!adjacent(i, j)) continue;
          // Nothing causes the environment: what separates it from i stands on i's side.
          for (const int side : j == p_ ? std::vector<int>{i} : std::vector<int>{i, j}) {
            const NodeSet pool = before[static_cast<size_t>(side)] & ~node(i) & ~node(j);
            const bool found = any_subset(pool, size, [&](NodeSet given) {
              if (!separated(i, j, given)) return false;
              between_[{i, j}] = given;
              return true;
            });
            if (!found) continue;
            near_[static_cast<size_t>(i)] &= ~node(j), near_[static_cast<size_t>(j)] &= ~node(i);
            break;
          }
        }
    }
  }

  void colliders() {
    for (int c = 0; c < p_; ++c)
      for (const int a : members(near_[static_cast<size_t>(c)]))
        for (const int b : members(near_[static_cast<size_t>(c)])) {
          if (b <= a || adjacent(a, b) || has(between_.at({a, b}), c)) continue;
          if (!directed(c, a) && !path(c, a)) direct(a, c);
          if (b != p_ && !directed(c, b) && !path(c, b)) direct(b, c);
        }
  }

  void meek() {
    for (bool changed = true; changed;) {
      changed = false;
      for (int b = 0; b < p_; ++b)
        for (const int c : members(open(b) & ~node(p_)))
          if (must_point(b, c) && !path(c, b)) direct(b, c), changed = true;
    }
  }

  bool must_point(int b, int c) const {
    for (int a = 0; a <= p_; ++a) {
      if (directed(a, b) && a != c && !adjacent(a, c)) return true;  // no new collider
      if (directed(b, a) && directed(a, c)) return true;             // no circle
    }
    // Two open neighbours, not joined, that both point to c.
    const NodeSet around = open(b);
    for (const int a : members(around))
      for (const int d : members(around))
        if (a < d && !adjacent(a, d) && directed(a, c) && directed(d, c)) return true;
    return false;
  }

  // Dor & Tarsi 1992: again and again a variable that may be a sink; where there is none, the next
  // open edge that makes no circle.
  void extend() {
    NodeSet left = node(p_) - 1;
    while (left != 0) {
      int sink = -1;
      for (const int i : members(left)) {
        if ((points_[static_cast<size_t>(i)] & left) != 0) continue;
        bool fits = true;
        for (const int j : members(open(i) & left))
          for (const int k : members(near_[static_cast<size_t>(i)] & left & ~node(j)))
            fits = fits && adjacent(j, k);
        if (fits) {
          sink = i;
          break;
        }
      }
      if (sink < 0) break;
      for (const int j : members(open(sink) & left)) direct(j, sink);
      left &= ~node(sink);
    }
    for (int i = 0; i < p_; ++i)
      for (const int j : members(open(i) & ~node(p_))) path(j, i) ? direct(j, i) : direct(i, j);
  }

  Tensor data_, environment_, correlation_, within_;
  int64_t count_, tests_ = 0;
  DiscoveryOptions options_;
  int p_;
  std::vector<NodeSet> near_, points_;
  std::map<std::pair<int, int>, NodeSet> between_;  // what separated them, i < j
};

}  // namespace

double partial_correlation_p(const Tensor& correlation, int64_t rows, int i, int j, NodeSet given) {
  std::vector<int> of{i, j};
  for (const int k : members(given)) of.push_back(k);
  const double freedom = static_cast<double>(rows) - static_cast<double>(of.size()) - 1;
  if (freedom < 1) return 1;
  const Tensor index = index_of(of);
  Tensor part = correlation.index_select(0, index).index_select(1, index).contiguous();
  part.diagonal().add_(1e-10);
  const Tensor precision = at::linalg_inv(part);
  const double r = -precision[0][1].item<double>() /
                   std::sqrt(precision[0][0].item<double>() * precision[1][1].item<double>());
  return both_tails(std::sqrt(freedom) * std::atanh(std::clamp(r, -1 + 1e-12, 1 - 1e-12)));
}

double one_mechanism_p(const Tensor& y, const Tensor& z, const Tensor& environment, int64_t count) {
  const Tensor spread = (z - z.mean(0)) / (z - z.mean(0)).square().mean(0).sqrt().clamp_min(1e-12);
  const Tensor one = at::ones({y.size(0), 1}, at::kDouble);
  const Tensor phi = at::cat({one, spread, spread.square()}, 1);
  std::vector<Tensor> rows;
  for (int64_t e = 0; e < count; ++e) {
    rows.push_back(environment.eq(e).nonzero().squeeze(1));
    if (rows.back().size(0) == 0) rows.pop_back();
  }
  if (rows.size() < 2) return 1;
  const Nested mean = chow(phi, y, rows);
  const Nested scale =
      chow(at::cat({one, spread}, 1), mean.residual.square().add(1e-12).log(), rows);
  return std::min(1.0, 2 * std::min(mean.p, scale.p));
}

Discovery discover_graph(std::vector<std::string> names, const Tensor& data,
                         const Tensor& environment, int64_t count,
                         const DiscoveryOptions& options) {
  require(data.dim() == 2 && data.size(1) == std::ssize(names) && environment.dim() == 1 &&
              environment.size(0) == data.size(0),
          "discover_graph: data is {} and environment {}, expected (N,{}) and (N)",
          shape_text(data), shape_text(environment), names.size());
  require(std::ssize(names) < kMostNodes, "discover_graph: {} variables, expected at most {}",
          names.size(), kMostNodes - 1);
  const Tensor spread = (data - data.mean(0)).square().sum(0);
  for (size_t i = 0; i < names.size(); ++i)
    require(spread[static_cast<int64_t>(i)].item<double>() > 0,
            "discover_graph: '{}' is constant, expected it left out", names[i]);
  Discovery out;
  out.graph = unconnected(std::move(names));
  Pc(data, environment, count, options).run(out);
  return out;
}

}  // namespace offprint::kernels
