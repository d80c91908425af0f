#include "offprint/tasks/number_list.h"

#include <charconv>
#include <cmath>
#include <sstream>

#include "offprint/core/error.h"
#include "offprint/core/table.h"

namespace offprint::tasks {

std::vector<double> parse_numbers(const std::string& text, std::string_view flag) {
  std::vector<double> values;
  std::istringstream words(text);
  for (std::string word; std::getline(words, word, ',');) {
    double value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    require(error == std::errc() && end == word.data() + word.size() && std::isfinite(value),
            "{}: '{}', expected numbers with commas between, as 0.5,-0.3", flag, text);
    values.push_back(value);
  }
  return values;
}

std::string list_text(const std::vector<double>& values) {
  std::string text;
  for (const double value : values) text += (text.empty() ? "" : ",") + number_text(value);
  return text;
}

}  // namespace offprint::tasks
