#include "offprint/tasks/gradient_methods.h"

#include <doctest/doctest.h>

#include <map>

#include "offprint/core/error.h"

using namespace offprint;
using namespace offprint::tasks;

namespace {

struct Squares {
  Tensor X, y, best;
  nn::TargetModel model;
};

// Noise 0: every batch has the same best parameters.
Squares squares(double noise) {
  Rng rng{4};
  Squares s;
  s.X = rng.normal({60, 4}, at::kDouble);
  s.y = s.X.matmul(rng.normal({4, 1}, at::kDouble)) + noise * rng.normal({60, 1}, at::kDouble);
  s.best = at::linalg_solve(s.X.t().matmul(s.X), s.X.t().matmul(s.y)).reshape(-1);
  s.model = nn::layered_model(s.X, {.widths = {4, 1}});
  return s;
}

Minimized by(const std::string& kind, const Squares& s, double rate, int64_t calls, int64_t batch) {
  Progress progress;
  return minimize_by_gradients(nn::squared_targets(s.y), s.model, at::zeros({4}, at::kDouble),
                               {.kind = kind, .rate = rate, .calls = calls, .batch = batch}, Rng{2},
                               progress);
}

}  // namespace

TEST_CASE("gradient methods: all reach the least squares solution of data without noise") {
  const Squares s = squares(0);
  const std::map<std::string, double> rates{{"sgd", 0.3},   {"sgd-decay", 0.5}, {"sls", 1},
                                            {"adam", 0.05}, {"adagrad", 1},     {"svrg", 0.1},
                                            {"sag", 0.1}};
  for (const std::string_view kind : gradient_methods()) {
    CAPTURE(kind);
    const std::string name(kind);
    CHECK(relative_error(by(name, s, rates.at(name), 2000, 10).end.theta, s.best) < 1e-3);
    const Minimized whole = by(name, s, rates.at(name), 20, 0);
    CHECK(whole.end.calls.gradient_examples >= 20 * 60);
  }
}

TEST_CASE("gradient methods: SVRG and SAG are exact on noisy data where SGD is not") {
  const Squares s = squares(0.5);
  for (const char* kind : {"svrg", "sag"})
    CHECK(relative_error(by(kind, s, 0.1, 3000, 10).end.theta, s.best) < 1e-6);
  CHECK(relative_error(by("sgd", s, 0.1, 3000, 10).end.theta, s.best) > 1e-3);
}

TEST_CASE("gradient methods: askings are counted in batches, trials of the line search apart") {
  const Squares s = squares(0.5);
  const Minimized svrg = by("svrg", s, 0.1, 18, 10);  // 6 for the full gradient, then two a step
  CHECK(svrg.end.calls.gradient_examples == 180);
  CHECK(svrg.end.calls.gradients == 13);
  CHECK(svrg.losses.size() == 6);
  const Minimized sls = by("sls", s, 1, 25, 10);
  CHECK(sls.end.calls.gradients == 25);
  CHECK(sls.end.calls.values >= 25);
  CHECK(by("sgd", s, 0.1, 25, 10).end.calls.values == 0);
}

TEST_CASE("gradient methods: a rate too high ends early, a wrong name or rate is one line") {
  const Squares s = squares(0.5);
  CHECK(by("sgd", s, 1e6, 1000, 10).losses.size() < 200);
  CHECK_THROWS_WITH_AS(by("adm", s, 1, 1, 10),
                       "unknown method 'adm', did you mean 'adam'?, expected "
                       "sgd|sgd-decay|sls|adam|adagrad|svrg|sag",
                       Error);
  CHECK_THROWS_WITH_AS(by("sgd", s, 0, 1, 10), "sgd: rate 0, expected above 0", Error);
}
