#include "offprint/kernels/channel_norm.h"

#include <doctest/doctest.h>

#include "offprint/core/autograd.h"
#include "offprint/core/error.h"
#include "offprint/core/rng.h"

using namespace offprint;
using kernels::channel_norm;
using kernels::channel_norm_reference;

TEST_CASE("channel_norm: value and all gradients equal the reference, at lengths around a tile") {
  Rng rng(1);
  for (const int64_t length : {1, 7, 63, 64, 65, 200}) {
    CAPTURE(length);
    Tensor x = (rng.normal({3, 10, length}) * 4 + 20).requires_grad_();
    Tensor w = rng.normal({10}).requires_grad_(), b = rng.normal({10}).requires_grad_();
    const Tensor g = rng.normal({3, 10, length});
    const Tensor fused = channel_norm(x, w, b), slow = channel_norm_reference(x, w, b);
    CHECK(max_abs_diff(fused, slow) < 2e-5);
    const Tensors got = gradients({(fused * g).sum()}, {x, w, b}),
                  want = gradients({(slow * g).sum()}, {x, w, b});
    for (size_t i = 0; i < 3; ++i) CHECK(relative_error(got[i], want[i]) < 2e-5);
  }
}

TEST_CASE("channel_norm: one thread and two give the same bits") {
  Rng rng(2);
  Tensor x = rng.normal({5, 8, 130}).requires_grad_(), w = rng.normal({8}).requires_grad_();
  const Tensor b = rng.normal({8}), g = rng.normal({5, 8, 130});
  at::set_num_threads(1);
  const Tensors one = gradients({(channel_norm(x, w, b) * g).sum()}, {x, w});
  at::set_num_threads(2);
  const Tensors two = gradients({(channel_norm(x, w, b) * g).sum()}, {x, w});
  CHECK(one[0].equal(two[0]));
  CHECK(one[1].equal(two[1]));
}

TEST_CASE("channel_norm: double and strided inputs work too") {
  Rng rng(3);
  const Tensor x = rng.normal({2, 9, 6});
  const Tensor w = at::ones({6}), b = at::zeros({6}), turned = x.transpose(1, 2);
  const Tensor expected = at::layer_norm(x, {6}, w, b).transpose(1, 2);
  CHECK(max_abs_diff(channel_norm(turned, w, b), expected) < 1e-5);
  CHECK(max_abs_diff(channel_norm(turned.to(at::kDouble), w.to(at::kDouble), b.to(at::kDouble)),
                     expected) < 1e-5);
}

TEST_CASE("channel_norm: shapes that do not fit are named") {
  CHECK_THROWS_WITH_AS(channel_norm(at::ones({2, 3}), at::ones({3}), at::ones({3})),
                       "channel_norm: x is (2,3), expected (B,D,L)", Error);
  CHECK_THROWS_WITH_AS(channel_norm(at::ones({2, 3, 4}), at::ones({4}), at::ones({3})),
                       "channel_norm: weight or bias is (4), expected (3)", Error);
}
