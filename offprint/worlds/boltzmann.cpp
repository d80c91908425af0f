#include "offprint/worlds/boltzmann.h"

#include <ATen/ops/log.h>

#include <cmath>

#include "offprint/core/error.h"

namespace offprint::worlds {
namespace {

struct Plain {
  int64_t n = 0;
  const double *W = nullptr, *b = nullptr;
  const int64_t* known = nullptr;
};

Plain plain(const BinaryMachine& m, const Tensor& known) {
  const int64_t n = m.b.numel();
  require(m.W.dim() == 2 && m.W.size(0) == n && m.W.size(1) == n &&
              m.W.scalar_type() == at::kDouble && m.b.scalar_type() == at::kDouble &&
              m.W.is_contiguous() && m.b.is_contiguous(),
          "Boltzmann machine: W is {}, b is {}, expected float64 (n,n) and (n)", shape_text(m.W),
          shape_text(m.b));
  require(known.numel() == n && known.scalar_type() == at::kLong && known.is_contiguous(),
          "Boltzmann machine: known is {}, expected int64 ({})", shape_text(known), n);
  return {n, m.W.const_data_ptr<double>(), m.b.const_data_ptr<double>(),
          known.const_data_ptr<int64_t>()};
}

double field_of(const Plain& m, const double* q, int64_t i) {
  double field = m.b[i];
  for (int64_t j = 0; j < m.n; ++j) field += m.W[i * m.n + j] * q[j];
  return field;
}

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

double entropy_term(double q) {
  const auto part = [](double p) { return p > 0 ? p * std::log(p) : 0.0; };
  return part(q) + part(1 - q);
}

double free_energy(const Plain& m, const double* q) {
  double energy = 0;
  for (int64_t i = 0; i < m.n; ++i) {
    energy -= q[i] * (field_of(m, q, i) + m.b[i]) / 2;
    if (m.known[i] < 0) energy += entropy_term(q[i]);
  }
  return energy;
}

}  // namespace

BinaryMachine binary_machine(const Tensor& given, const Tensor& bias) {
  const int64_t n = bias.numel() / 2;
  require(given.dim() == 2 && given.size(0) == 2 * n && given.size(1) == 2 * n && bias.dim() == 1 &&
              bias.numel() == 2 * n,
          "Boltzmann machine: phi is {}, bias is {}, expected (2n,2n) and (2n)", shape_text(given),
          shape_text(bias));
  const Tensor phi = given.to(at::kDouble).reshape({n, 2, n, 2}), b = bias.to(at::kDouble);
  const auto block = [&](int64_t i, int64_t j) { return phi.select(3, j).select(1, i); };
  // x = (1 - s, s): what s multiplies once stands in b, what it multiplies twice in W.
  const Tensor W = (block(1, 1) - block(1, 0) - block(0, 1) + block(0, 0)).contiguous();
  const Tensor pair = b.reshape({n, 2});
  const Tensor linear = pair.select(1, 1) - pair.select(1, 0) + (block(1, 0) - block(0, 0)).sum(1);
  return {W, linear.contiguous()};
}

Tensor exact_marginals(const BinaryMachine& machine, const Tensor& known, double* log_partition) {
  const Plain m = plain(machine, known);
  require(m.n <= 20, "exact marginals: {} variables, expected at most 20", m.n);
  std::vector<int64_t> open;
  std::vector<double> s(static_cast<size_t>(m.n), 0.0);
  for (int64_t i = 0; i < m.n; ++i) {
    if (m.known[i] < 0)
      open.push_back(i);
    else
      s[static_cast<size_t>(i)] = static_cast<double>(m.known[i]);
  }
  // A Gray code changes one variable at a time; its energy changes by that variable's field. Sums
  // are kept against the largest weight so far.
  double energy = 0;
  for (int64_t i = 0; i < m.n; ++i) {
    const double field = field_of(m, s.data(), i);
    energy += s[static_cast<size_t>(i)] * (field + m.b[i]) / 2;
  }
  double top = energy, total = 1;
  std::vector<double> ones(static_cast<size_t>(m.n), 0.0);
  for (size_t i = 0; i < s.size(); ++i) ones[i] = s[i];
  for (uint64_t code = 1; code < uint64_t{1} << open.size(); ++code) {
    const auto i = static_cast<size_t>(open[static_cast<size_t>(__builtin_ctzll(code))]);
    const double field = field_of(m, s.data(), static_cast<int64_t>(i));
    energy += s[i] > 0 ? -field : field;
    s[i] = 1 - s[i];
    if (energy > top) {
      const double shrink = std::exp(top - energy);
      total *= shrink, top = energy;
      for (double& one : ones) one *= shrink;
    }
    const double weight = std::exp(energy - top);
    total += weight;
    for (size_t j = 0; j < s.size(); ++j) ones[j] += weight * s[j];
  }
  if (log_partition) *log_partition = top + std::log(total);
  return at::tensor(ones, at::kDouble) / total;
}

Tensor gibbs_marginals(const BinaryMachine& machine, const Tensor& known, int64_t chains,
                       int64_t burn_in, int64_t sweeps, Rng rng) {
  const Plain m = plain(machine, known);
  require(chains >= 1 && burn_in >= 0 && sweeps >= 1,
          "Gibbs: {} chains, {} sweeps after {}, expected >= 1", chains, sweeps, burn_in);
  std::vector<double> sums(static_cast<size_t>(m.n), 0.0), s(sums);
  for (int64_t chain = 0; chain < chains; ++chain) {
    for (int64_t i = 0; i < m.n; ++i)
      s[static_cast<size_t>(i)] =
          m.known[i] >= 0 ? static_cast<double>(m.known[i]) : (rng.uniform() < 0.5 ? 1.0 : 0.0);
    for (int64_t sweep = 0; sweep < burn_in + sweeps; ++sweep)
      for (int64_t i = 0; i < m.n; ++i) {
        const auto at = static_cast<size_t>(i);
        if (m.known[i] >= 0) {
          if (sweep >= burn_in) sums[at] += s[at];
          continue;
        }
        const double p = sigmoid(field_of(m, s.data(), i));
        s[at] = rng.uniform() < p ? 1.0 : 0.0;
        if (sweep >= burn_in) sums[at] += p;  // its expectation varies less than the draw
      }
  }
  return at::tensor(sums, at::kDouble) / static_cast<double>(chains * sweeps);
}

NaiveMeanField naive_mean_field(const BinaryMachine& machine, const Tensor& known,
                                const Tensor& start, int64_t iterations, bool parallel) {
  const Plain m = plain(machine, known);
  require(start.dim() == 2 && start.size(1) == m.n && start.scalar_type() == at::kDouble,
          "naive mean field: start is {}, expected float64 (starts,{})", shape_text(start), m.n);
  NaiveMeanField out{start.clone().contiguous(), at::empty({start.size(0)}, at::kDouble), {}};
  std::vector<double> before(static_cast<size_t>(m.n));
  for (int64_t row = 0; row < start.size(0); ++row) {
    double* q = out.q.data_ptr<double>() + row * m.n;
    for (int64_t i = 0; i < m.n; ++i)
      if (m.known[i] >= 0) q[i] = static_cast<double>(m.known[i]);
    bool settled = false;
    for (int64_t step = 0; step < iterations && !settled; ++step) {
      std::copy(q, q + m.n, before.begin());
      double change = 0;
      for (int64_t i = 0; i < m.n; ++i) {
        if (m.known[i] >= 0) continue;
        q[i] = sigmoid(field_of(m, parallel ? before.data() : q, i));
        change = std::max(change, std::abs(q[i] - before[static_cast<size_t>(i)]));
      }
      settled = change < 1e-8;
    }
    out.settled.push_back(settled);
    out.free_energy[row] = free_energy(m, q);
  }
  return out;
}

double mean_kl(const Tensor& p, const Tensor& given, const Tensor& known) {
  const Tensor q = given.clamp(1e-12, 1 - 1e-12), r = p.clamp(0, 1);
  const auto part = [](const Tensor& a, const Tensor& b) {
    return a * ((a + 1e-300).log() - b.log());
  };
  const Tensor open = known < 0;
  const Tensor all = part(r, q) + part(1 - r, 1 - q);
  return all.masked_select(open).mean().item<double>();
}

}  // namespace offprint::worlds
