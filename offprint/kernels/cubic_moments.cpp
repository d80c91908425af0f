#include "offprint/kernels/cubic_moments.h"

#include <algorithm>
#include <vector>

#include "offprint/core/error.h"
#include "offprint/core/numbers.h"
#include "offprint/kernels/hankel.h"
#include "offprint/kernels/levinson.h"
#include "offprint/kernels/ridge_solve.h"

namespace offprint::kernels {
namespace {

constexpr int64_t kChunk = 4096;  // windows in memory at a time

struct Feature {
  int64_t a = 0, b = 0, i = 0;
};

std::vector<Feature> features(int64_t p) {
  std::vector<Feature> all;
  for (int64_t a = 0; a <= p; ++a)
    for (int64_t b = a; b <= p; ++b)
      for (int64_t i = 0; i < p; ++i) all.push_back({a, b, i});
  return all;
}

// What the pairings of six values add up to, for offsets -p .. p. With s, t columns and the values
// x_{s+a}, x_{s+b}, x_{t+c}, x_{t+d}, q_i = x_{n+i}, q_j:
//   near[o][r]    = 1/n   sum_s   g(s+o-n) g(s+r-n)       a column's two values, each with one of q
//   pair[o][r]    = 1/n^2 sum_s,t g(s-t+o) g(s-t+r)       two columns with each other
//   chain[k][o][r] = 1/n^2 sum_s,t g(s-t+k) g(s+o-n) g(t+r-n)
class PairingSums {
 public:
  PairingSums(std::span<const double> gamma, int64_t p, int64_t n) : gamma_(gamma), p_(p) {
    const int64_t width = 2 * p + 1;
    const auto count = static_cast<double>(n);
    Tensor u = at::empty({n, width}, at::kDouble);
    auto to_query = u.accessor<double, 2>();
    for (int64_t s = 0; s < n; ++s)
      for (int64_t o = -p; o <= p; ++o) to_query[s][o + p] = g(s + o - n);
    near_ = numbers(at::matmul(u.t(), u) / count);
    Tensor v = at::empty({2 * n - 1, width}, at::kDouble),
           weight = at::empty({2 * n - 1}, v.options());
    auto between = v.accessor<double, 2>();
    auto often = weight.accessor<double, 1>();
    for (int64_t k = 1 - n; k < n; ++k) {
      often[k + n - 1] = count - static_cast<double>(std::abs(k));
      for (int64_t o = -p; o <= p; ++o) between[k + n - 1][o + p] = g(k + o);
    }
    pair_ = numbers(at::matmul((v * weight.unsqueeze(1)).t(), v) / (count * count));
    for (int64_t k = -p; k <= p; ++k) {
      // Row s of the Toeplitz matrix g(s-t+k) is a stretch of the column of lags, read backwards.
      const Tensor lags = v.select(1, k + p).flip(0).contiguous();
      const Tensor T = lags.unfold(0, n, 1).flip(0);
      for (const double sum : numbers(at::matmul(u.t(), at::matmul(T, u)) / (count * count)))
        chain_.push_back(sum);
    }
  }

  double g(int64_t lag) const { return gamma_[static_cast<size_t>(std::abs(lag))]; }
  double near(int64_t o, int64_t r) const { return near_[place(o, r)]; }
  double pair(int64_t o, int64_t r) const { return pair_[place(o, r)]; }
  double chain(int64_t k, int64_t o, int64_t r) const {
    return chain_[static_cast<size_t>((k + p_) * (2 * p_ + 1) * (2 * p_ + 1)) + place(o, r)];
  }

  // E[G_ab q_i G_cd q_j]: the fifteen pairings.
  double six(const Feature& f, const Feature& h) const {
    const auto [a, b, i] = f;
    const auto [c, d, j] = h;
    const double apart = g(a - b) * g(c - d) * g(i - j);
    const double first = g(a - b) * (near(c - i, d - j) + near(c - j, d - i));
    const double second = g(c - d) * (near(a - i, b - j) + near(a - j, b - i));
    const double columns = g(i - j) * (pair(a - c, b - d) + pair(a - d, b - c));
    const double chains = chain(a - c, b - i, d - j) + chain(a - c, b - j, d - i) +
                          chain(a - d, b - i, c - j) + chain(a - d, b - j, c - i) +
                          chain(b - c, a - i, d - j) + chain(b - c, a - j, d - i) +
                          chain(b - d, a - i, c - j) + chain(b - d, a - j, c - i);
    return apart + first + second + columns + chains;
  }

  // E[G_ab q_i x_{n+k}], k = p the value to come.
  double four(const Feature& f, int64_t k) const {
    const auto [a, b, i] = f;
    return g(a - b) * g(k - i) + near(a - k, b - i) + near(a - i, b - k);
  }

 private:
  size_t place(int64_t o, int64_t r) const {
    return static_cast<size_t>((o + p_) * (2 * p_ + 1) + r + p_);
  }

  std::span<const double> gamma_;
  int64_t p_;
  std::vector<double> near_, pair_, chain_;
};

}  // namespace

CubicMoments gaussian_cubic_moments(std::span<const double> gamma, int64_t p, int64_t n) {
  require(p >= 1 && n >= 1 && std::ssize(gamma) > n + p,
          "gaussian_cubic_moments: {} autocovariances, {} lags, {} columns; expected {} or more",
          gamma.size(), p, n, n + p + 1);
  const PairingSums sums(gamma, p, n);
  const std::vector<Feature> all = features(p);
  const auto E = static_cast<int64_t>(all.size());
  CubicMoments m{p, n, at::empty({E, E}, at::kDouble), at::empty({p + 1, E}, at::kDouble),
                 at::empty({p + 1, p + 1}, at::kDouble)};
  auto S = m.S.accessor<double, 2>(), C = m.C.accessor<double, 2>();
  auto of_targets = m.gamma.accessor<double, 2>();
  for (int64_t e = 0; e < E; ++e) {
    for (int64_t f = 0; f <= e; ++f)
      S[e][f] = S[f][e] = sums.six(all[static_cast<size_t>(e)], all[static_cast<size_t>(f)]);
    for (int64_t k = 0; k <= p; ++k) C[k][e] = sums.four(all[static_cast<size_t>(e)], k);
  }
  for (int64_t k = 0; k <= p; ++k)
    for (int64_t l = 0; l <= p; ++l) of_targets[k][l] = sums.g(k - l);
  return m;
}

Tensor cubic_features(const Tensor& x, int64_t p) {
  const Tensor G = hankel_gram(x, p), q = x.slice(1, -p);
  std::vector<Tensor> upper;
  for (int64_t a = 0; a <= p; ++a) upper.push_back(G.select(1, a).slice(1, a));
  return (at::cat(upper, 1).unsqueeze(2) * q.unsqueeze(1)).flatten(1);
}

CubicMoments sample_cubic_moments(const Tensor& windows, int64_t p) {
  require_dim(windows, 2, "sample_cubic_moments", "windows", "(W,N+1)");
  const int64_t W = windows.size(0), N = windows.size(1) - 1;
  require(W >= 1, "sample_cubic_moments: no windows, expected at least one");
  const int64_t E = p * (p + 1) * (p + 2) / 2;
  CubicMoments m{p, N - p, at::zeros({E, E}, at::kDouble), at::zeros({p + 1, E}, at::kDouble),
                 at::zeros({p + 1, p + 1}, at::kDouble)};
  for (int64_t begin = 0; begin < W; begin += kChunk) {
    const Tensor w = windows.slice(0, begin, begin + kChunk).to(at::kDouble);
    const Tensor eta = cubic_features(w.slice(1, 0, N), p), last = w.slice(1, N - p);
    m.S += at::matmul(eta.t(), eta), m.C += at::matmul(last.t(), eta);
    m.gamma += at::matmul(last.t(), last);
  }
  const auto count = static_cast<double>(W);
  m.S /= count, m.C /= count, m.gamma /= count;
  return m;
}

Tensor linear_coefficients(const CubicMoments& m) {
  const Tensor lags = m.gamma.slice(0, 0, m.p);
  return ridge_solve(lags.slice(1, 0, m.p), lags.slice(1, m.p)).squeeze(1);
}

RelaxedGap relaxed_gap(const CubicMoments& m) {
  const Tensor coefficients = ridge_solve(m.S, m.C.t());  // (E,p+1)
  const Tensor left = m.gamma - at::matmul(m.C, coefficients);
  const Tensor to_target = m.gamma.select(1, m.p).slice(0, 0, m.p), w = linear_coefficients(m);
  const double linear = (m.gamma[m.p][m.p] - (to_target * w).sum()).item<double>();
  return {left[m.p][m.p].item<double>() - linear, linear,
          left.slice(0, 0, m.p).slice(1, 0, m.p).contiguous(), w,
          coefficients.select(1, m.p).contiguous()};
}

double RelaxedGap::to_linear() const { return (w * at::matmul(delta, w)).sum().item<double>(); }

double first_order_gap(std::span<const double> gamma, int64_t p, double excess_kurtosis) {
  const auto lags = std::ssize(gamma);
  require(p >= 1 && lags > 2 * p, "first_order_gap: {} autocovariances for {} lags", lags, p);
  const auto g = [&](int64_t lag) {
    return std::abs(lag) < lags ? gamma[static_cast<size_t>(std::abs(lag))] : 0.0;
  };
  Tensor sigma = at::zeros({p + 1, p + 1}, at::kDouble);
  auto entries = sigma.accessor<double, 2>();
  for (int64_t a = 0; a <= p; ++a)
    for (int64_t b = 0; b <= p; ++b) {
      for (int64_t h = -lags; h <= lags; ++h)
        entries[a][b] += g(h) * g(h + a - b) + g(h + a) * g(h - b);
      entries[a][b] += excess_kurtosis * g(a) * g(b);
    }
  const LinearForecast linear = best_linear_forecast(gamma, p);
  const Tensor levels =
      at::tensor(std::vector<double>(gamma.begin(), gamma.begin() + p + 1), at::kDouble);
  const double information =
      (levels * ridge_solve(sigma, levels.unsqueeze(1)).squeeze(1)).sum().item<double>();
  return (gamma[0] - linear.variance) / information;
}

Tensor cubic_feature_index(int64_t p) {
  Tensor index = at::empty({p + 1, p + 1, p}, at::kLong);
  auto rows = index.accessor<int64_t, 3>();
  int64_t row = 0;
  for (const auto& [a, b, i] : features(p)) rows[a][b][i] = rows[b][a][i] = row++;
  return index.flatten();
}

}  // namespace offprint::kernels
