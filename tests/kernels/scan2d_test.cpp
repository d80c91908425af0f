#include "offprint/kernels/scan2d.h"

#include <doctest/doctest.h>

#include <cmath>

#include "offprint/core/autograd.h"
#include "offprint/core/error.h"
#include "offprint/core/rng.h"
#include "offprint/kernels/selective_scan.h"

using namespace offprint;
using namespace offprint::kernels;

namespace {

Scan2dInputs named(const Tensors& t) {
  return {t[0], t[1], t[2], t[3], t[4], t[5], t[6], t[7], t[8], t[9], t[10]};
}

struct Size {
  int64_t B, V, L, D, N;
};

// Steps log-uniform in [1e-2, 1], A = -1 .. -N and less, couplings in (-1, 1).
Tensors inputs(const Size& s, at::ScalarType type, uint64_t seed) {
  Rng rng(seed);
  const auto d = at::kDouble;
  const auto cells = [&](int64_t last) { return rng.normal({s.B, s.V, s.L, last}, d); };
  const auto steps = [&] {
    return at::exp(rng.uniform({s.B, s.V, s.L, s.D}, std::log(1e-2), 0, d));
  };
  const auto rates = [&] {
    return -at::arange(1, s.N + 1, at::TensorOptions().dtype(d)) *
           (0.5 + rng.uniform({s.D, s.N}, d));
  };
  const auto couplings = [&] { return 2 * rng.uniform({s.D, s.N}, d) - 1; };
  Tensors t = {cells(s.D),  steps(),    steps(),    rates(),    rates(),   couplings(),
               couplings(), cells(s.N), cells(s.N), cells(s.N), cells(s.N)};
  for (Tensor& x : t) x = x.to(type).requires_grad_();
  return t;
}

double size_of(const Tensor& t) { return t.abs().max().item<double>(); }

}  // namespace

TEST_CASE("2-D scan: two by two cells of one state by hand") {
  const auto grid = [](std::vector<double> v) {
    return at::tensor(v, at::kDouble).reshape({1, 2, 2, 1});
  };
  const auto one = [](double value) { return at::full({1, 1}, value, at::kDouble); };
  const Tensor ones = at::ones({1, 2, 2, 1}, at::kDouble);
  // With steps of 1 half of a state stays along time, a quarter along the variates.
  const Tensor y = scan2d({grid({1, 0, 0, 2}), ones, ones, one(-std::log(2.0)), one(-std::log(4.0)),
                           one(0.5), one(-1), ones, 3 * ones, ones, 10 * ones});
  // h1: 1, then 1/2 + 1/2 * 1/2 * 3 = 5/4;  0, then 0 + 1/2 * 1/2 * 0 + 2 with h2 of its left
  // h2: 3, 0;  3/4 - 3/4 * 1 = 0, then 0/4 - 3/4 * 5/4 + 6
  CHECK(max_abs_diff(y, grid({1 + 30, 1.25, 0, 2 + 10 * (6 - 0.9375)})) < 1e-12);
}

TEST_CASE("2-D scan equals the double loop to 1e-5 with all gradients, whatever the sizes") {
  for (const Size s : {Size{1, 1, 1, 1, 1},
                       {2, 3, 5, 9, 3},
                       {1, 8, 16, 8, 2},
                       {2, 9, 17, 3, 4},
                       {1, 20, 35, 17, 5},
                       {18, 2, 3, 2, 2},
                       {1, 1, 40, 40, 2},
                       {1, 30, 1, 4, 3}})
    for (const auto type : {at::kFloat, at::kDouble}) {
      CAPTURE(s.V);
      CAPTURE(s.L);
      const double bar = type == at::kFloat ? 1e-5 : 1e-12;
      const Tensors in = inputs(s, type, 1);
      const Tensor y = scan2d_reference(named(in));
      const Tensor g = Rng(2).normal(y.sizes(), type);
      const Tensors slopes = gradients({(g * y).sum()}, in);
      for (const auto& scan : {scan2d, scan2d_diagonals}) {
        const Tensor fast = scan(named(in));
        CHECK(max_abs_diff(fast, y) < bar * size_of(y));
        const Tensors ours = gradients({(g * fast).sum()}, in);
        for (size_t i = 0; i < in.size(); ++i) {
          CAPTURE(i);
          CHECK(max_abs_diff(ours[i], slopes[i]) <= bar * std::max(size_of(slopes[i]), 1e-3));
        }
      }
    }
}

TEST_CASE("2-D scan: all eleven gradients pass the finite-difference check") {
  for (const Size s : {Size{1, 1, 3, 2, 2}, {1, 3, 1, 2, 2}, {2, 3, 4, 2, 2}, {1, 9, 17, 1, 1}})
    CHECK(gradient_check([](const Tensors& t) { return scan2d(named(t)); },
                         inputs(s, at::kDouble, 3)) < 1e-6);
}

TEST_CASE("2-D scan: without couplings a variate alone is a selective scan, and so is a step") {
  Tensors in = inputs({2, 5, 37, 6, 4}, at::kFloat, 4);
  in[5] = in[6] = at::zeros_like(in[5]);
  const Scan2dInputs both = named(in);
  const Tensor none = at::zeros({6});
  Scan2dInputs along_time = both, along_variates = both;
  along_time.C2 = along_variates.C1 = at::zeros_like(both.C1);
  const auto rows = [](const Tensor& t) { return t.reshape({-1, t.size(2), t.size(3)}); };
  const Tensor time =
      selective_scan(rows(both.x), rows(both.dt1), both.A1, rows(both.B1), rows(both.C1), none);
  CHECK(max_abs_diff(rows(scan2d(along_time)), time) < 1e-6 * size_of(time));
  const auto columns = [&](const Tensor& t) { return rows(t.transpose(1, 2)); };
  const Tensor variates = selective_scan(columns(both.x), columns(both.dt2), both.A4,
                                         columns(both.B2), columns(both.C2), none);
  CHECK(max_abs_diff(columns(scan2d(along_variates)), variates) < 1e-6 * size_of(variates));
}

TEST_CASE("2-D scan: an output depends on no later step and no later variate") {
  const Tensors in = inputs({1, 12, 40, 3, 2}, at::kFloat, 5);
  const Tensor y = scan2d(named(in));
  for (const int64_t axis : {1, 2}) {
    Tensors later = in;
    for (const size_t i : {0, 1, 2, 7, 8, 9, 10}) {
      later[i] = in[i].detach().clone();
      later[i].slice(axis, 9).fill_(3);
    }
    const Tensor changed = scan2d(named(later));
    CHECK(changed.slice(axis, 0, 9).equal(y.slice(axis, 0, 9)));
    CHECK(!changed.slice(axis, 9).equal(y.slice(axis, 9)));
  }
}

TEST_CASE("2-D scan: with couplings of one and no input no state grows") {
  Tensors in = inputs({1, 40, 60, 4, 2}, at::kFloat, 6);
  in[5] = in[6] = at::ones_like(in[5]);
  in[9] = in[10] = 0.5 * at::ones_like(in[9]);
  in[0] = at::zeros_like(in[0]);
  in[0].select(1, 0).select(1, 0).fill_(1);
  const Tensor first = (in[1] * in[0]).unsqueeze(-1) * in[7].unsqueeze(3);
  const Tensor second = (in[2] * in[0]).unsqueeze(-1) * in[8].unsqueeze(3);
  CHECK(size_of(scan2d(named(in))) <= 2 * std::max(size_of(first), size_of(second)) + 1e-5);
}

TEST_CASE("2-D scan: steps so large that the past is gone leave what the couplings bring") {
  Tensors in = inputs({1, 3, 30, 2, 2}, at::kFloat, 7);
  in[1] = in[1] * 1e4, in[2] = in[2] * 1e4, in[5] = in[6] = at::zeros_like(in[5]);
  const Tensor expected = in[1] * in[0] * (in[7] * in[9]).sum(-1, true) +
                          in[2] * in[0] * (in[8] * in[10]).sum(-1, true);
  CHECK(max_abs_diff(scan2d(named(in)), expected) < 1e-5 * size_of(expected));
}

TEST_CASE("2-D scan: one and two threads give the same bits, with and without a graph") {
  const Tensors in = inputs({1, 10, 20, 70, 4}, at::kFloat, 8);
  const auto all = [&] {
    const Tensor y = scan2d(named(in));
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
  CHECK(scan2d(named(in)).equal(two.back()));
}

TEST_CASE("2-D scan: wrong input is named in one line") {
  const Tensors in = inputs({2, 3, 4, 3, 2}, at::kFloat, 9);
  const auto message = [&](size_t i, const Tensor& wrong) -> std::string {
    Tensors t = in;
    t[i] = wrong;
    try {
      scan2d(named(t));
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  CHECK(message(1, in[1].slice(1, 0, 2)) == "scan2d: dt1 is (2,2,4,3), expected (2,3,4,3)");
  CHECK(message(4, in[4].slice(0, 0, 2)) == "scan2d: A4 is (2,2), expected (3,2)");
  CHECK(message(8, in[1]) == "scan2d: B2 is (2,3,4,3), expected (2,3,4,2)");
  CHECK(message(0, in[3]) == "scan2d: x is (3,2), expected (B,V,L,D)");
  CHECK(message(3, in[0]) == "scan2d: A1 is (2,3,4,3), expected (D,N)");
  CHECK(message(10, in[10].to(at::kDouble)) == "scan2d: x is Float, C2 Double, expected one type");
}
