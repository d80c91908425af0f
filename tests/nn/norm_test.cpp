#include "offprint/nn/norm.h"

#include <doctest/doctest.h>

#include "offprint/core/autograd.h"
#include "offprint/core/rng.h"

using namespace offprint;

TEST_CASE("layer norm: features come out with the mean of the bias and the spread of the weight") {
  Rng rng(1);
  const nn::LayerNorm m{at::full({64}, 3.0f), at::full({64}, -2.0f)};
  const Tensor y = nn::forward(m, rng.normal({4, 64}) * 10 + 5);
  CHECK(max_abs_diff(y.mean(-1), at::full({4}, -2.0f)) < 1e-5);
  CHECK(max_abs_diff(y.var(-1, false), at::full({4}, 9.0f)) < 1e-3);
}

TEST_CASE("rms norm: hand-computed") {
  const nn::RmsNorm m = nn::make_rms_norm(2);
  const Tensor y = nn::forward(m, at::tensor({3.0f, 4.0f}));  // root mean square sqrt(12.5)
  CHECK(max_abs_diff(y, at::tensor({0.848528f, 1.131371f})) < 1e-5);
}

TEST_CASE("norms: over channels equal the last dimension of the transposed signal") {
  Rng rng(2);
  const Tensor x = rng.normal({3, 8, 13});
  const nn::LayerNorm layer{rng.normal({8}), rng.normal({8})};
  const nn::RmsNorm rms{rng.normal({8})};
  CHECK(max_abs_diff(nn::forward_channels(layer, x),
                     nn::forward(layer, x.transpose(1, 2)).transpose(1, 2)) < 1e-5);
  CHECK(max_abs_diff(nn::forward_channels(rms, x),
                     nn::forward(rms, x.transpose(1, 2)).transpose(1, 2)) < 1e-5);
}

TEST_CASE("layer norm: gradients over channels pass the finite-difference check") {
  Rng rng(3);
  const auto f = [](const Tensors& t) {
    return nn::forward_channels(nn::LayerNorm{t[0], t[1]}, t[2]);
  };
  const Tensors inputs{rng.normal({4}, at::kDouble).requires_grad_(),
                       rng.normal({4}, at::kDouble).requires_grad_(),
                       rng.normal({2, 4, 3}, at::kDouble).requires_grad_()};
  CHECK(gradient_check(f, inputs) < 1e-6);
}
