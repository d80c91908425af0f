#include "offprint/core/plot_axis.h"

#include <algorithm>
#include <cmath>

#include "offprint/core/error.h"

namespace offprint {
namespace {

// The least of 1, 2, 5 times a power of ten that is not below `step`.
double round_step(double step) {
  const double power = std::pow(10.0, std::floor(std::log10(step)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (step <= factor * power * (1 + 1e-9)) return factor * power;
  return 10 * power;
}

// Multiples of the step from low to high; counted, so that rounding does not pile up.
std::vector<double> multiples(double low, double high, double step) {
  std::vector<double> values;
  for (double i = std::ceil(low / step - 1e-6); i <= high / step + 1e-6; ++i)
    values.push_back(i == 0 ? 0.0 : i * step);
  return values;
}

void linear_ticks(Axis& axis, const AxisStyle& style) {
  double step = round_step((axis.high - axis.low) / std::max(1, style.most_ticks));
  if (style.whole) step = std::max(1.0, step);
  const std::vector<double> values = multiples(axis.low, axis.high, step);
  double largest = 0;
  for (const double v : values) largest = std::max(largest, std::abs(v));
  const int exponent = largest > 0 ? static_cast<int>(std::floor(std::log10(largest))) : 0;
  const bool scaled = exponent >= 6 || exponent <= -4;
  const double unit = scaled ? std::pow(10.0, exponent) : 1.0;
  const int decimals =
      std::clamp(static_cast<int>(-std::floor(std::log10(step / unit) + 1e-6)), 0, 15);
  if (scaled) axis.factor = "×" + power_text(1, exponent);
  for (const double v : values)
    axis.ticks.push_back({v, with_minus_sign(fmt::format("{:.{}f}", v / unit, decimals))});
}

void log_ticks(Axis& axis, const AxisStyle& style) {
  const int first = static_cast<int>(std::floor(std::log10(axis.low) + 1e-9));
  const int last = static_cast<int>(std::ceil(std::log10(axis.high) - 1e-9));
  const auto inside = [&](double v) {
    return v >= axis.low * (1 - 1e-9) && v <= axis.high * (1 + 1e-9);
  };
  // Whole decades, or their 1-2-5 parts while those are few enough.
  const auto collect = [&](const std::vector<int>& parts, int stride) {
    std::vector<std::pair<int, int>> found;  // part, exponent
    for (int e = first; e <= last; ++e)
      for (const int part : parts)
        if (e % stride == 0 && inside(part * std::pow(10.0, e))) found.emplace_back(part, e);
    return found;
  };
  auto found = collect({1, 2, 5}, 1);
  if (static_cast<int>(found.size()) > style.most_ticks) found = collect({1}, 1);
  for (int stride = 2; static_cast<int>(found.size()) > style.most_ticks && stride <= last - first;
       ++stride)
    found = collect({1}, stride);
  if (found.size() < 2) return linear_ticks(axis, style);
  const bool plain = found.front().second >= -3 && found.back().second <= 4;
  for (const auto& [part, e] : found)
    axis.ticks.push_back({part * std::pow(10.0, e),
                          plain ? fmt::format("{:.{}f}", part * std::pow(10.0, e), std::max(0, -e))
                                : power_text(part, e)});
}

}  // namespace

void Extent::add(double value) {
  if (!std::isfinite(value)) return;
  low = std::min(low, value);
  high = std::max(high, value);
}

double Axis::place(double value) const {
  if (!std::isfinite(value) || (log && value <= 0)) return std::numeric_limits<double>::quiet_NaN();
  return log ? (std::log(value) - std::log(low)) / (std::log(high) - std::log(low))
             : (value - low) / (high - low);
}

Axis make_axis(Extent extent, const AxisStyle& style) {
  Axis axis;
  axis.log = style.log;
  if (extent.empty()) extent = style.log ? Extent{1, 10} : Extent{0, 1};
  if (style.log) {
    const double ratio = extent.high / extent.low;
    const double pad = ratio > 1 ? std::pow(ratio, style.margin) : 2;
    axis.low = extent.low / pad;
    axis.high = extent.high * pad;
    log_ticks(axis, style);
    return axis;
  }
  double range = extent.high - extent.low;
  const double size = std::max(std::abs(extent.low), std::abs(extent.high));
  if (range <= 1e-12 * size || range == 0) {  // one value, or nothing but its rounding
    const double around = size > 0 ? 0.1 * size : 0.5;
    extent = {extent.low - around, extent.high + around};
    range = extent.high - extent.low;
  }
  const bool from_zero = style.near_zero && extent.low >= 0 && extent.low < 0.3 * extent.high;
  axis.low = from_zero ? 0 : extent.low - style.margin * range;
  axis.high = style.near_zero && extent.high == 0 ? 0 : extent.high + style.margin * range;
  linear_ticks(axis, style);
  return axis;
}

void require_consistent(const Plot& plot) {
  const auto same = [&](size_t got, size_t expected, const std::string& label, const char* what) {
    require(got == expected, "plot '{}': '{}' has {} {}, expected {}", plot.title, label, got, what,
            expected);
  };
  for (const Plot::Line& line : plot.lines) {
    same(line.y.size(), line.x.size(), line.label, "values of y");
    if (line.low.empty() && line.high.empty()) continue;
    same(line.low.size(), line.x.size(), line.label, "low ends of the band");
    same(line.high.size(), line.x.size(), line.label, "high ends of the band");
  }
  for (const Plot::Bars& bars : plot.bars) {
    same(bars.values.size(), plot.categories.size(), bars.label, "bars");
    if (bars.low.empty() && bars.high.empty()) continue;
    same(bars.low.size(), bars.values.size(), bars.label, "low ends of error bars");
    same(bars.high.size(), bars.values.size(), bars.label, "high ends of error bars");
  }
  require(plot.heat_map.size() <= 1, "plot '{}': {} heat maps, expected one at most", plot.title,
          plot.heat_map.size());
  for (const Plot::HeatMap& map : plot.heat_map)
    for (const auto& row : map.values)
      same(row.size(), map.values.front().size(), map.label, "columns in a row");
}

Extent x_extent(const Plot& plot) {
  Extent extent;
  const auto add = [&](double v) {
    if (!plot.log_x || v > 0) extent.add(v);
  };
  for (const Plot::Line& line : plot.lines)
    for (const double x : line.x) add(x);
  for (const Plot::Mark& mark : plot.marks)
    if (mark.vertical) add(mark.value);
  if (!plot.bars.empty()) {
    extent.add(-0.5);
    extent.add(static_cast<double>(plot.categories.size()) - 0.5);
  }
  return extent;
}

Extent y_extent(const Plot& plot) {
  Extent extent;
  const auto add = [&](double v) {
    if (!plot.log_y || v > 0) extent.add(v);
  };
  const auto add_all = [&](const std::vector<double>& values) {
    for (const double v : values) add(v);
  };
  for (const Plot::Line& line : plot.lines) {
    add_all(line.y);
    add_all(line.low);
    add_all(line.high);
  }
  for (const Plot::Bars& bars : plot.bars) {
    add(0);
    add_all(bars.values);
    add_all(bars.low);
    add_all(bars.high);
  }
  for (const Plot::Mark& mark : plot.marks)
    if (!mark.vertical) add(mark.value);
  return extent;
}

Extent heat_extent(const Plot& plot) {
  Extent extent;
  for (const Plot::HeatMap& map : plot.heat_map)
    for (const auto& row : map.values)
      for (const double v : row) extent.add(v);
  return extent;
}

std::string power_text(double mantissa, int exponent) {
  static constexpr const char* kSuperscripts[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
  std::string text = mantissa == 1 ? "10" : with_minus_sign(fmt::format("{}×10", mantissa));
  for (const char c : fmt::format("{}", exponent)) text += c == '-' ? "⁻" : kSuperscripts[c - '0'];
  return text;
}

std::string with_minus_sign(std::string text) {
  if (text.starts_with('-')) text.replace(0, 1, "−");
  return text;
}

}  // namespace offprint
