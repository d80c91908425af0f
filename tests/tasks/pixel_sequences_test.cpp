#include "offprint/tasks/pixel_sequences.h"

#include <doctest/doctest.h>

#include "offprint/core/error.h"

using namespace offprint;
using namespace offprint::tasks;

TEST_CASE("pixel_sequences: pixels follow in reading order, resizing keeps level areas level") {
  const data::LabelledImages images{
      at::arange(12, at::TensorOptions().dtype(at::kFloat)).reshape({2, 2, 3}),
      at::tensor({int64_t{1}, int64_t{0}})};
  const Sequences plain = pixel_sequences(images);
  CHECK(plain.x.sizes().vec() == std::vector<int64_t>{2, 6, 1});
  CHECK(plain.x[1][4][0].item<float>() == 10.0f);
  CHECK(plain.classes == std::vector<std::string>{"0", "1"});

  const data::LabelledImages grey{at::full({1, 8, 8}, 0.25f), at::tensor({int64_t{0}})};
  const Sequences larger = pixel_sequences(grey, 28);
  CHECK(larger.x.size(1) == 784);
  CHECK(max_abs_diff(larger.x, at::full({1, 784, 1}, 0.25f)) < 1e-7);
  CHECK_THROWS_AS(pixel_sequences(grey, -1), Error);
}
