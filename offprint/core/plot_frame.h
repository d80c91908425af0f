// Where everything of an SVG figure stands: the frame of the data, and around it title, legend,
// axis texts and labels of marks, so that no text ever covers data. Lengths in pixels, y downwards.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "offprint/core/plot.h"
#include "offprint/core/plot_axis.h"

namespace offprint {

struct PlacedText {
  std::string text;
  double x = 0, y = 0;  // of the baseline; anchored as its role says
};

struct LegendEntry {
  enum class Swatch { line, dashed, points, bar };
  Swatch swatch = Swatch::line;
  size_t series = 0;  // chooses colour and marker: lines first, then bars
  PlacedText label;   // anchored at its start, the swatch is kSwatchWidth to the left
};

struct Frame {
  double width = 0, height = 0;                     // of the figure
  double left = 0, top = 0, right = 0, bottom = 0;  // of the data
  Axis x, y, colour;                                // x of bars and y of a heat map: no ticks
  std::vector<PlacedText> title;                    // lines, anchored at their start
  std::vector<LegendEntry> legend;
  PlacedText x_label, y_label;                       // anchored in the middle and at the start
  std::vector<std::vector<std::string>> categories;  // wrapped lines under each group of bars
  bool slanted = false;                              // categories too long to stand level
  std::vector<PlacedText> marks;                     // one each, as Plot::marks; vertical: middle

  double x_at(double value) const { return left + x.place(value) * (right - left); }
  double y_at(double value) const { return bottom - y.place(value) * (bottom - top); }
};

inline constexpr double kTitleSize = 14, kTextSize = 11.5;
inline constexpr double kSwatchWidth = 24, kLineHeight = 15, kColourBar = 12;

Frame lay_out(const Plot& plot, int width, int height);

// How wide text is set in a sans-serif face, from the widths of its letters in
// the wider of the usual faces, so that what is laid out with it fits in the others too.
double text_width(std::string_view text, double size);
// Words filled into lines of at most `width`; a longer word stands alone on its line.
std::vector<std::string> wrap_text(std::string_view text, double size, double width);

}  // namespace offprint
