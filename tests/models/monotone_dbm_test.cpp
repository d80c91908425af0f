#include "offprint/models/monotone_dbm.h"

#include <doctest/doctest.h>

#include "offprint/core/autograd.h"
#include "offprint/core/error.h"

using namespace offprint;
using namespace offprint::models;

namespace {

MonotoneDbm in_double(MonotoneDbm m) {
  m.bias = m.bias.to(at::kDouble);
  if (m.factor.defined()) m.factor = m.factor.to(at::kDouble);
  for (Tensor& f : m.filters) f = f.to(at::kDouble);
  return m;
}

// Weights far above what the cap lets through, so that it acts.
MonotoneDbm strong(const std::vector<int64_t>& seen, MonotoneDbmOptions o, double size = 20) {
  Rng rng(3);
  MonotoneDbm m = in_double(make_monotone_dbm(seen, o, rng));
  if (m.factor.defined()) m.factor = size * m.factor;
  for (Tensor& f : m.filters) f = size * f;
  return m;
}

double least_eigenvalue(const Tensor& phi, double c = 1) {
  const Tensor i = c * at::eye(phi.size(0), phi.options());
  return std::get<0>(at::linalg_eigh(i - phi)).min().item<double>();
}

std::vector<int64_t> image(int64_t side, int64_t levels, int64_t classes) {
  std::vector<int64_t> seen(static_cast<size_t>(side * side), levels);
  seen.push_back(classes);
  return seen;
}

}  // namespace

TEST_CASE("monotone DBM: I - Phi stays m above zero whatever the weights, blocks are zero") {
  for (const double m : {0.05, 0.3, 0.9}) {
    const MonotoneDbm full =
        strong({2, 2, 5, 3}, {.monotone = m, .rank = 12, .hidden = 4, .hidden_states = 3});
    const Tensor phi = coupling(full);
    CHECK(least_eigenvalue(phi) >= m - 1e-9);
    CHECK(phi.equal(phi.t()));
    CHECK((phi * group_blocks(full.spans).to(at::kDouble)).abs().max().item<double>() == 0);
  }
  const MonotoneDbm conv =
      strong(image(8, 3, 10), {.coupling = "conv", .monotone = 0.1, .channels = 3});
  CHECK(least_eigenvalue(coupling(conv)) >= 0.1 - 1e-9);
  const MonotoneDbm wider =
      strong({2, 2, 5, 3}, {.monotone = 0.1, .curvature = 2, .rank = 12, .hidden = 4});
  CHECK(least_eigenvalue(coupling(wider), 2) >= 0.1 - 1e-9);
  CHECK(least_eigenvalue(coupling(wider)) < 0);
  // Without the cap nothing holds it.
  CHECK(least_eigenvalue(coupling(conv, false)) < 0);
}

TEST_CASE(
    "monotone DBM: one mean field from a hundred starts, and it solves q = softmax(Phi q + b)") {
  MonotoneDbmOptions o{.rank = 24, .hidden = 6, .iterations = 4000, .tolerance = 1e-12};
  for (const auto& [solver, c] :
       {std::pair{"plain", 1.0}, {"anderson", 1.0}, {"plain", 2.0}, {"anderson", 1.6}}) {
    o.solver = solver, o.curvature = c;
    const MonotoneDbm m = strong({2, 3, 4, 2, 2}, o);
    const Tensor phi = coupling(m);
    const Tensor nothing = at::full({100, 5}, -1, at::kLong);
    Rng rng(4);
    const Tensor start = group_softmax(m.spans, 10 * rng.normal({100, m.width()}, at::kDouble));
    const MeanField found = mean_field(m, phi, evidence_of(m, nothing), start);
    CHECK(found.report.converged);
    const Tensor q = found.marginals;
    CHECK(max_abs_diff(q, q.slice(0, 0, 1).expand_as(q)) < 1e-9);
    CHECK(max_abs_diff(q, group_softmax(m.spans, q.matmul(phi) + m.bias)) < 1e-9);
    CHECK(max_abs_diff(found.log_seen.exp(), q.slice(1, 0, m.seen_width())) < 1e-8);
  }
}

TEST_CASE("monotone DBM: the prox of another curvature minimises what it says") {
  // alpha (sum z log z - c |z|^2 / 2) + |z - x|^2 / 2 on the simplex: no feasible step lowers it.
  Rng rng(6);
  const Tensor x = rng.normal({1, 5}, at::kDouble);
  for (const auto& [alpha, c] : {std::pair{0.7, 2.0}, {0.3, 1.5}, {1.4, 1.0}}) {
    const auto cost = [&, alpha = alpha, c = c](const Tensor& z) {
      return (alpha * ((z * z.log()).sum() - c * z.square().sum() / 2) + (z - x).square().sum() / 2)
          .item<double>();
    };
    const Tensor z = group_prox({{1, 5}}, x, alpha, c);
    CHECK(z.sum().item<double>() == doctest::Approx(1));
    for (int i = 0; i < 20; ++i) {
      const Tensor d = rng.normal({1, 5}, at::kDouble);
      CHECK(cost(z) <= cost(z + 1e-4 * (d - d.mean())) + 1e-15);
    }
  }
  CHECK_THROWS_AS(group_prox({{1, 5}}, x, 1.1, 2), Error);
}

TEST_CASE("monotone DBM: what is known is held, and acts as a bias on the rest") {
  const MonotoneDbm m =
      strong({2, 3, 2}, {.rank = 8, .hidden = 2, .iterations = 2000, .tolerance = 1e-12});
  const Tensor states = at::tensor({1, -1, -1}, at::kLong).unsqueeze(0);
  const Tensor phi = coupling(m);
  const Tensor q = mean_field(m, phi, evidence_of(m, states)).marginals;
  CHECK(q[0][0].item<double>() == 0);
  CHECK(q[0][1].item<double>() == 1);
  // The machine of the other groups alone, with Phi_uo x_o in its bias.
  const Tensor rest = phi.slice(0, 2).slice(1, 2), bias = (m.bias + phi[1]).slice(0, 2);
  Tensor z = q.slice(1, 2);
  const std::vector<GroupSpan> spans = {{1, 3}, {1, 2}, {2, 2}};
  CHECK(max_abs_diff(z, group_softmax(spans, z.matmul(rest) + bias)) < 1e-9);
}

TEST_CASE("monotone DBM: gradients through the mean field equal finite differences") {
  MonotoneDbmOptions o{.rank = 6, .hidden = 2, .iterations = 5000, .tolerance = 1e-13};
  o.solver = "plain";
  const MonotoneDbm made = strong({2, 3, 2}, o, 3);
  const Evidence evidence =
      evidence_of(made, at::tensor({1, -1, -1, -1, 2, 0}, at::kLong).view({2, 3}));
  const auto loss = [&](const Tensors& in) {
    MonotoneDbm m = made;
    m.factor = in[0], m.bias = in[1];
    return mean_field(m, coupling(m), evidence).log_seen;
  };
  Tensors in = {made.factor.clone().requires_grad_(), made.bias.clone().requires_grad_()};
  CHECK(gradient_check(loss, in) < 1e-5);
}

TEST_CASE("monotone DBM: bad sizes and states are one clear line") {
  Rng rng(1);
  CHECK_THROWS_WITH_AS(make_monotone_dbm({}, {}, rng), "monotone DBM: no visible groups", Error);
  CHECK_THROWS_WITH_AS(make_monotone_dbm({2, 0}, {}, rng),
                       "monotone DBM: a group of 0 states, expected >= 1", Error);
  CHECK_THROWS_WITH_AS(make_monotone_dbm({2}, {.monotone = 1}, rng),
                       "--monotone: 1, expected between 0 and 1", Error);
  CHECK_THROWS_AS(make_monotone_dbm(image(5, 2, 3), {.coupling = "conv"}, rng), Error);
  const MonotoneDbm m = make_monotone_dbm({2, 2}, {}, rng);
  CHECK_THROWS_WITH_AS(evidence_of(m, at::full({1, 2}, 2, at::kLong)),
                       "monotone DBM: state 2 of group 0, expected below 2", Error);
  CHECK_THROWS_AS(evidence_of(m, at::full({1, 3}, 0, at::kLong)), Error);
}
