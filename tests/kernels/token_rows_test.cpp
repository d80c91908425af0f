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

TEST_CASE("token rows: attention is softmax attention, for any count and size") {
  Rng rng(6);
  for (const int64_t size : {8, 20, 64, 80, 128})
    for (const int64_t count : {1, 7, 8, 9, 300}) {
      CAPTURE(size);
      CAPTURE(count);
      const int64_t stride = size + 3;
      const Tensor q = rng.normal({size}).to(at::kFloat);
      const Tensor keys = rng.normal({count, stride}).to(at::kFloat) * 2;
      const Tensor values = rng.normal({count, stride}).to(at::kFloat);
      const Tensor scores = at::empty({(count + 7) / 8 * 8}), out = at::empty({size});
      attend_row(q.const_data_ptr<float>(), keys.const_data_ptr<float>(),
                 values.const_data_ptr<float>(), stride, count, size, 0.3f,
                 scores.mutable_data_ptr<float>(), out.mutable_data_ptr<float>());
      const auto wide = [&](const Tensor& t) { return t.narrow(1, 0, size).to(at::kDouble); };
      const Tensor p = at::softmax(at::matmul(wide(keys), q.to(at::kDouble)) * 0.3, 0);
      CHECK(max_abs_diff(out.to(at::kDouble), at::matmul(p, wide(values))) < 1e-5);
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
