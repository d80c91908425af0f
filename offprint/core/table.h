// A small table of text cells for the terminal, Markdown and HTML.
#pragma once
#include <string>
#include <vector>

#include "offprint/core/json.h"

namespace offprint {

struct TextTable {
  std::string title;
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;  // each as long as columns

  std::string to_terminal(
      int width = 100) const;  // columns padded, long cells wrapped; UTF-8 aware
  std::string to_markdown() const;
  std::string to_html() const;  // escaped
  Json to_json() const;         // {"title", "columns", "rows"}
};

// "0.0123", "1.2e-07", "95.3": four significant digits, as all cards print a number.
std::string number_text(double value, int significant = 4);

}  // namespace offprint
