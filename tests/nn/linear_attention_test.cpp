#include "offprint/nn/linear_attention.h"

#include <doctest/doctest.h>

#include "offprint/core/autograd.h"
#include "offprint/core/error.h"

using namespace offprint;
using namespace offprint::nn;

namespace {

LinearAttention random_layer(int64_t rows, Rng& rng) {
  LinearAttention m;
  m.P = rng.normal({rows, rows}, at::kDouble), m.Q = rng.normal({rows, rows}, at::kDouble);
  return m;
}

constexpr ColumnAttention kKinds[] = {ColumnAttention::linear, ColumnAttention::softmax,
                                      ColumnAttention::softmax_over_n};

// The formula as it stands, with its mask and all n x n scores.
Tensor by_definition(const LinearAttention& m, const Tensor& H, ColumnAttention kind) {
  const int64_t n = H.size(2) - 1;
  Tensor mask = at::eye(n + 1, H.options());
  mask[n][n] = 0;
  Tensor scores = at::matmul(at::matmul(H.transpose(1, 2), m.Q), H);
  if (kind != ColumnAttention::linear) scores = at::softmax(scores, 1);
  const double share = kind == ColumnAttention::softmax ? 1.0 : 1.0 / static_cast<double>(n);
  return H + share * at::matmul(m.P, at::matmul(H, at::matmul(mask, scores)));
}

}  // namespace

TEST_CASE("linear attention: equals its formula with the mask, its query column alone too") {
  Rng rng(1);
  const LinearAttention m = random_layer(4, rng);
  const Tensor H = rng.normal({3, 4, 9}, at::kDouble);
  for (const ColumnAttention kind : kKinds) {
    const Tensor out = forward(m, H, kind);
    CHECK(max_abs_diff(out, by_definition(m, H, kind)) < 1e-10);
    CHECK(max_abs_diff(forward_query(m, H, kind), out.select(2, 8)) < 1e-12);
  }
}

TEST_CASE("linear attention: gradients of P and Q pass the finite-difference check") {
  Rng rng(2);
  const Tensor H = rng.normal({2, 3, 5}, at::kDouble);
  for (const ColumnAttention kind : kKinds) {
    const LinearAttention m = random_layer(3, rng);
    const auto f = [&](const Tensors& t) { return forward({t[0], t[1]}, H, kind); };
    CHECK(gradient_check(f, {m.P.requires_grad_(), m.Q.requires_grad_()}) < 1e-6);
  }
}

TEST_CASE("linear attention: names and shapes that do not fit are one line") {
  Rng rng(3);
  CHECK(parse_column_attention("softmax-over-n") == ColumnAttention::softmax_over_n);
  CHECK_THROWS_WITH(parse_column_attention("cosine"),
                    "attention: 'cosine', expected linear|softmax|softmax-over-n");
  const LinearAttention m = random_layer(4, rng);
  CHECK_THROWS_WITH_AS(forward(m, at::zeros({2, 3, 5}, at::kDouble), ColumnAttention::linear),
                       "linear attention: H is (2,3,5), expected (B,4,n+1) with n >= 1", Error);
  CHECK_THROWS_AS(make_linear_attention(1, 0.1, rng), Error);
}
