// A canvas of Unicode braille characters: 2 x 4 dots each, with room for letters on top.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace offprint {

class BrailleCanvas {
 public:
  BrailleCanvas(int columns, int rows);  // characters, both > 0
  int dot_columns() const { return 2 * columns_; }
  int dot_rows() const { return 4 * rows_; }

  // Dots count from the top left; those outside are left out.
  void dot(int x, int y);
  void line(int x0, int y0, int x1, int y1);
  // A letter in the character cell of a dot, above what is drawn there. False if one stands there.
  bool letter(int x, int y, char letter);

  std::string row(int row) const;  // one line of text, without trailing blanks

 private:
  size_t cell(int x, int y) const;
  int columns_, rows_;
  std::vector<uint8_t> dots_;
  std::string letters_;
};

}  // namespace offprint
