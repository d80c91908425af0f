#include "offprint/core/plot_description.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "offprint/core/plot_axis.h"
#include "offprint/core/table.h"

namespace offprint {
namespace {

std::string name_or(const std::string& label, const char* otherwise) {
  return label.empty() ? otherwise : label;
}

std::string range_text(const Extent& extent) {
  if (extent.empty()) return "no values";
  return fmt::format("from {} to {}", number_text(extent.low), number_text(extent.high));
}

std::string line_text(const Plot::Line& line) {
  Extent x, y;
  for (const double v : line.x) x.add(v);
  for (const double v : line.y) y.add(v);
  std::string text = fmt::format("{}: {} points", name_or(line.label, "A line"), line.x.size());
  if (y.empty()) return text + ", no values.";
  text += fmt::format(", x {}, y {}", range_text(x), range_text(y));
  if (line.points) return text + ".";
  const auto last =
      std::find_if(line.y.rbegin(), line.y.rend(), [](double v) { return std::isfinite(v); });
  return text + ", last " + number_text(*last) + ".";
}

std::string bars_text(const Plot::Bars& bars, const std::vector<std::string>& categories) {
  std::string text = name_or(bars.label, "Bars") + ":";
  for (size_t i = 0; i < categories.size(); ++i)
    text += fmt::format("{} {} {}", i > 0 ? "," : "", categories[i],
                        std::isfinite(bars.values[i]) ? number_text(bars.values[i]) : "no value");
  return text + ".";
}

}  // namespace

std::string describe(const Plot& plot) {
  std::string text;
  if (!plot.x_label.empty() || !plot.y_label.empty())
    text = fmt::format("{} against {}.", name_or(plot.y_label, "values"),
                       name_or(plot.x_label, plot.bars.empty() ? "index" : "category"));
  const auto say = [&](const std::string& sentence) {
    text += (text.empty() ? "" : " ") + sentence;
  };
  for (const Plot::Line& line : plot.lines) say(line_text(line));
  for (const Plot::Bars& bars : plot.bars) say(bars_text(bars, plot.categories));
  for (const Plot::HeatMap& map : plot.heat_map)
    say(fmt::format("A map of {} rows and {} columns, {} {}.", map.values.size(),
                    map.values.empty() ? 0 : map.values[0].size(), name_or(map.label, "values"),
                    range_text(heat_extent(plot))));
  for (const Plot::Mark& mark : plot.marks)
    say(fmt::format("Mark {} at {} = {}.", mark.label, mark.vertical ? "x" : "y",
                    number_text(mark.value)));
  return text.empty() ? "An empty figure." : text;
}

}  // namespace offprint
