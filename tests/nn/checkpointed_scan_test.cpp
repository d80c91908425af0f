#include "offprint/nn/checkpointed_scan.h"

#include <doctest/doctest.h>

#include "offprint/core/error.h"
#include "offprint/core/rng.h"

using namespace offprint;
using namespace offprint::nn;

namespace {

struct Case {
  Tensor x, w, scale;  // (4,3), (3,3), () made of another leaf
  Tensor leaf;
};

Case make_case() {
  Rng rng(1);
  Case c;
  c.x = rng.normal({4, 3}, at::kDouble).set_requires_grad(true);
  c.w = (0.3 * rng.normal({3, 3}, at::kDouble)).set_requires_grad(true);
  c.leaf = at::full({}, 0.2, at::kDouble).set_requires_grad(true);
  c.scale = c.leaf.exp();
  return c;
}

ScanStep noisy_step(const Case& c) {
  return [c](int64_t i, const Tensors& s) -> Tensors {
    Rng rng = Rng(9).split(static_cast<uint64_t>(i));
    const Tensor moved = at::tanh(at::matmul(s[0], c.w)) * c.scale;
    return {s[0] + 0.1 * moved + 0.05 * rng.normal({4, 3}, at::kDouble), s[1] + moved.pow(2).sum()};
  };
}

Tensors gradients_of(const Case& c, const Tensors& end) {
  return gradients({(end[0] * end[0]).sum() + end[1]}, {c.x, c.w, c.leaf});
}

}  // namespace

TEST_CASE("checkpointed scan: values and gradients are those of the whole graph") {
  for (const int64_t steps : {0, 1, 7, 100})
    for (const int64_t every : {0, 1, 3, 1000}) {
      CAPTURE(steps);
      CAPTURE(every);
      const Case whole = make_case(), kept = make_case();
      const Tensor zero = at::zeros({}, at::kDouble);
      Tensors end = {whole.x, zero};
      const ScanStep step = noisy_step(whole);
      for (int64_t i = 0; i < steps; ++i) end = step(i, end);
      const Tensors lean =
          checkpointed_scan(noisy_step(kept), {kept.x, zero}, {kept.w, kept.scale}, steps, every);
      CHECK(max_abs_diff(lean[0], end[0]) == 0);
      CHECK(max_abs_diff(lean[1], end[1]) == 0);
      const Tensors a = gradients_of(whole, end), b = gradients_of(kept, lean);
      for (size_t i = 0; i < a.size(); ++i) CHECK(max_abs_diff(a[i], b[i]) < 1e-10);
    }
}

TEST_CASE("checkpointed scan: runs without a graph, refuses fewer than no steps") {
  const at::NoGradGuard none;
  const Case c = make_case();
  const Tensors end = checkpointed_scan(noisy_step(c), {c.x, at::zeros({}, at::kDouble)}, {}, 5);
  CHECK(!end[0].requires_grad());
  CHECK_THROWS_WITH_AS(checkpointed_scan(noisy_step(c), {c.x}, {}, -1),
                       "checkpointed_scan: -1 steps, expected >= 0", Error);
}
