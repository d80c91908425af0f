// The backward half of fractional_filter.h.
#include <cmath>
#include <numbers>

#include "offprint/core/error.h"
#include "offprint/kernels/fractional_filter.h"

namespace offprint::kernels {
namespace {

// Shares of a step's variance below it cannot be told from rounding.
constexpr double kLeastShare = 1e-12;

struct Matrices {
  Tensor F, f, B;  // (n,n), (n), (n,R): s' = F s + f + B normals
  Tensor root;     // (K,R)
};

Matrices make_matrices(const FractionalLine& line) {
  const OuStep step = ou_step(line.driver, line.dt);
  const auto K = std::ssize(line.driver.rates);
  const Tensor read = line.scale * at::tensor(line.driver.weights, at::kDouble);  // (K)
  Matrices m;
  m.F = at::zeros({K + 1, K + 1}, at::kDouble);
  m.F[0][0] = 1 - line.pull * line.dt;
  const Tensor lost = at::tensor(line.driver.rates, at::kDouble).mul(-line.dt).expm1();
  m.F[0].slice(0, 1).copy_(read * lost);
  m.F.slice(0, 1).slice(1, 1).copy_(step.decay.diag());
  m.f = at::zeros({K + 1}, at::kDouble);
  m.f[0] = line.constant * line.dt;
  const auto [values, vectors] = at::linalg_eigh(step.noise);
  const Tensor kept = (values > kLeastShare * values.max()).nonzero().view(-1);
  m.root = vectors.index_select(1, kept) * values.index_select(0, kept).sqrt();
  m.B = at::cat({read.unsqueeze(0).matmul(m.root), m.root}, 0);
  return m;
}

// log p(later values | s) = -s' precision s / 2 + weight' s + constant.
struct Message {
  Tensor precision, weight;  // (n,n), (n)
  double constant = 0;
};

void see(Message& m, double value, double noise) {
  if (std::isnan(value)) return;
  m.precision[0][0] += 1 / noise;
  m.weight[0] += value / noise;
  m.constant -= 0.5 * (value * value / noise + std::log(2 * std::numbers::pi * noise));
}

Tensor symmetric(const Tensor& t) { return 0.5 * (t + t.t()); }

// From the last value to the first: what later values say, and how each step follows them.
Message listen_backwards(const FractionalLine& line, const Matrices& m,
                         std::span<const double> values, Guide& out) {
  const int64_t n = m.F.size(0), R = m.B.size(1);
  const auto steps = std::ssize(values) - 1;
  const Tensor eye = at::eye(R, at::kDouble);
  out.offset = at::empty({steps, R}, at::kDouble);
  out.gain = at::empty({steps, R, n}, at::kDouble);
  out.spread = at::empty({steps, R, R}, at::kDouble);
  Message message{at::zeros({n, n}, at::kDouble), at::zeros({n}, at::kDouble), 0};
  for (int64_t i = steps - 1; i >= 0; --i) {
    see(message, values[static_cast<size_t>(i) + 1], line.noise);
    const auto& [P, w, c] = message;
    const Tensor PB = P.matmul(m.B);  // (n,R)
    const auto [size, axes] = at::linalg_eigh(eye + symmetric(m.B.t().matmul(PB)));
    const Tensor C = (axes / size).matmul(axes.t());   // (R,R)
    const Tensor BCB = m.B.matmul(C).matmul(m.B.t());  // (n,n)
    out.offset[i].copy_(C.matmul(m.B.t().matmul(w - P.matmul(m.f))));
    out.gain[i].copy_(-C.matmul(PB.t()).matmul(m.F));
    out.spread[i].copy_((axes * size.rsqrt()).matmul(axes.t()));
    const Tensor left = symmetric(P - PB.matmul(C).matmul(PB.t()));
    const Tensor rest = w - P.matmul(BCB.matmul(w));
    const double constant =
        c + 0.5 * w.dot(BCB.matmul(w)).item<double>() - 0.5 * size.log().sum().item<double>() -
        0.5 * m.f.dot(left.matmul(m.f)).item<double>() + rest.dot(m.f).item<double>();
    message = {symmetric(m.F.t().matmul(left).matmul(m.F)), m.F.t().matmul(rest - left.matmul(m.f)),
               constant};
  }
  return message;
}

// The state at value 0: that value up to noise and Y as it is at 0, then what later values say.
void find_start(const FractionalLine& line, double first, const Message& message, Guide& out) {
  const int64_t n = message.weight.size(0);
  Tensor prior = at::zeros({n, n}, at::kDouble), mean = at::zeros({n}, at::kDouble);
  prior[0][0] = line.start_known ? 0 : line.noise;
  prior.slice(0, 1).slice(1, 1).copy_(ou_start(line.driver));
  mean[0] = first;
  const auto [sizes, axes] = at::linalg_eigh(prior);
  const Tensor root = axes * sizes.clamp_min(0).sqrt();  // prior = root root'
  const Tensor inner =
      at::eye(n, at::kDouble) + symmetric(root.t().matmul(message.precision).matmul(root));
  const Tensor pull = root.t().matmul(message.weight - message.precision.matmul(mean));
  const auto [inner_sizes, inner_axes] = at::linalg_eigh(inner);
  const Tensor solved = inner_axes.matmul(inner_axes.t().matmul(pull) / inner_sizes);
  out.start_mean = mean + root.matmul(solved);
  out.start_root = root.matmul(inner_axes * inner_sizes.rsqrt());
  out.log_evidence = message.constant - 0.5 * inner_sizes.log().sum().item<double>() +
                     0.5 * pull.dot(solved).item<double>() +
                     message.weight.dot(mean).item<double>() -
                     0.5 * mean.dot(message.precision.matmul(mean)).item<double>();
}

// X's mean and variance at every value, from the start on as the steps follow the guide.
void walk_forwards(const Matrices& m, Guide& out) {
  const int64_t steps = out.offset.size(0);
  out.mean = at::empty({steps + 1}, at::kDouble);
  out.variance = at::empty({steps + 1}, at::kDouble);
  Tensor s = out.start_mean, covariance = out.start_root.matmul(out.start_root.t());
  for (int64_t i = 0; i <= steps; ++i) {
    out.mean[i] = s[0], out.variance[i] = covariance[0][0];
    if (i == steps) break;
    const Tensor A = m.F + m.B.matmul(out.gain[i]), spread = m.B.matmul(out.spread[i]);
    s = A.matmul(s) + m.f + m.B.matmul(out.offset[i]);
    covariance = symmetric(A.matmul(covariance).matmul(A.t()) + spread.matmul(spread.t()));
  }
}

}  // namespace

Guide guide_to(const FractionalLine& line, std::span<const double> values) {
  require(values.size() >= 2 && std::isfinite(values[0]),
          "guide_to: expected two values or more, the first not missing");
  require(line.noise > 0, "guide_to: noise {}, expected > 0", line.noise);
  const Matrices m = make_matrices(line);
  Guide out;
  out.root = m.root;
  find_start(line, values[0], listen_backwards(line, m, values, out), out);
  walk_forwards(m, out);
  return out;
}

}  // namespace offprint::kernels
