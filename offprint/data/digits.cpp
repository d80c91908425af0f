#include "offprint/data/digits.h"

#include <charconv>
#include <string>
#include <string_view>
#include <vector>

#include "offprint/core/error.h"
#include "offprint/data/catalog.h"
#include "offprint/data/text_file.h"

namespace offprint::data {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kSide = 8, kPixels = kSide * kSide;

}  // namespace

LabelledImages read_digits(const fs::path& path) {
  const Contents contents(path);
  const std::string_view text = contents.bytes();
  std::vector<float> pixels;
  std::vector<int64_t> labels;
  const char *at = text.data(), *const end = at + text.size();
  for (int64_t row = 1; at != end; ++row) {
    for (int64_t column = 0; column <= kPixels; ++column) {
      int value = -1;
      const auto [next, error] = std::from_chars(at, end, value);
      const bool last = column == kPixels;
      require(error == std::errc() && value >= 0 && value <= (last ? 9 : 16),
              "{}:{}: column {} is not {}", path.string(), row, column + 1,
              last ? "a digit" : "a pixel of 0 to 16");
      at = next;
      if (last)
        labels.push_back(value);
      else
        pixels.push_back(static_cast<float>(value) / 16.0f);
      if (last)
        require(at == end || *at == '\n', "{}:{}: more than {} columns", path.string(), row,
                kPixels + 1);
      else
        require(at != end && *at == ',', "{}:{}: {} columns, expected {}", path.string(), row,
                column + 1, kPixels + 1);
      if (at != end) ++at;
    }
  }
  require(!labels.empty(), "{}: no rows", path.string());
  const auto n = static_cast<int64_t>(labels.size());
  return {at::tensor(pixels).reshape({n, kSide, kSide}), at::tensor(labels)};
}

std::optional<fs::path> find_digits() {
  const auto folder = find_set("digits");
  if (!folder) return std::nullopt;
  return *folder / "digits.csv.gz";
}

}  // namespace offprint::data
