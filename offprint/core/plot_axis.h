// Axes of a Plot: ranges, round ticks (1-2-5, or decades) and their texts; shared by both drawings.
#pragma once
#include <limits>
#include <string>
#include <vector>

#include "offprint/core/plot.h"

namespace offprint {

struct Extent {  // of the finite values it was shown; low > high while there were none
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();
  void add(double value);
  bool empty() const { return low > high; }
};

struct Tick {
  double value = 0;
  std::string text;  // "0.5", "−2", "10⁻⁴"
};

struct Axis {
  double low = 0, high = 1;
  bool log = false;
  std::vector<Tick> ticks;
  std::string factor;  // "×10⁻⁴": what the texts are to be multiplied with; mostly empty

  // 0 at low, 1 at high; NaN where the value has no place (NaN, infinite, <= 0 on a log axis).
  double place(double value) const;
};

struct AxisStyle {
  bool log = false;
  bool whole = false;  // ticks at whole numbers only
  int most_ticks = 6;
  double margin = 0.04;    // share of the range left free on both sides
  bool near_zero = false;  // start at 0 where the values start close to it
};
Axis make_axis(Extent extent, const AxisStyle& style);

// Throws Error on lists whose lengths do not fit, naming the plot and the line.
void require_consistent(const Plot& plot);

// What lines, bars, bands and marks span. Bars stand at x = 0, 1, ... and reach down to 0.
Extent x_extent(const Plot& plot);
Extent y_extent(const Plot& plot);
Extent heat_extent(const Plot& plot);

// "−2×10⁵", "10⁻⁴": a number as an axis writes it, with a true minus sign.
std::string power_text(double mantissa, int exponent);
std::string with_minus_sign(std::string text);

}  // namespace offprint
