#include "offprint/kernels/selective_scan.h"

#include <doctest/doctest.h>

#include <cmath>

#include "offprint/core/autograd.h"
#include "offprint/core/error.h"
#include "offprint/core/rng.h"

using namespace offprint;
using namespace offprint::kernels;

namespace {

using Scan = Tensor (*)(const Tensor&, const Tensor&, const Tensor&, const Tensor&, const Tensor&,
                        const Tensor&);

Tensor call(Scan scan, const Tensors& t) { return scan(t[0], t[1], t[2], t[3], t[4], t[5]); }

// Inputs as a Mamba block makes them: steps log-uniform in [1e-3, 0.1], A = -1 .. -N and less.
Tensors inputs(int64_t B, int64_t L, int64_t D, int64_t N, at::ScalarType type, uint64_t seed) {
  Rng rng(seed);
  const auto d = at::kDouble;
  const Tensor rates = at::arange(1, N + 1, at::TensorOptions().dtype(d));
  Tensors t = {rng.normal({B, L, D}, d),
               at::exp(rng.uniform({B, L, D}, std::log(1e-3), std::log(1e-1), d)),
               -rates * (0.5 + rng.uniform({D, N}, d)),
               rng.normal({B, L, N}, d),
               rng.normal({B, L, N}, d),
               rng.normal({D}, d)};
  for (Tensor& x : t) x = x.to(type).requires_grad_();
  return t;
}

double size_of(const Tensor& t) { return t.abs().max().item<double>(); }

}  // namespace

TEST_CASE("selective scan: one state by hand") {
  const auto row = [](std::vector<double> v) {
    return at::tensor(v, at::kDouble).reshape({1, -1, 1});
  };
  const Tensor A = at::full({1, 1}, -std::log(2.0), at::kDouble);
  const Tensor y = selective_scan(row({1, 0, 4}), row({1, 2, 1}), A, row({3, 1, 1}), row({1, 1, 2}),
                                  at::full({1}, 10.0, at::kDouble));
  // h: 3, then a quarter of it, then half of that and 4
  CHECK(max_abs_diff(y, row({13, 0.75, 2 * (0.375 + 4) + 40})) < 1e-12);
}

TEST_CASE("selective scan equals the recurrence to 1e-5, whatever the sizes") {
  struct Size {
    int64_t B, L, D, N;
  };
  for (const Size s : {Size{1, 1, 1, 1},
                       {2, 1, 5, 3},
                       {2, 31, 16, 16},
                       {2, 32, 17, 2},
                       {3, 33, 40, 7},
                       {1, 200, 70, 5},
                       {20, 9, 3, 4},
                       {1, 1000, 33, 16}})
    for (const auto type : {at::kFloat, at::kDouble}) {
      CAPTURE(s.L);
      CAPTURE(s.D);
      const double bar = type == at::kFloat ? 1e-5 : 1e-12;
      const Tensors in = inputs(s.B, s.L, s.D, s.N, type, 1);
      const Tensor y = call(selective_scan_reference, in);
      const Tensor g = Rng(2).normal(y.sizes(), type);
      const Tensors slopes = gradients({(g * y).sum()}, in);
      for (const Scan scan : {Scan(selective_scan), Scan(selective_scan_parallel)}) {
        const Tensor fast = call(scan, in);
        CHECK(max_abs_diff(fast, y) < bar * size_of(y));
        const Tensors ours = gradients({(g * fast).sum()}, in);
        for (size_t i = 0; i < in.size(); ++i) {
          CAPTURE(i);
          CHECK(max_abs_diff(ours[i], slopes[i]) <= bar * size_of(slopes[i]));
        }
      }
    }
}

TEST_CASE("selective scan: all six gradients pass the finite-difference check") {
  for (const int64_t L : {1, 5, 35}) {
    const Tensors in = inputs(2, L, 3, 3, at::kDouble, 3);
    for (const Scan scan : {Scan(selective_scan), Scan(selective_scan_parallel)})
      CHECK(gradient_check([&](const Tensors& t) { return call(scan, t); }, in) < 1e-6);
  }
}

TEST_CASE("selective scan: a slow state remembers 4096 steps to 1e-5 in float32") {
  Tensors in = inputs(1, 4096, 4, 2, at::kFloat, 4);
  in[1] = at::full({1, 4096, 4}, 1e-4f);
  in[2] = at::full({4, 2}, -0.5f);
  Tensors exact;
  for (const Tensor& t : in) exact.push_back(t.to(at::kDouble));
  const Tensor y = call(selective_scan_reference, exact);
  CHECK(max_abs_diff(call(selective_scan, in), y) < 1e-5 * size_of(y));
}

TEST_CASE(
    "selective scan: steps so large that the past is gone, and states that decay to nothing") {
  Tensors in = inputs(1, 500, 2, 2, at::kFloat, 5);
  const Tensor y = call(selective_scan, {in[0], in[1] * 1e4, in[2], in[3], in[4], in[5]});
  const Tensor expected =
      in[0] * (in[1] * 1e4 * (in[3] * in[4]).sum(-1, true) + in[5]);  // every h is its own input
  CHECK(max_abs_diff(y, expected) < 1e-5 * size_of(expected));
  in[0] = at::zeros({1, 500, 2});
  in[0][0][0] = 1;
  CHECK(size_of(
            call(selective_scan, {in[0], in[1] * 100, in[2], in[3], in[4], in[5]}).slice(1, 400)) <
        1e-30);
}

TEST_CASE("selective scan: an output never depends on later inputs") {
  const Tensors in = inputs(2, 80, 6, 4, at::kFloat, 6);
  Tensors later = in;
  for (const size_t i : {0, 3, 4}) {
    later[i] = in[i].detach().clone();
    later[i].slice(1, 50).fill_(1e3);
  }
  CHECK(
      call(selective_scan, in).slice(1, 0, 50).equal(call(selective_scan, later).slice(1, 0, 50)));
}

TEST_CASE("selective scan: one and two threads give the same bits, with and without a graph") {
  const Tensors in = inputs(1, 100, 70, 4, at::kFloat, 7);
  const auto all = [&] {
    const Tensor y = call(selective_scan, in);
    Tensors out = gradients({y.square().sum()}, in);
    out.push_back(y);
    return out;
  };
  const Tensors two = all();
  at::set_num_threads(1);
  const Tensors one = all();
  at::set_num_threads(2);
  for (size_t i = 0; i < one.size(); ++i) CHECK(one[i].equal(two[i]));
  const at::NoGradGuard no_grad;
  CHECK(call(selective_scan, in).equal(two.back()));
}

TEST_CASE("selective scan: wrong input is named in one line") {
  const Tensors in = inputs(2, 4, 3, 2, at::kFloat, 8);
  const auto message = [&](size_t i, const Tensor& wrong) -> std::string {
    Tensors t = in;
    t[i] = wrong;
    try {
      call(selective_scan, t);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  CHECK(message(1, in[1].slice(1, 0, 3)) == "selective_scan: dt is (2,3,3), expected (2,4,3)");
  CHECK(message(2, in[2].slice(0, 0, 2)) == "selective_scan: A is (2,2), expected (3,N)");
  CHECK(message(3, in[1]) == "selective_scan: B or C is (2,4,3), expected (2,4,2)");
  CHECK(message(5, in[2]) == "selective_scan: D is (3,2), expected (3)");
  CHECK(message(0, in[5]) == "selective_scan: x is (3), expected (B,L,D)");
  CHECK(message(4, in[4].to(at::kDouble)) ==
        "selective_scan: inputs are Float and Double, expected one");
}
