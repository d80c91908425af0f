#include "offprint/kernels/fft_lanes.h"

#include <doctest/doctest.h>

#include "offprint/core/autograd.h"
#include "offprint/core/rng.h"
#include "offprint/kernels/fft_conv.h"

using namespace offprint;
using namespace offprint::kernels;

TEST_CASE("fft lanes: value and gradients equal the direct sum for every radix and ragged shapes") {
  Rng rng(1);
  struct Case {
    int64_t batch, channels, length, taps;
  };
  // Lengths of the transform: 2, 10, 30, 32, 60, 128, 150, 250, 400, 4320.
  for (const auto& [batch, channels, length, taps] :
       {Case{32, 3, 1, 1}, Case{9, 1, 5, 5}, Case{33, 2, 15, 15}, Case{40, 17, 16, 16},
        Case{70, 2, 40, 20}, Case{31, 5, 63, 63}, Case{16, 4, 75, 75}, Case{12, 3, 124, 124},
        Case{64, 2, 200, 200}, Case{9, 1, 3000, 1100}}) {
    CAPTURE(batch);
    CAPTURE(length);
    Tensor u = rng.normal({batch, channels, length}).requires_grad_();
    Tensor k = rng.normal({channels, taps}).requires_grad_();
    REQUIRE(detail::lanes_fit(u));
    const Tensor g = rng.normal({batch, channels, length});
    const Tensor fast = fft_conv(u, k), slow = direct_conv(u, k);
    CHECK(relative_error(fast, slow) < 1e-6);
    const Tensors got = gradients({(fast * g).sum()}, {u, k});
    const Tensors want = gradients({(slow * g).sum()}, {u, k});
    CHECK(relative_error(got[0], want[0]) < 1e-6);
    CHECK(relative_error(got[1], want[1]) < 1e-6);
  }
}

TEST_CASE("fft lanes: a batch that fills them equals the transform of each sequence alone") {
  Rng rng(2);
  const Tensor u = rng.normal({37, 6, 784}), k = rng.normal({6, 784});
  const Tensor together = fft_conv(u, k);
  for (const int64_t b : {0, 15, 16, 31, 36})
    CHECK(relative_error(together.narrow(0, b, 1), fft_conv(u.narrow(0, b, 1), k)) < 1e-6);
}

TEST_CASE("fft lanes: one thread and two give the same bits") {
  Rng rng(3);
  Tensor u = rng.normal({32, 5, 100}).requires_grad_(), k = rng.normal({5, 100}).requires_grad_();
  const auto run = [&](int threads) {
    at::set_num_threads(threads);
    return gradients({fft_conv(u, k).pow(2).sum()}, {u, k});
  };
  const Tensors one = run(1), two = run(2);
  CHECK(one[0].equal(two[0]));
  CHECK(one[1].equal(two[1]));
}
