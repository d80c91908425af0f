#include "offprint/nn/s4.h"

#include <doctest/doctest.h>

#include "offprint/core/autograd.h"
#include "offprint/core/error.h"

using namespace offprint;
using namespace offprint::nn;

namespace {
S4 small_layer(at::ScalarType type, int64_t length, uint64_t seed) {
  Rng rng(seed);
  S4Options options;
  options.d_model = 3, options.d_state = 8, options.length = length;
  return make_s4(options, rng, type);
}
}  // namespace

TEST_CASE("S4: recurrent and convolution modes agree, shorter and longer than the stored length") {
  for (const int64_t length : {64, 100, 150}) {
    const Tensor u = Rng(1).normal({2, 3, 100}, at::kDouble);
    const S4 wide = small_layer(at::kDouble, length, 2);
    CHECK(max_abs_diff(recur(wide, u), convolve(wide, u)) < 1e-10);
  }
  const S4 layer = small_layer(at::kFloat, 100, 2);
  const Tensor u = Rng(1).normal({2, 3, 100});
  CHECK(relative_error(recur(layer, u), convolve(layer, u)) < 1e-4);
}

TEST_CASE("S4 with LegS is the dense HiPPO-LegS system, whatever the coordinates") {
  const S4 layer = small_layer(at::kDouble, 50, 3);
  const DenseSsm legs = hippo_legs(8);
  const Nplr form = nplr_legs(8);
  const S4State state = start(layer, 1);
  for (int64_t h = 0; h < 3; ++h) {
    const double dt = at::exp(layer.log_dt[h]).item<double>();
    const Tensor one = at::eye(8, legs.A.options());
    const Tensor A_bar = at::linalg_solve(one - legs.A * (dt / 2), one + legs.A * (dt / 2));
    const Tensor B_bar = at::linalg_solve(one - legs.A * (dt / 2), legs.B * dt);
    // y = C V^* x: the readout of the stored half and its twin in real coordinates.
    const Tensor half = state.C[h].narrow(0, 0, 4);
    const Tensor C = 2 * at::real(at::matmul(form.V.conj(), half.unsqueeze(-1))).squeeze(-1);
    Tensor x = B_bar;
    const Tensor K = kernel(layer, 50)[h];
    for (int64_t l = 0; l < 50; ++l) {
      CHECK(max_abs_diff((C * x).sum(), K[l]) < 1e-9);
      x = at::matmul(A_bar, x);
    }
  }
}

TEST_CASE("S4: gradients of every parameter pass the finite-difference check") {
  S4 layer = small_layer(at::kDouble, 20, 4);
  Tensors inputs = {Rng(5).normal({1, 3, 16}, at::kDouble).requires_grad_()};
  for (const Parameter& p : parameters_of(layer)) inputs.push_back(p.tensor);
  CHECK(inputs.size() == 8);
  const auto f = [&](const Tensors& t) { return convolve(layer, t[0]); };
  CHECK(gradient_check(f, inputs) < 1e-4);
}

TEST_CASE(
    "S4 from every basis: both modes agree, and the kernel is that of the dense HiPPO system") {
  for (const char* name : {"legt", "fout", "foud", "lagt"}) {
    Rng rng(7);
    S4Options options;
    options.d_model = 2, options.d_state = 16, options.length = 120, options.basis = name;
    options.dt_min = 0.01, options.dt_max = 0.05;
    const S4 layer = make_s4(options, rng, at::kDouble);
    const Tensor u = Rng(8).normal({1, 2, 120}, at::kDouble);
    CHECK(relative_error(recur(layer, u), convolve(layer, u)) < 1e-8);
    const Basis basis = parse_basis(name);
    const S4State state = start(layer, 1);
    const Tensor half = state.C[0].narrow(0, 0, 8), V = nplr(basis, 16).V;
    const Tensor C = 2 * at::real(at::matmul(V.conj(), half.unsqueeze(-1))).squeeze(-1);
    const DenseSsm d = bilinear(hippo(basis, 16), at::exp(layer.log_dt[0]).item<double>());
    Tensor x = d.B;
    std::vector<Tensor> taps;
    for (int64_t l = 0; l < 120; ++l, x = at::matmul(d.A, x)) taps.push_back((C * x).sum());
    // The least decay of the normal part is all that is between them.
    CHECK(relative_error(kernel(layer, 120)[0], at::stack(taps)) < 3e-3);
    Rng again(7);
    const S4 narrow = make_s4(options, again);
    CHECK(relative_error(kernel(narrow, 120), kernel(layer, 120)) < 2e-3);
  }
}

TEST_CASE("S4: a basis of another order is an error") {
  Rng rng(6);
  S4Options options;
  options.d_state = 16;
  CHECK_THROWS_WITH_AS(make_s4(options, nplr_legs(8), rng),
                       "s4: d-state 16, expected 8, the order of the basis", Error);
}
