#include "offprint/nn/s4d.h"

#include <doctest/doctest.h>

#include <cmath>

#include "offprint/core/autograd.h"
#include "offprint/core/error.h"
#include "offprint/nn/ssm_init.h"

using namespace offprint;
using namespace offprint::nn;

namespace {

S4D small_layer(S4DOptions options, uint64_t seed, at::ScalarType type = at::kDouble) {
  options.d_model = 3;
  options.d_state = 8;
  Rng rng(seed);
  return make_s4d(options, rng, type);
}

const char* const kRealParts[] = {"exp", "relu", "softplus", "free"};

}  // namespace

TEST_CASE("S4D: recurrent and convolution modes agree for every init, rule and real part") {
  for (const std::string& init : diagonal_inits())
    for (const char* rule : {"zoh", "bilinear"})
      for (const char* real_part : kRealParts)
        for (const auto type : {at::kDouble, at::kFloat}) {
          S4DOptions options;
          options.init = init, options.discretization = rule, options.real_part = real_part;
          const S4D layer = small_layer(options, 1, type);
          const Tensor u = Rng(2).normal({2, 3, 300}, type);
          CAPTURE(init);
          CAPTURE(rule);
          const double bar = type == at::kDouble ? 1e-10 : 1e-5;
          CHECK(max_abs_diff(recur(layer, u), convolve(layer, u)) < bar);
        }
}

TEST_CASE("S4D: modes still agree in float32 after 2000 steps of slow modes") {
  S4DOptions options;
  options.d_model = 2, options.init = "lin", options.dt_max = 1e-3;
  Rng rng(3);
  const S4D layer = make_s4d(options, rng);
  const Tensor u = rng.normal({1, 2, 2000});
  CHECK(relative_error(recur(layer, u), convolve(layer, u)) < 1e-5);
}

TEST_CASE("S4D: no output sees a later input") {
  const S4D layer = small_layer({}, 4);
  const Tensor u = Rng(5).normal({1, 3, 64}, at::kDouble);
  Tensor changed = u.clone();
  changed.narrow(2, 40, 24).fill_(9.0);
  CHECK(max_abs_diff(convolve(layer, u).narrow(2, 0, 40),
                     convolve(layer, changed).narrow(2, 0, 40)) < 1e-10);
}

TEST_CASE("S4D: gradients of every parameter and the input pass the finite-difference check") {
  for (const char* rule : {"zoh", "bilinear"})
    for (const char* real_part : kRealParts) {
      S4DOptions options;
      options.discretization = rule, options.real_part = real_part;
      S4D layer = small_layer(options, 6);
      Tensors inputs = {Rng(7).normal({1, 3, 20}, at::kDouble).requires_grad_()};
      for (const Parameter& p : parameters_of(layer)) inputs.push_back(p.tensor);
      CHECK(inputs.size() == 7);
      const auto f = [&](const Tensors& t) { return convolve(layer, t[0]); };
      CHECK(gradient_check(f, inputs) < 1e-4);
    }
}

TEST_CASE("S4D: every real part starts from the same matrix, the bounded ones stay stable") {
  const Tensor expected = state_matrix(small_layer({}, 8));
  for (const char* real_part : kRealParts) {
    S4DOptions options;
    options.real_part = real_part;
    S4D layer = small_layer(options, 8);
    CHECK(max_abs_diff(state_matrix(layer), expected) < 1e-12);
    layer.A_real = Rng(9).normal({3, 4}, at::kDouble) * 3;
    const double worst = at::real(state_matrix(layer)).max().item<double>();
    CHECK((worst <= 0.0) == (std::string(real_part) != "free"));
  }
}

TEST_CASE("S4D: A, B and dt learn at their own rate without weight decay, C and D do not") {
  S4DOptions options;
  options.train_b = false, options.ssm_lr = 5e-4;
  S4D layer = small_layer(options, 10, at::kFloat);
  for (const Parameter& p : parameters_of(layer)) {
    const bool ssm = p.name != "C" && p.name != "D";
    CHECK(p.options.lr.has_value() == ssm);
    if (ssm) CHECK(*p.options.lr == 5e-4);
    if (ssm) CHECK(*p.options.weight_decay == 0.0);
    CHECK(p.tensor.requires_grad() == (p.name != "B"));
  }
}

TEST_CASE("S4D: same seed, same layer; wrong options are named in one line") {
  CHECK(small_layer({}, 11).C.equal(small_layer({}, 11).C));
  CHECK_FALSE(small_layer({}, 11).C.equal(small_layer({}, 12).C));
  const auto made_with = [](auto&& change) {
    S4DOptions options;
    change(options);
    Rng rng(1);
    return make_s4d(options, rng);
  };
  CHECK_THROWS_WITH_AS(made_with([](auto& o) { o.init = "leg"; }),
                       "init: 'leg', expected legs|inv|lin|quad|real|rand", Error);
  CHECK_THROWS_WITH_AS(made_with([](auto& o) { o.d_state = 7; }),
                       "d-state: 7, expected an even number >= 2", Error);
  CHECK_THROWS_AS(made_with([](auto& o) { o.discretization = "euler"; }), Error);
  CHECK_THROWS_AS(made_with([](auto& o) { o.real_part = "tanh"; }), Error);
  CHECK_THROWS_AS(made_with([](auto& o) { o.dt_min = 0; }), Error);
}
