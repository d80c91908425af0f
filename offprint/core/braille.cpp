#include "offprint/core/braille.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace offprint {

BrailleCanvas::BrailleCanvas(int columns, int rows)
    : columns_(columns),
      rows_(rows),
      dots_(static_cast<size_t>(columns) * static_cast<size_t>(rows)),
      letters_(dots_.size(), ' ') {}

size_t BrailleCanvas::cell(int x, int y) const {
  return static_cast<size_t>(y / 4) * static_cast<size_t>(columns_) + static_cast<size_t>(x / 2);
}

void BrailleCanvas::dot(int x, int y) {
  if (x < 0 || y < 0 || x >= dot_columns() || y >= dot_rows()) return;
  static constexpr uint8_t kBits[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
  dots_[cell(x, y)] |= kBits[y % 4][x % 2];
}

void BrailleCanvas::line(int x0, int y0, int x1, int y1) {
  const int steps = std::max({std::abs(x1 - x0), std::abs(y1 - y0), 1});
  for (int i = 0; i <= steps; ++i) {
    const double share = static_cast<double>(i) / steps;
    dot(x0 + static_cast<int>(std::lround(share * (x1 - x0))),
        y0 + static_cast<int>(std::lround(share * (y1 - y0))));
  }
}

bool BrailleCanvas::letter(int x, int y, char letter) {
  if (x < 0 || y < 0 || x >= dot_columns() || y >= dot_rows()) return false;
  char& place = letters_[cell(x, y)];
  if (place != ' ') return false;
  place = letter;
  return true;
}

std::string BrailleCanvas::row(int row) const {
  std::string text;
  size_t end = 0;  // of the last character that shows
  for (int column = 0; column < columns_; ++column) {
    const size_t i = cell(2 * column, 4 * row);
    if (letters_[i] != ' ') {
      text += letters_[i];
    } else if (dots_[i] != 0) {
      const uint32_t code = 0x2800u + dots_[i];  // three bytes of UTF-8
      text += static_cast<char>(0xE0 | code >> 12);
      text += static_cast<char>(0x80 | (code >> 6 & 0x3F));
      text += static_cast<char>(0x80 | (code & 0x3F));
    } else {
      text += ' ';
      continue;
    }
    end = text.size();
  }
  return text.substr(0, end);
}

}  // namespace offprint
