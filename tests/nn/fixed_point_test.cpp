#include "offprint/nn/fixed_point.h"

#include <doctest/doctest.h>

#include "offprint/core/error.h"
#include "offprint/core/rng.h"

using namespace offprint;
using namespace offprint::nn;

namespace {

// z = tanh(W z + b): a contraction for small W.
Tensor cell(const Tensor& z, const Tensors& in) { return (z.matmul(in[0].t()) + in[1]).tanh(); }

Tensors cell_inputs(int64_t rows, double size, uint64_t seed) {
  Rng rng(seed);
  return {rng.normal({6, 6}, at::kDouble) * size, rng.normal({rows, 6}, at::kDouble)};
}

}  // namespace

TEST_CASE("fixed point: both solvers find it, Anderson in fewer iterations") {
  const Tensors in = cell_inputs(5, 0.35, 1);
  const auto f = [&](const Tensor& z) { return cell(z, in); };
  FixedPointOptions o;
  o.tolerance = 1e-10, o.iterations = 500;
  const FixedPoint anderson = solve_fixed_point(f, at::zeros({5, 6}, at::kDouble), o);
  o.solver = "plain";
  const FixedPoint plain = solve_fixed_point(f, at::zeros({5, 6}, at::kDouble), o);
  CHECK(anderson.converged);
  CHECK(plain.converged);
  CHECK(max_abs_diff(anderson.z, f(anderson.z)) < 1e-9);
  CHECK(max_abs_diff(anderson.z, plain.z) < 1e-8);
  CHECK(anderson.residuals.size() < plain.residuals.size());
  for (size_t i = 0; i < 5; ++i) CHECK(anderson.iterations[i] <= std::ssize(anderson.residuals));
}

TEST_CASE("fixed point: Anderson solves a linear map of four dimensions in five steps") {
  Rng rng(2);
  const Tensor A = rng.normal({4, 4}, at::kDouble) * 0.3, b = rng.normal({3, 4}, at::kDouble);
  FixedPointOptions o;
  o.tolerance = 1e-6, o.iterations = 12, o.memory = 5;
  const FixedPoint found = solve_fixed_point([&](const Tensor& z) { return z.matmul(A.t()) + b; },
                                             at::zeros({3, 4}, at::kDouble), o);
  CHECK(found.converged);
  CHECK(found.residuals.size() <= 10);
}

TEST_CASE("fixed point: what never settles is told, not thrown") {
  FixedPointOptions o;
  o.solver = "plain", o.iterations = 7;
  const FixedPoint found =
      solve_fixed_point([](const Tensor& z) { return 1 - z; }, at::zeros({1, 2}), o);
  CHECK(!found.converged);
  CHECK(found.residual == 1);
  CHECK(found.iterations == std::vector<int64_t>{7});
}

TEST_CASE("implicit layer: gradients equal finite differences and those through all iterations") {
  Tensors in = cell_inputs(3, 0.3, 3);
  for (Tensor& t : in) t.set_requires_grad(true);
  FixedPointOptions o;
  o.tolerance = 1e-13, o.iterations = 400;
  const Tensor start = at::zeros({3, 6}, at::kDouble);
  const auto layer = [&](const Tensors& x) { return implicit_layer(cell, start, x, o); };
  CHECK(gradient_check(layer, in) < 1e-7);
  Tensor z = start;
  for (int i = 0; i < 300; ++i) z = cell(z, in);
  const Tensors through = gradients({z.pow(3).sum()}, in);
  const Tensors implicit = gradients({layer(in).pow(3).sum()}, in);
  for (size_t i = 0; i < 2; ++i) CHECK(max_abs_diff(through[i], implicit[i]) < 1e-9);
}

TEST_CASE("implicit layer: integers pass through, the report is the forward solve's") {
  Tensors in = cell_inputs(2, 0.2, 4);
  in[1].set_requires_grad(true);
  in.push_back(at::tensor({5, 4, 3, 2, 1, 0}, at::kLong));
  const auto f = [](const Tensor& z, const Tensors& x) { return cell(z, x).index_select(1, x[2]); };
  FixedPoint report;
  const Tensor z = implicit_layer(f, at::zeros({2, 6}, at::kDouble), in, {}, &report);
  CHECK(report.converged);
  CHECK(gradients({z.sum()}, {in[1]})[0].abs().min().item<double>() > 0);
}

TEST_CASE("fixed point: options that make no sense are one line") {
  const auto f = [](const Tensor& z) { return z; };
  FixedPointOptions o;
  o.solver = "newton";
  CHECK_THROWS_WITH(solve_fixed_point(f, at::zeros({1, 1}), o),
                    "fixed point: unknown solver 'newton', expected anderson|plain");
  o.solver = "plain", o.memory = 0;
  CHECK_THROWS_AS(solve_fixed_point(f, at::zeros({1, 1}), o), Error);
  CHECK_THROWS_AS(solve_fixed_point(f, at::zeros({1}), {}), Error);
}
