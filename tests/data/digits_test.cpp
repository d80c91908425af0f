#include "offprint/data/digits.h"

#include <doctest/doctest.h>

#include <string>

#include "offprint/core/error.h"
#include "offprint/core/file.h"

using namespace offprint;
using namespace offprint::data;

namespace {
std::string row(const std::string& first, const std::string& label) {
  std::string text = first;
  for (int i = 1; i < 64; ++i) text += ",8";
  return text + "," + label + "\n";
}
std::filesystem::path written(const std::string& text) {
  const auto path = std::filesystem::temp_directory_path() / "offprint_digits_test.csv";
  write_file(path, text);
  return path;
}
}  // namespace

TEST_CASE("read_digits: pixels become shares of full ink, row by row") {
  const LabelledImages digits = read_digits(written(row("0", "3") + row("16", "9")));
  CHECK(digits.images.sizes().vec() == std::vector<int64_t>{2, 8, 8});
  CHECK(digits.images[0][0][0].item<float>() == 0.0f);
  CHECK(digits.images[1][0][0].item<float>() == 1.0f);
  CHECK(digits.images[1][7][7].item<float>() == 0.5f);
  CHECK(digits.labels.equal(at::tensor({int64_t{3}, int64_t{9}})));
}

TEST_CASE("read_digits: what is wrong is named with its row and column") {
  const auto message = [](const std::string& text) -> std::string {
    const auto path = written(text);
    try {
      read_digits(path);
    } catch (const Error& error) {
      return std::string(error.what()).substr(path.string().size());
    }
    return "";
  };
  CHECK(message(row("17", "3")) == ":1: column 1 is not a pixel of 0 to 16");
  CHECK(message(row("1", "3") + row("x", "3")) == ":2: column 1 is not a pixel of 0 to 16");
  CHECK(message(row("1", "12")) == ":1: column 65 is not a digit");
  CHECK(message("1,2,3\n") == ":1: 3 columns, expected 65");
  CHECK(message(row("1", "3,4")) == ":1: more than 65 columns");
  CHECK(message("") == ": no rows");
  CHECK_THROWS_AS(read_digits("/nonexistent/digits.csv"), Error);
}

TEST_CASE("the shipped digits: 1797 images, ten classes of nearly equal size") {
  const auto path = find_digits();
  if (!path) {
    MESSAGE("skipped: scikit-learn's digits are not installed; ./start installs them");
    return;
  }
  const LabelledImages digits = read_digits(*path);
  CHECK(digits.images.size(0) == 1797);
  for (int64_t label = 0; label < 10; ++label) {
    const int64_t count = (digits.labels == label).sum().item<int64_t>();
    CHECK(count > 170);
    CHECK(count < 190);
  }
}
