#include "offprint/core/braille.h"

#include <doctest/doctest.h>

using namespace offprint;

TEST_CASE("BrailleCanvas: dots become the Unicode pattern of their cell") {
  BrailleCanvas canvas(2, 1);
  canvas.dot(0, 0);
  canvas.dot(1, 3);
  canvas.dot(99, 0);
  canvas.dot(0, -1);
  CHECK(canvas.row(0) == "⢁");
  canvas.line(0, 0, 3, 0);
  CHECK(canvas.row(0) == "⢉⠉");
}

TEST_CASE("BrailleCanvas: a line joins its ends without a gap, from either end") {
  BrailleCanvas there(2, 1), back(2, 1);
  there.line(0, 0, 3, 3);
  back.line(3, 3, 0, 0);
  CHECK(there.row(0) == "⠑⢄");
  CHECK(back.row(0) == "⠑⢄");
  BrailleCanvas point(1, 1);
  point.line(1, 2, 1, 2);
  CHECK(point.row(0) == "⠠");
}

TEST_CASE("BrailleCanvas: a letter stands above dots, and keeps its cell") {
  BrailleCanvas canvas(3, 1);
  canvas.line(0, 1, 5, 1);
  CHECK(canvas.letter(2, 0, 'a'));
  CHECK_FALSE(canvas.letter(3, 3, 'b'));
  CHECK_FALSE(canvas.letter(-1, 0, 'c'));
  CHECK(canvas.row(0) == "⠒a⠒");
}
