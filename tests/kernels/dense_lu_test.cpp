#include "offprint/kernels/dense_lu.h"

#include <doctest/doctest.h>

#include <vector>

#include "offprint/core/rng.h"

using namespace offprint;

TEST_CASE("dense LU: dominant systems of every size around the panel are solved") {
  for (const int64_t n : {1, 2, 5, 7, 8, 9, 16, 17, 31, 40, 101}) {
    Rng rng(static_cast<uint64_t>(n));
    const Tensor p = at::softmax(rng.normal({n, n}, at::kDouble), -1);
    const Tensor a = at::eye(n, at::kDouble) - 0.97 * (n % 2 == 0 ? p : p.t());
    const Tensor x = rng.normal({n}, at::kDouble);
    Tensor held = a.contiguous().clone(), b = at::matmul(a, x).clone();
    kernels::solve_dominant(held.mutable_data_ptr<double>(), n, n, b.mutable_data_ptr<double>());
    CAPTURE(n);
    CHECK(max_abs_diff(b, x) < 1e-11);
  }
}

TEST_CASE("dense LU: rows times a vector, and weighted rows, as at:: has them") {
  Rng rng(3);
  for (const int64_t n : {1, 3, 4, 15, 16, 37}) {
    const Tensor a = rng.normal({6, n}, at::kDouble), x = rng.normal({n}, at::kDouble);
    Tensor out = at::zeros({6}, at::kDouble), sum = x.clone();
    kernels::multiply_rows(a.const_data_ptr<double>(), 6, n, x.const_data_ptr<double>(),
                           out.mutable_data_ptr<double>());
    CHECK(max_abs_diff(out, at::matmul(a, x)) < 1e-13);
    kernels::add_weighted_rows(a.const_data_ptr<double>(), 6, n, out.const_data_ptr<double>(),
                               sum.mutable_data_ptr<double>());
    CHECK(max_abs_diff(sum, x + at::matmul(a.t(), out)) < 1e-12);
  }
}
