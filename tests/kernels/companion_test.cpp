#include "offprint/kernels/companion.h"

#include <doctest/doctest.h>

#include "offprint/core/autograd.h"
#include "offprint/core/error.h"
#include "offprint/core/rng.h"
#include "offprint/kernels/fft_conv.h"

using namespace offprint;
using namespace offprint::kernels;

namespace {

struct System {
  Tensor a, B, C;  // (H,d)
};

// |a|_1 = norm: 1 is the edge that the layer keeps to.
System random_system(int64_t H, int64_t d, double norm, Rng& rng) {
  const Tensor a = rng.normal({H, d}, at::kDouble);
  return {norm * a / a.abs().sum(1, true), rng.normal({H, d}, at::kDouble),
          rng.normal({H, d}, at::kDouble)};
}

Tensor row(std::initializer_list<double> values) {
  return at::tensor(std::vector<double>(values), at::kDouble).unsqueeze(0);
}

Tensor unit(int64_t d, int64_t place) {
  Tensor e = at::zeros({1, d}, at::kDouble);
  e[0][place] = 1;
  return e;
}

// The filter over inputs u (L), as a layer uses it.
Tensor outputs(const Tensor& a, const Tensor& B, const Tensor& C, const Tensor& u) {
  return fft_conv(u.view({1, 1, -1}), companion_filter(a, B, C, u.size(0))).view(-1);
}

}  // namespace

TEST_CASE("companion filter: equals dense powers for d below, at and above the length") {
  Rng rng(1);
  for (const int64_t d : {1, 2, 5, 64, 256})
    for (const int64_t length : {1, 2, 3, 64, 100, 1000}) {
      CAPTURE(d);
      CAPTURE(length);
      const auto [a, B, C] = random_system(2, d, 1.0, rng);
      const Tensor exact = companion_filter_reference(a, B, C, length);
      CHECK(relative_error(companion_filter(a, B, C, length), exact) < 1e-11);
      const auto narrow = [](const Tensor& t) { return t.to(at::kFloat); };
      const auto rounded = [](const Tensor& t) { return t.to(at::kFloat).to(at::kDouble); };
      CHECK(relative_error(companion_filter(narrow(a), narrow(B), narrow(C), length),
                           companion_filter_reference(rounded(a), rounded(B), rounded(C), length)) <
            1e-6);
    }
}

TEST_CASE("companion filter: 4096 steps with the pole on the circle") {
  Rng rng(2);
  auto [a, B, C] = random_system(1, 256, 1.0, rng);
  a = a.abs();  // sums to one: 1 is an eigenvalue, where the roots of unity divide by zero
  CHECK(relative_error(companion_filter(a, B, C, 4096), companion_filter_reference(a, B, C, 4096)) <
        1e-10);
}

TEST_CASE("companion filter: gradients pass the finite-difference check") {
  Rng rng(3);
  for (const int64_t length : {3, 20}) {
    const auto [a, B, C] = random_system(2, 6, 0.9, rng);
    const Tensors inputs = {a.clone().requires_grad_(), B.clone().requires_grad_(),
                            C.clone().requires_grad_()};
    const auto f = [&](const Tensors& t) { return companion_filter(t[0], t[1], t[2], length); };
    CHECK(gradient_check(f, inputs) < 1e-7);
  }
}

TEST_CASE("companion filter: AR(p), differences and exponential smoothing are special cases") {
  const int64_t d = 6, L = 400;
  const Tensor u = Rng(4).normal({L}, at::kDouble), none = at::zeros({1, d}, at::kDouble);
  const Tensor phi = row({0.5, -0.2, 0.1, 0.3, -0.4, 0.2});
  Tensor expected = at::zeros({L}, at::kDouble);
  for (int64_t i = 0; i < d; ++i) expected.slice(0, i) += phi[0][i] * u.slice(0, 0, L - i);
  CHECK(max_abs_diff(outputs(none, unit(d, 0), phi, u), expected) < 1e-12);

  const Tensor twice = outputs(none, unit(d, 0), row({1, -2, 1, 0, 0, 0}), u);
  CHECK(max_abs_diff(twice.slice(0, 2), u.diff().diff()) < 1e-12);

  const double alpha = 0.3;
  double level = 0;
  for (int64_t k = 0; k < L; ++k)
    expected[k] = level = alpha * u[k].item<double>() + (1 - alpha) * level;
  const Tensor smoothed =
      outputs((1 - alpha) * unit(d, d - 1), unit(d, d - 1), alpha * unit(d, d - 1), u);
  CHECK(max_abs_diff(smoothed, expected) < 1e-12);
}

TEST_CASE("companion matrix: ones below the diagonal, a in the last column") {
  const Tensor A = companion_matrix(row({3, 4, 5}));
  CHECK(A[0].equal(at::tensor({0., 0., 3., 1., 0., 4., 0., 1., 5.}, at::kDouble).view({3, 3})));
  CHECK(companion_matrix(row({7})).equal(at::full({1, 1, 1}, 7, at::kDouble)));
}

TEST_CASE("observability: the rows are the outputs of every state") {
  Rng rng(5);
  const Tensor M = 0.4 * rng.normal({2, 5, 5}, at::kDouble), C = rng.normal({2, 3, 5}, at::kDouble);
  for (const int64_t length : {1, 2, 7, 33}) {
    const Tensor rows = observability(C, M, length);
    Tensor x = rng.normal({2, 5, 1}, at::kDouble);
    const Tensor all = at::matmul(rows, x.unsqueeze(1));  // (H,length,r,1)
    for (int64_t k = 0; k < length; ++k, x = at::bmm(M, x))
      CHECK(max_abs_diff(all.select(1, k), at::bmm(C, x)) < 1e-12);
  }
}

TEST_CASE("closed loop: with B = e_1 and K the coefficients it rolls an AR(p) out") {
  const Tensor phi = row({0.9, -0.5, 0.2, 0.1}), e1 = unit(4, 0);
  const Tensor M =
      companion_matrix(at::zeros({1, 4}, at::kDouble)) + e1.unsqueeze(-1) * phi.unsqueeze(1);
  Tensor past = Rng(6).normal({4}, at::kDouble);  // newest first
  const Tensor forecast = at::matmul(observability(phi.unsqueeze(1), M, 50).view({50, 4}), past);
  for (int64_t k = 0; k < 50; ++k) {
    const Tensor next = (phi[0] * past).sum();
    CHECK(max_abs_diff(forecast[k], next) < 1e-12);
    past = at::cat({next.view(1), past.slice(0, 0, 3)});
  }
}

TEST_CASE("companion state: the state that the recursion ends in, for L below and above d") {
  Rng rng(7);
  const auto [a, B, C] = random_system(2, 6, 1.0, rng);
  const Tensor A = companion_matrix(a);
  for (const int64_t L : {1, 3, 6, 40}) {
    const Tensor u = rng.normal({3, 2, L}, at::kDouble);
    Tensor x = at::zeros({3, 2, 6}, at::kDouble);
    for (int64_t k = 0; k < L; ++k)
      x = at::einsum("hij,bhj->bhi", {A, x}) + B * u.select(2, k).unsqueeze(-1);
    CHECK(max_abs_diff(companion_state(a, B, u), x) < 1e-12);
  }
  const Tensors inputs = {a.clone().requires_grad_(), B.clone().requires_grad_(),
                          rng.normal({2, 2, 9}, at::kDouble).requires_grad_()};
  const auto f = [](const Tensors& t) { return companion_state(t[0], t[1], t[2]); };
  CHECK(gradient_check(f, inputs) < 1e-7);
}

TEST_CASE("companion: wrong shapes, types and lengths are named") {
  const Tensor a = at::zeros({2, 4}), M = at::zeros({2, 4, 4});
  CHECK_THROWS_WITH_AS(companion_filter(a, at::zeros({2, 3}), a, 5),
                       "companion: B is (2,3), expected (2,4)", Error);
  CHECK_THROWS_WITH_AS(companion_filter(a, a, a, 0), "companion: length 0, expected >= 1", Error);
  CHECK_THROWS_AS(companion_filter(a, a, a.to(at::kDouble), 5), Error);
  CHECK_THROWS_AS(companion_filter(a[0], a[0], a[0], 5), Error);
  CHECK_THROWS_AS(observability(a.unsqueeze(1), M[0], 5), Error);
  CHECK_THROWS_AS(companion_state(a, a, at::zeros({1, 3, 5})), Error);
}
