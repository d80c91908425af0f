#include "offprint/nn/hippo_memory.h"

#include <cmath>
#include <numbers>
#include <variant>

#include "offprint/core/error.h"
#include "offprint/core/numbers.h"
#include "offprint/kernels/structured_solve.h"
#include "offprint/nn/hippo_basis.h"

namespace offprint::nn {
namespace {

using kernels::InverseTridiagonalSolve;
using kernels::RotationSolve;
using kernels::SemiseparableSolve;
using Complex = c10::complex<double>;
using Row = std::span<double>;

template <class T>
struct DenseSolve {  // (I - h A)^-1, for bases without a structure of their own
  std::vector<T> inverse;
  void operator()(std::span<const T> v, std::span<T> y) const {
    const size_t n = v.size();
    std::vector<T> out(n, 0.0);
    for (size_t i = 0; i < n; ++i)
      for (size_t j = 0; j < n; ++j) out[i] += inverse[i * n + j] * v[j];
    std::copy(out.begin(), out.end(), y.begin());
  }
};

template <class T>
SemiseparableSolve<T> legs_solve(int64_t N, T h) {
  std::vector<double> d, p;
  for (int64_t n = 0; n < N; ++n) {
    d.push_back(static_cast<double>(n + 1));
    p.push_back(std::sqrt(static_cast<double>(2 * n + 1)));
  }
  return {d, p, p, h};
}

template <class T>
SemiseparableSolve<T> laguerre_solve(int64_t N, T h) {
  const std::vector<double> one(static_cast<size_t>(N), 1.0);
  return {one, one, one, h};
}

// M = -A^-1 of LegT is tridiagonal, for integrating a Legendre polynomial gives its two neighbours:
// R^-1 G R^-1 with R = diag sqrt(2n+1) and G = 1/2 above, -1/2 below, 1/2 in both corners.
template <class T>
InverseTridiagonalSolve<T> legt_solve(int64_t N, T h) {
  std::vector<double> root, below, middle(static_cast<size_t>(N), 0.0), above;
  for (int64_t n = 0; n < N; ++n) root.push_back(std::sqrt(static_cast<double>(2 * n + 1)));
  for (size_t n = 0; n + 1 < root.size(); ++n) {
    above.push_back(0.5 / (root[n] * root[n + 1]));
    below.push_back(-above.back());
  }
  middle.front() += 0.5 / (root.front() * root.front());
  middle.back() += 0.5 / (root.back() * root.back());
  return {below, middle, above, h};
}

template <class T>
RotationSolve<T> fourier_solve(int64_t N, T h, bool decays) {
  std::vector<double> frequencies, p(static_cast<size_t>(N), 0.0);
  for (int64_t m = 0; m < N / 2; ++m) {
    frequencies.push_back(2 * std::numbers::pi * static_cast<double>(m));
    if (!decays) p[static_cast<size_t>(2 * m)] = m == 0 ? std::numbers::sqrt2 : 2.0;
  }
  return {frequencies, decays ? 0.5 : 0.0, std::move(p), h};
}

}  // namespace

template <class T>
using Solve = std::variant<SemiseparableSolve<T>, InverseTridiagonalSolve<T>, RotationSolve<T>,
                           DenseSolve<T>>;

struct HippoStep {
  std::variant<Solve<double>, Solve<Complex>> solve;  // by rule
  double dt;                                          // a step, in windows
  std::vector<double> B;                              // (N)
};

namespace {

// 1 - z/2 + z^2/12 = (1 - z/p)(1 - z/p^*)
const Complex kPole(3.0, std::sqrt(3.0)), kResidue(1.0, std::sqrt(3.0));

double shift(double dt, double) { return dt / 2; }
Complex shift(double dt, Complex) { return dt / kPole; }

template <class T>
Solve<T> make_solve(Basis basis, int64_t N, T h) {
  switch (basis) {
    case Basis::legs:
    case Basis::scaled_legs:
      return legs_solve<T>(N, h);
    case Basis::legt:
      return legt_solve<T>(N, h);
    case Basis::fout:
      return fourier_solve<T>(N, h, false);
    case Basis::foud:
      return fourier_solve<T>(N, h, true);
    case Basis::lagt:
      return laguerre_solve<T>(N, h);
    case Basis::lmu:
    case Basis::chebt:
      break;
  }
  const auto type = c10::CppTypeToScalarType<T>::value;
  const Tensor A = hippo(basis, N).A.to(type);
  const Tensor inverse = at::linalg_inv(at::eye(N, A.options()) - A * h).contiguous();
  const T* const data = inverse.const_data_ptr<T>();
  return DenseSolve<T>{{data, data + inverse.numel()}};
}

std::shared_ptr<const HippoStep> make_step(Basis basis, int64_t N, double dt, Rule rule) {
  const std::vector<double> B = numbers(hippo(basis, N).B);
  if (rule == Rule::bilinear)
    return std::make_shared<const HippoStep>(
        HippoStep{make_solve(basis, N, shift(dt, double())), dt, B});
  return std::make_shared<const HippoStep>(
      HippoStep{make_solve(basis, N, shift(dt, Complex())), dt, B});
}

// x <- (I - hA)^-1 ((I + hA) x + 2h B u) = 2 (I - hA)^-1 (x + h B u) - x, h = dt/2: one solve.
void advance(const auto& solve, const std::vector<double>& B, double dt, Row x, double u,
             std::vector<double>& work) {
  const double feed = dt / 2 * u;
  const size_t n = x.size();
  for (size_t i = 0; i < n; ++i) work[i] = x[i] + feed * B[i];
  solve(work, work);
  for (size_t i = 0; i < n; ++i) x[i] = 2 * work[i] - x[i];
}

// x <- x + q(A dt)^-1 dt (A x + B u), q = 1 - z/2 + z^2/12, by partial fractions:
// x + Re r ((I - dt/p A)^-1 (p x + dt B u) - p x).
void advance(const auto& solve, const std::vector<double>& B, double dt, Row x, double u,
             std::vector<Complex>& work) {
  const double feed = dt * u;
  const size_t n = x.size();
  for (size_t i = 0; i < n; ++i) work[i] = kPole * x[i] + feed * B[i];
  solve(work, work);
  for (size_t i = 0; i < n; ++i) x[i] += (kResidue * (work[i] - kPole * x[i])).real();
}

Row row(Hippo& m, int64_t s) {
  const auto n = static_cast<size_t>(m.order);
  return Row(m.x).subspan(static_cast<size_t>(s) * n, n);
}

template <class T>
void advance_all(Hippo& m, const Solve<T>& of_rule, const double* samples, int64_t L) {
  const HippoStep& step = *m.step;
  const auto work_through = [&](const auto& solve, int64_t begin, int64_t end) {
    std::vector<T> work(static_cast<size_t>(m.order));
    for (int64_t s = begin; s < end; ++s)
      for (int64_t l = 0; l < L; ++l)
        advance(solve, step.B, step.dt, row(m, s), samples[s * L + l], work);
  };
  std::visit(
      [&](const auto& solve) {
        if (m.streams == 1) return work_through(solve, 0, 1);
        at::parallel_for(0, m.streams, 1,
                         [&](int64_t begin, int64_t end) { work_through(solve, begin, end); });
      },
      of_rule);
}

// All the past: in the logarithm of time the system does not change, and one sample is one step
// from log k to log (k+1). Nothing is before the first sample, whose projection is a constant.
template <class T>
void advance_scaled(Hippo& m, const Solve<T>& of_rule, const double* samples, int64_t L) {
  auto solve = std::get<SemiseparableSolve<T>>(of_rule);
  std::vector<T> work(static_cast<size_t>(m.order));
  for (int64_t l = 0; l < L; ++l) {
    const auto taken = static_cast<double>(m.steps + l);
    const double dt = taken > 0 ? std::log1p(1 / taken) : 0;
    if (taken > 0) solve.factor(shift(dt, T()));
    for (int64_t s = 0; s < m.streams; ++s) {
      if (taken > 0)
        advance(solve, m.step->B, dt, row(m, s), samples[s * L + l], work);
      else
        row(m, s)[0] = samples[s * L + l];
    }
  }
}

void advance_checked(Hippo& m, const double* samples, int64_t L) {
  for (int64_t i = 0; i < m.streams * L; ++i)
    require(std::isfinite(samples[i]), "update: sample {} of stream {} is {}, expected a number",
            i % L, i / L, samples[i]);
  if (L == 0) return;
  std::visit(
      [&](const auto& of_rule) {
        if (m.basis == Basis::scaled_legs)
          advance_scaled(m, of_rule, samples, L);
        else
          advance_all(m, of_rule, samples, L);
      },
      m.step->solve);
  m.steps += L;
  for (int64_t s = 0; s < m.streams; ++s) m.last[static_cast<size_t>(s)] = samples[s * L + L - 1];
}

Tensor tensor_of(const std::vector<double>& v) { return at::tensor(v, at::kDouble); }

// In windows, from the newest end: a sample stands for the middle of its step.
Tensor places(const Hippo& m, const Tensor& lags, const char* where) {
  require_dim(lags, 1, where, "lags", "(G)");
  const double reach = m.basis == Basis::scaled_legs ? static_cast<double>(m.steps) : m.window;
  const bool bounded = ends_with_window(m.basis) || m.basis == Basis::scaled_legs;
  if (lags.numel() > 0) {
    const double first = lags.min().item<double>(), last = lags.max().item<double>();
    require(first >= 0 && (!bounded || last <= reach - 0.5), "{}: lags {} to {}, expected 0 to {}",
            where, first, last, bounded ? std::floor(reach - 0.5) : INFINITY);
  }
  return (lags.to(at::kDouble) + 0.5) / reach;
}

}  // namespace

Hippo make_hippo(Basis basis, int64_t order, double window, int64_t streams, Rule rule) {
  require(streams >= 1, "make_hippo: {} streams, expected >= 1", streams);
  const bool turns = ends_with_window(basis) || basis == Basis::foud;
  const double least = turns ? std::max(1.0, static_cast<double>(order) / 2) : 1.0;
  require(basis == Basis::scaled_legs || window >= least,
          "make_hippo: window of {} steps, expected >= {} for {} of order {}", window, least,
          basis_name(basis), order);
  const double dt = basis == Basis::scaled_legs ? 1.0 : 1 / window;
  return {basis,
          order,
          window,
          streams,
          0,
          std::vector<double>(static_cast<size_t>(streams * order), 0.0),
          std::vector<double>(static_cast<size_t>(streams), 0.0),
          make_step(basis, order, dt, rule)};
}

void update(Hippo& m, const Tensor& samples) {
  require_dim(samples, 2, "update", "u", "(S,L)");
  require(samples.size(0) == m.streams, "update: u is {}, expected {} streams", shape_text(samples),
          m.streams);
  const Tensor u = samples.to(at::kDouble).contiguous();
  advance_checked(m, u.const_data_ptr<double>(), u.size(1));
}

void update(Hippo& m, double u) {
  require(m.streams == 1, "update: one sample for {} streams, expected (S,L)", m.streams);
  advance_checked(m, &u, 1);
}

Tensor coefficients(const Hippo& m) { return tensor_of(m.x).reshape({m.streams, m.order}); }

Tensor reconstruct(const Hippo& m, const Tensor& lags) {
  return at::matmul(coefficients(m),
                    basis_functions(m.basis, m.order, places(m, lags, "reconstruct")));
}

Tensor reconstruct_with_jump(const Hippo& m, const Tensor& lags) {
  require(m.basis == Basis::fout, "reconstruct_with_jump: basis {}, expected fout",
          basis_name(m.basis));
  const Tensor s = places(m, lags, "reconstruct_with_jump");
  const Tensor ends = basis_functions(m.basis, m.order, at::zeros({1}, at::kDouble));  // (N,1)
  const Tensor jump =
      2 * (tensor_of(m.last).unsqueeze(1) - at::matmul(coefficients(m), ends));  // (S,1)
  return at::matmul(coefficients(m), basis_functions(m.basis, m.order, s)) +
         jump * sawtooth_rest(m.order, s);
}

}  // namespace offprint::nn
