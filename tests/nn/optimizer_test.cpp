#include "offprint/nn/optimizer.h"

#include <doctest/doctest.h>

#include <cmath>

#include "offprint/core/error.h"
#include "offprint/core/rng.h"

using namespace offprint;
using nn::Optimizer;
using nn::Parameters;

namespace {

struct Pair {
  Tensor a, b;
};
void visit(Pair& m, auto&& param) {
  param("a", m.a);
  param("b", m.b, {.lr = 0.01, .weight_decay = 0.0});
}

void set_gradient(Tensor t, const Tensor& value) { t.mutable_grad() = value; }

// One AdamW run on a scalar, as Loshchilov and Hutter write it (arXiv 1711.05101, algorithm 2).
double adamw_by_hand(double w, const std::vector<double>& gradients, double lr, double decay) {
  double m = 0, v = 0;
  for (size_t i = 0; i < gradients.size(); ++i) {
    const double g = gradients[i], t = static_cast<double>(i + 1);
    m = 0.9 * m + 0.1 * g;
    v = 0.999 * v + 0.001 * g * g;
    const double m_hat = m / (1 - std::pow(0.9, t)), v_hat = v / (1 - std::pow(0.999, t));
    w -= lr * decay * w + lr * m_hat / (std::sqrt(v_hat) + 1e-8);
  }
  return w;
}

}  // namespace

TEST_CASE("Optimizer: AdamW steps equal the published algorithm, each group with its own rate") {
  Pair m{at::full({}, 2.0, at::kDouble), at::full({}, -1.0, at::kDouble)};
  Optimizer optimizer(nn::parameters_of(m), {.lr = 0.1, .weight_decay = 0.05});
  const std::vector<double> gradients{0.3, -0.2, 0.7};
  for (const double g : gradients) {
    set_gradient(m.a, at::full({}, g, at::kDouble));
    set_gradient(m.b, at::full({}, -g, at::kDouble));
    optimizer.step(0.5);
  }
  CHECK(m.a.item<double>() ==
        doctest::Approx(adamw_by_hand(2.0, gradients, 0.05, 0.05)).epsilon(1e-12));
  CHECK(m.b.item<double>() ==
        doctest::Approx(adamw_by_hand(-1.0, {-0.3, 0.2, -0.7}, 0.005, 0.0)).epsilon(1e-12));
}

TEST_CASE("Optimizer: SGD with momentum equals two steps by hand") {
  Pair m{at::full({}, 1.0, at::kDouble), at::full({}, 1.0, at::kDouble)};
  Optimizer optimizer(nn::parameters_of(m), {.kind = "sgd", .lr = 0.1, .weight_decay = 0.0});
  set_gradient(m.a, at::full({}, 1.0, at::kDouble));
  optimizer.step(1.0);
  set_gradient(m.a, at::full({}, 2.0, at::kDouble));
  optimizer.step(1.0);
  // buffers 1, then 0.9 + 2 = 2.9
  CHECK(m.a.item<double>() == doctest::Approx(1.0 - 0.1 - 0.29));
  CHECK(m.b.item<double>() == 1.0);  // never had a gradient
}

TEST_CASE("Optimizer: a complex parameter steps like its real and imaginary parts apart") {
  Rng rng(4);
  Tensor parts = rng.normal({5, 2}), whole = at::view_as_complex(parts.clone());
  Parameters real{{"w", parts.set_requires_grad(true), {}}};
  Parameters complex{{"w", whole.set_requires_grad(true), {}}};
  Optimizer left(real, {.lr = 0.1}), right(complex, {.lr = 0.1});
  for (int i = 0; i < 3; ++i) {
    left.zero_gradients();
    right.zero_gradients();
    const Tensor target = rng.normal({5, 2});
    (parts - target).pow(4).sum().backward();
    (at::view_as_real(whole) - target).pow(4).sum().backward();
    CHECK(left.clip_gradients(1.0) == doctest::Approx(right.clip_gradients(1.0)));
    left.step(1.0);
    right.step(1.0);
  }
  CHECK(max_abs_diff(parts, at::view_as_real(whole.detach())) < 1e-7);
  CHECK(nn::parameter_count(real) == nn::parameter_count(complex));
}

TEST_CASE("Optimizer: clipping returns the norm before and scales all gradients to the limit") {
  Pair m{at::zeros({2}), at::zeros({1})};
  Optimizer optimizer(nn::parameters_of(m), {});
  set_gradient(m.a, at::tensor({3.0f, 0.0f}));
  set_gradient(m.b, at::tensor({4.0f}));
  CHECK(optimizer.clip_gradients(0.0) == doctest::Approx(5.0));
  CHECK(m.b.grad().item<float>() == 4.0f);
  CHECK(optimizer.clip_gradients(2.5) == doctest::Approx(5.0));
  CHECK(m.a.grad()[0].item<float>() == doctest::Approx(1.5f));
  CHECK(m.b.grad().item<float>() == doctest::Approx(2.0f));
  CHECK(optimizer.clip_gradients(100.0) == doctest::Approx(2.5));
}

TEST_CASE("Optimizer: a run continued from its state is bit for bit the same") {
  const auto steps = [](Optimizer& optimizer, Tensor& w, int from, int to) {
    for (int i = from; i < to; ++i) {
      optimizer.zero_gradients();
      (w * Rng(7).split(static_cast<uint64_t>(i)).normal({9})).exp().sum().backward();
      optimizer.step(1.0);
    }
  };
  for (const char* kind : {"adamw", "adam", "sgd"}) {
    CAPTURE(kind);
    Tensor straight = at::ones({9}).set_requires_grad(true);
    Optimizer one({{"w", straight, {}}}, {.kind = kind});
    steps(one, straight, 0, 5);
    std::vector<nn::Parameter> saved;
    for (const auto& p : one.state()) saved.push_back({p.name, p.tensor.clone(), {}});
    Tensor resumed = straight.detach().clone().set_requires_grad(true);
    steps(one, straight, 5, 9);
    Optimizer two({{"w", resumed, {}}}, {.kind = kind});
    two.restore(saved);
    steps(two, resumed, 5, 9);
    CHECK(straight.equal(resumed));
  }
}

TEST_CASE("Optimizer: what cannot be stepped or restored is named") {
  Tensor w = at::ones({2, 3}).set_requires_grad(true);
  CHECK_THROWS_WITH_AS(Optimizer({{"w", w, {}}}, {.kind = "lion"}),
                       "--optimizer: 'lion', expected adamw|adam|sgd", Error);
  CHECK_THROWS_WITH_AS(Optimizer({{"w", w.t(), {}}}, {}), "Optimizer: w is not contiguous", Error);
  CHECK_THROWS_WITH_AS(Optimizer({{"w", w, {}}, {"w", w, {}}}, {}),
                       "Optimizer: two parameters are named w", Error);
  Optimizer optimizer({{"w", w, {}}}, {});
  CHECK_THROWS_WITH_AS(optimizer.restore({}), "Optimizer: w.exp_avg is missing in the saved state",
                       Error);
  auto state = optimizer.state();
  state[0].tensor = at::zeros({3});
  CHECK_THROWS_WITH_AS(optimizer.restore(state), "copy_values: w.exp_avg is (3), expected (2,3)",
                       Error);
}
