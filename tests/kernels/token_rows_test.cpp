#include "offprint/kernels/token_rows.h"

#include <doctest/doctest.h>

#include <atomic>

#include "offprint/core/rng.h"
#include "offprint/core/tensor.h"
#include "offprint/kernels/work_phases.h"

using namespace offprint;
using namespace offprint::kernels;

TEST_CASE("token rows: each is what its formula says in float64") {
  Rng rng(5);
  for (const int64_t n : {1, 7, 16, 64, 100, 576}) {
    CAPTURE(n);
    const Tensor x = rng.normal({n}).to(at::kFloat), w = rng.normal({n}).to(at::kFloat);
    const Tensor wide = x.to(at::kDouble), out = at::empty({n});
    const auto off = [&](const Tensor& expected) {
      return max_abs_diff(out.to(at::kDouble), expected);
    };
    rms_norm_row(x.const_data_ptr<float>(), w.const_data_ptr<float>(), n, 1e-5f,
                 out.mutable_data_ptr<float>());
    CHECK(off(wide * (wide.square().mean() + 1e-5).rsqrt() * w) < 1e-5);
    swiglu_row(x.const_data_ptr<float>(), w.const_data_ptr<float>(), n,
               out.mutable_data_ptr<float>());
    CHECK(off(wide * wide.sigmoid() * w) < 1e-5);
  }
}

TEST_CASE("token rows: attention is softmax attention, for any counts and size") {
  Rng rng(6);
  const std::vector<int64_t> counts = {1, 7, 8, 9, 40, 300};
  for (const int64_t size : {8, 20, 64, 80, 128}) {
    CAPTURE(size);
    const int64_t stride = size + 3, n = static_cast<int64_t>(counts.size());
    const Tensor q = rng.normal({n, size}).to(at::kFloat);
    const Tensor keys = rng.normal({300, stride}).to(at::kFloat) * 2;
    const Tensor values = rng.normal({300, stride}).to(at::kFloat);
    const Tensor scores = at::empty({n, 304}), out = at::empty({n, size});
    std::vector<AttendRow> rows;
    for (int64_t i = 0; i < n; ++i)
      rows.push_back({q.const_data_ptr<float>() + i * size, counts[static_cast<size_t>(i)],
                      scores.mutable_data_ptr<float>() + i * 304,
                      out.mutable_data_ptr<float>() + i * size});
    const auto attend = [&](std::span<const AttendRow> some) {
      attend_rows(some, keys.const_data_ptr<float>(), values.const_data_ptr<float>(), stride, size,
                  0.3f);
    };
    attend(rows);
    const Tensor together = out.clone();
    for (const AttendRow& row : rows) attend({&row, 1});
    CHECK(out.equal(together));  // whoever else is computed beside it
    for (int64_t i = 0; i < n; ++i) {
      const auto seen = [&](const Tensor& t) {
        return t.narrow(0, 0, counts[static_cast<size_t>(i)]).narrow(1, 0, size).to(at::kDouble);
      };
      const Tensor p = at::softmax(at::matmul(seen(keys), q[i].to(at::kDouble)) * 0.3, 0);
      CHECK(max_abs_diff(out[i].to(at::kDouble), at::matmul(p, seen(values))) < 1e-5);
    }
  }
}

TEST_CASE("work phases: all tasks of a phase are done before the next, on any number of threads") {
  const int before = at::get_num_threads();
  for (const int threads : {1, 2, 3}) {
    at::set_num_threads(threads);
    std::vector<int64_t> sums(50);
    std::atomic<int64_t> wrong = 0;
    WorkPhases phases(50);
    phases.run([&](WorkPhases::Walker& walker) {
      for (size_t phase = 0; phase < 50; ++phase)
        walker.each(17, [&](int64_t i) {
          if (phase > 0 && std::atomic_ref(sums[phase - 1]).load() != 136) ++wrong;
          std::atomic_ref(sums[phase]).fetch_add(i);
        });
    });
    CHECK(wrong == 0);
    CHECK(sums == std::vector<int64_t>(50, 136));
  }
  at::set_num_threads(before);
}
