#include "offprint/nn/dss.h"

#include <ATen/ops/isfinite.h>
#include <doctest/doctest.h>

#include "offprint/core/autograd.h"
#include "offprint/core/error.h"

using namespace offprint;
using namespace offprint::nn;

namespace {
Dss small_layer(at::ScalarType type, uint64_t seed) {
  Rng rng(seed);
  DssOptions options;
  options.d_model = 3, options.d_state = 8;
  return make_dss(options, rng, type);
}

// The definition: softmax over the lags of every row, written out.
Tensor written_out(const Dss& m, int64_t L) {
  const Tensor A = at::complex(m.A_real, m.A_im);
  const Tensor lags = at::arange(L, m.D.options());
  const Tensor P = at::exp((A * at::exp(m.log_dt).unsqueeze(-1)).unsqueeze(-1) * lags);
  const Tensor rows = P / P.sum(-1, true);
  return 2 * at::real(((m.C / A).unsqueeze(-1) * rows).sum(1));
}
}  // namespace

TEST_CASE("DSS: the kernel is the row softmax written out, for modes that decay and that grow") {
  Dss layer = small_layer(at::kDouble, 1);
  CHECK(relative_error(kernel(layer, 40), written_out(layer, 40)) < 1e-5);
  layer.A_real = Rng(2).normal({3, 4}, at::kDouble);
  CHECK(layer.A_real.max().item<double>() > 0);
  CHECK(relative_error(kernel(layer, 40), written_out(layer, 40)) < 1e-5);
}

TEST_CASE("DSS: a mode that would overflow at the last lag gives a finite kernel") {
  Dss layer = small_layer(at::kFloat, 3);
  layer.A_real.fill_(5.0);
  layer.log_dt.fill_(-1.0);
  const Tensor K = kernel(layer, 4096);
  CHECK(at::isfinite(K).all().item<bool>());
  CHECK(K.abs().max().item<double>() > 0);
}

TEST_CASE("DSS: recurrent and convolution modes agree; growing modes cannot be streamed") {
  Dss layer = small_layer(at::kDouble, 4);
  const Tensor u = Rng(5).normal({2, 3, 200}, at::kDouble);
  CHECK(max_abs_diff(recur(layer, u), convolve(layer, u)) < 1e-10);
  layer.A_real.fill_(0.1);
  CHECK_THROWS_WITH_AS(start(layer, 1, 200),
                       "dss: a mode with Re A > 0 cannot be streamed, expected all <= 0", Error);
}

TEST_CASE("DSS: gradients of every parameter pass the finite-difference check") {
  Dss layer = small_layer(at::kDouble, 6);
  layer.A_real[0][0] = 0.4;
  Tensors inputs = {Rng(7).normal({1, 3, 20}, at::kDouble).requires_grad_()};
  for (const Parameter& p : parameters_of(layer)) inputs.push_back(p.tensor);
  CHECK(inputs.size() == 6);
  const auto f = [&](const Tensors& t) { return convolve(layer, t[0]); };
  CHECK(gradient_check(f, inputs) < 1e-4);
}
