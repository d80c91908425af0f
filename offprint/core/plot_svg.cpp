// Draws a Plot as SVG: layout from plot_frame.h, marks on paper from here.
#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>

#include "offprint/core/markup.h"
#include "offprint/core/plot.h"
#include "offprint/core/plot_colours.h"
#include "offprint/core/plot_description.h"
#include "offprint/core/plot_frame.h"
#include "offprint/core/table.h"

namespace offprint {
namespace {

template <class... Args>
void put(std::string& svg, fmt::format_string<Args...> format, Args&&... args) {
  fmt::format_to(std::back_inserter(svg), format, std::forward<Args>(args)...);
}

void put_text(std::string& svg, const PlacedText& at, const char* classes) {
  if (at.text.empty()) return;
  put(svg, "<text class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n", classes, at.x, at.y,
      escape_markup(at.text));
}

struct Point {
  double x = 0, y = 0;
};
using Points = std::vector<Point>;

// The runs of a line between its gaps, in pixels.
std::vector<Points> segments(const Frame& frame, const std::vector<double>& x,
                             const std::vector<double>& y) {
  std::vector<Points> runs(1);
  for (size_t i = 0; i < x.size(); ++i) {
    const Point p{frame.x_at(x[i]), frame.y_at(y[i])};
    if (std::isfinite(p.x) && std::isfinite(p.y))
      runs.back().push_back(p);
    else if (!runs.back().empty())
      runs.emplace_back();
  }
  if (runs.back().empty()) runs.pop_back();
  return runs;
}

// Of neighbours within one pixel column only first, least, largest and last: the same picture.
Points thinned(const Points& points) {
  Points kept;
  for (size_t i = 0; i < points.size();) {
    size_t end = i + 1;
    while (end < points.size() && std::floor(points[end].x) == std::floor(points[i].x)) ++end;
    if (end - i <= 4) {
      kept.insert(kept.end(), points.begin() + static_cast<std::ptrdiff_t>(i),
                  points.begin() + static_cast<std::ptrdiff_t>(end));
    } else {
      const auto first = points.begin() + static_cast<std::ptrdiff_t>(i);
      const auto last = points.begin() + static_cast<std::ptrdiff_t>(end);
      auto [low, high] = std::minmax_element(
          first, last, [](const Point& a, const Point& b) { return a.y < b.y; });
      if (high < low) std::swap(low, high);
      kept.insert(kept.end(), {*first, *low, *high, *(last - 1)});
    }
    i = end;
  }
  return kept;
}

std::string path_of(const Points& points) {
  std::string path;
  for (const Point& p : points) put(path, "{}{:.1f} {:.1f}", path.empty() ? "M" : "L", p.x, p.y);
  return path;
}

// Shape as well as colour tells series apart.
void put_marker(std::string& svg, size_t series, Point at, double r) {
  const auto [x, y] = at;
  switch (series % 4) {
    case 0:
      put(svg, "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{:.1f}\"/>", x, y, r);
      break;
    case 1:
      put(svg, "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\"/>", x - 0.9 * r,
          y - 0.9 * r, 1.8 * r, 1.8 * r);
      break;
    case 2:
      put(svg, "<path d=\"M{:.1f} {:.1f}l{:.1f} {:.1f}h{:.1f}z\"/>", x, y - 1.2 * r, 1.15 * r,
          2.0 * r, -2.3 * r);
      break;
    default:
      put(svg, "<path d=\"M{:.1f} {:.1f}l{:.1f} {:.1f}l{:.1f} {:.1f}l{:.1f} {:.1f}z\"/>", x,
          y - 1.3 * r, 1.3 * r, 1.3 * r, -1.3 * r, 1.3 * r, -1.3 * r, -1.3 * r);
  }
}

void put_axes(std::string& svg, const Frame& f, const Plot& plot) {
  const bool grid = plot.heat_map.empty();
  for (const Tick& tick : f.y.ticks) {
    const double y = f.y_at(tick.value);
    if (grid)
      put(svg, "<path class=\"grid\" stroke=\"#ddd\" d=\"M{:.1f} {:.1f}H{:.1f}\"/>\n", f.left, y,
          f.right);
    put_text(svg, {tick.text, f.left - 6, y + 4}, "end");
  }
  for (const Tick& tick : f.x.ticks) {
    const double x = f.x_at(tick.value);
    put(svg, "<path class=\"axis\" stroke=\"#555\" d=\"M{:.1f} {:.1f}v4\"/>\n", x, f.bottom);
    put_text(svg, {tick.text, x, f.bottom + 17}, "middle");
  }
  put(svg, "<path class=\"axis\" stroke=\"#555\" d=\"M{:.1f} {:.1f}H{:.1f}\"/>\n", f.left, f.bottom,
      f.right);
  if (!plot.bars.empty() && f.y.low < 0 && f.y.high > 0)  // the line bars stand on
    put(svg, "<path class=\"axis\" stroke=\"#555\" d=\"M{:.1f} {:.1f}H{:.1f}\"/>\n", f.left,
        f.y_at(0), f.right);
  put_text(svg, f.x_label, "middle label");
  put_text(svg, f.y_label, "label");
}

void put_categories(std::string& svg, const Frame& f) {
  for (size_t i = 0; i < f.categories.size(); ++i) {
    const double x = f.x_at(static_cast<double>(i));
    if (f.slanted) {
      put(svg, "<text class=\"end\" transform=\"translate({:.1f} {:.1f}) rotate(-34)\">{}</text>\n",
          x + 4, f.bottom + 15, escape_markup(f.categories[i][0]));
      continue;
    }
    for (size_t line = 0; line < f.categories[i].size(); ++line)
      put_text(svg, {f.categories[i][line], x, f.bottom + 17 + static_cast<double>(line) * 14},
               "middle");
  }
}

void put_band(std::string& svg, const Frame& f, const Plot::Line& line) {
  const auto low = segments(f, line.x, line.low), high = segments(f, line.x, line.high);
  // Gaps of both edges coincide where the data is sound; otherwise there is no area to speak of.
  for (size_t i = 0; i < std::min(low.size(), high.size()); ++i) {
    Points outline = thinned(high[i]), back = thinned(low[i]);
    outline.insert(outline.end(), back.rbegin(), back.rend());
    put(svg, "<path class=\"band\" d=\"{}z\"/>\n", path_of(outline));
  }
}

void put_line(std::string& svg, const Frame& f, const Plot::Line& line, size_t series) {
  constexpr size_t kFewPoints = 24, kManyPoints = 400;
  put(svg, "<g {}>\n", series_attributes(series));
  if (!line.low.empty()) put_band(svg, f, line);
  const auto runs = segments(f, line.x, line.y);
  size_t count = 0;
  for (const Points& run : runs) {
    count += run.size();
    if (!line.points && run.size() > 1)
      put(svg, "<path class=\"line{}\" fill=\"none\" d=\"{}\"/>\n", line.dashed ? " dashed" : "",
          path_of(thinned(run)));
  }
  const double size = !line.points ? 2.6 : count > kManyPoints ? 2.0 : 3.4;
  if (line.points && count > kManyPoints) put(svg, "<g fill-opacity=\"0.55\">");
  for (const Points& run : runs)  // a lone point between two gaps has no line to show it
    if (line.points || count <= kFewPoints || run.size() == 1)
      for (const Point& p : run) put_marker(svg, series, p, size);
  if (line.points && count > kManyPoints) put(svg, "</g>");
  put(svg, "</g>\n");
}

// Bars of a category side by side, a fifth of its room left free.
void put_bars(std::string& svg, const Frame& f, const Plot& plot) {
  const double slot =
      (f.right - f.left) / std::max<double>(1, static_cast<double>(plot.categories.size()));
  const double width = std::min(56.0, 0.8 * slot / static_cast<double>(plot.bars.size()));
  const double zero = std::clamp(plot.log_y ? f.bottom : f.y_at(0), f.top, f.bottom);
  for (size_t b = 0; b < plot.bars.size(); ++b) {
    const Plot::Bars& bars = plot.bars[b];
    put(svg, "<g {}>\n", series_attributes(plot.lines.size() + b));
    for (size_t i = 0; i < bars.values.size(); ++i) {
      const double y = f.y_at(bars.values[i]);
      if (!std::isfinite(y)) continue;
      const double offset =
          (static_cast<double>(b) - 0.5 * static_cast<double>(plot.bars.size())) * width;
      const double x = f.x_at(static_cast<double>(i)) + offset;
      put(svg,
          "<rect class=\"bar\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\"/>\n",
          x + 0.5, std::min(y, zero), width - 1, std::abs(zero - y));
      const std::string value = with_minus_sign(number_text(bars.values[i], 3));
      if (bars.low.empty()) {
        if (text_width(value, kTextSize) < std::max(width, plot.bars.size() == 1 ? slot - 4 : 0.0))
          put_text(svg, {value, x + width / 2, y <= zero ? y - 4 : y + 13}, "middle value");
        continue;
      }
      const double low = f.y_at(bars.low[i]), high = f.y_at(bars.high[i]);
      if (!std::isfinite(low) || !std::isfinite(high)) continue;
      put(svg,
          "<path class=\"error\" stroke=\"#222\" d=\"M{0:.1f} {1:.1f}V{2:.1f}M{3:.1f} "
          "{1:.1f}h8M{3:.1f} {2:.1f}h8\"/>\n",
          x + width / 2, low, high, x + width / 2 - 4);
    }
    put(svg, "</g>\n");
  }
}

// Cells of one shade are one path, in units of cells: small files whatever the map's size.
void put_heat_map(std::string& svg, const Frame& f, const Plot& plot) {
  constexpr int kShades = 64;
  const auto rows = shrunk(plot.heat_map[0].values, static_cast<size_t>(f.right - f.left),
                           static_cast<size_t>(f.bottom - f.top));
  std::array<std::string, kShades + 1> paths;  // the last: no value
  for (size_t r = 0; r < rows.size(); ++r)
    for (size_t c = 0; c < rows[r].size();) {
      const auto shade_of = [&](double v) {
        const double share = f.colour.place(v);
        return std::isfinite(share) ? std::clamp(static_cast<int>(share * kShades), 0, kShades - 1)
                                    : kShades;
      };
      const int shade = shade_of(rows[r][c]);
      const size_t start = c;
      while (c < rows[r].size() && shade_of(rows[r][c]) == shade) ++c;
      put(paths[static_cast<size_t>(shade)], "M{} {}h{}v1h-{}z", start, r, c - start, c - start);
    }
  if (!rows.empty() && !rows[0].empty())
    put(svg,
        "<g shape-rendering=\"crispEdges\" transform=\"translate({:.1f} {:.1f}) scale({:.5f} "
        "{:.5f})\">\n",
        f.left, f.top, (f.right - f.left) / static_cast<double>(rows[0].size()),
        (f.bottom - f.top) / static_cast<double>(rows.size()));
  else
    put(svg, "<g>\n");
  for (int s = 0; s < kShades; ++s)
    if (const std::string& path = paths[static_cast<size_t>(s)]; !path.empty())
      put(svg, "<path fill=\"{}\" d=\"{}\"/>\n", shade_colour((s + 0.5) / kShades), path);
  if (!paths.back().empty())
    put(svg, "<path class=\"none\" fill=\"#bbb\" d=\"{}\"/>\n", paths.back());
  put(svg, "</g>\n");
}

void put_colour_scale(std::string& svg, const Frame& f, const Plot& plot) {
  constexpr int kSteps = 48;
  const double x = f.right + 14, height = f.bottom - f.top;
  for (int s = 0; s < kSteps; ++s)
    put(svg, "<rect x=\"{:.1f}\" y=\"{:.2f}\" width=\"{:.1f}\" height=\"{:.2f}\" fill=\"{}\"/>\n",
        x, f.bottom - height * (s + 1) / kSteps, kColourBar, height / kSteps + 0.4,
        shade_colour((s + 0.5) / kSteps));
  for (const Tick& tick : f.colour.ticks)
    put_text(svg,
             {tick.text, x + kColourBar + 5, f.bottom - f.colour.place(tick.value) * height + 4},
             "tick");
  std::string label = plot.heat_map[0].label;
  if (!f.colour.factor.empty()) label += "  " + f.colour.factor;
  put_text(svg, {label, f.width - 8, f.y_label.y}, "end label");
}

void put_marks(std::string& svg, const Frame& f, const Plot& plot) {
  for (size_t i = 0; i < plot.marks.size(); ++i) {
    const Plot::Mark& mark = plot.marks[i];
    const double at = mark.vertical ? f.x_at(mark.value) : f.y_at(mark.value);
    if (!std::isfinite(at)) continue;
    if (mark.vertical)
      put(svg, "<path class=\"mark\" stroke=\"#555\" d=\"M{:.1f} {:.1f}V{:.1f}\"/>\n", at,
          f.top - 4, f.bottom);
    else
      put(svg, "<path class=\"mark\" stroke=\"#555\" d=\"M{:.1f} {:.1f}H{:.1f}\"/>\n", f.left, at,
          f.right + 3);
    put_text(svg, f.marks[i], mark.vertical ? "middle" : "tick");
  }
}

void put_legend(std::string& svg, const Frame& f) {
  using Swatch = LegendEntry::Swatch;
  for (const LegendEntry& entry : f.legend) {
    const double left = entry.label.x - kSwatchWidth, middle = entry.label.y - 4;
    put(svg, "<g {}>", series_attributes(entry.series));
    if (entry.swatch == Swatch::bar)
      put(svg, "<rect class=\"bar\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"12\" height=\"10\"/>",
          left + 5, middle - 5);
    else if (entry.swatch == Swatch::points)
      put_marker(svg, entry.series, {left + 11, middle}, 3.4);
    else
      put(svg, "<path class=\"line{}\" fill=\"none\" d=\"M{:.1f} {:.1f}h18\"/>",
          entry.swatch == Swatch::dashed ? " dashed" : "", left, middle);
    put(svg, "</g>\n");
    put_text(svg, entry.label, "entry");
  }
}

}  // namespace

std::string to_svg(const Plot& plot, int width, int height) {
  require(width >= 160 && height >= 120, "plot '{}': {} x {} pixels, expected 160 x 120 or more",
          plot.title, width, height);
  require_consistent(plot);
  const Frame frame = lay_out(plot, width, height);
  std::string svg;
  put(svg,
      "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"offprint-plot\" role=\"img\" "
      "width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\" "
      "aria-label=\"{2}\">\n<title>{2}</title>\n"
      "<desc>{3}</desc>\n<style>{4}</style>\n<rect class=\"paper\" fill=\"#fff\" width=\"{0}\" "
      "height=\"{1}\"/>\n",
      width, height, escape_markup(plot.title.empty() ? "Figure" : plot.title),
      escape_markup(describe(plot)), plot_style());
  for (const PlacedText& line : frame.title) put_text(svg, line, "title");
  if (!plot.heat_map.empty()) put_heat_map(svg, frame, plot);
  put_axes(svg, frame, plot);
  put_categories(svg, frame);
  if (!plot.bars.empty()) put_bars(svg, frame, plot);
  put_marks(svg, frame, plot);
  for (size_t i = 0; plot.heat_map.empty() && i < plot.lines.size(); ++i)
    put_line(svg, frame, plot.lines[i], i);
  if (!plot.heat_map.empty()) put_colour_scale(svg, frame, plot);
  if (y_extent(plot).empty() && heat_extent(plot).empty())
    put_text(svg, {"no data", (frame.left + frame.right) / 2, (frame.top + frame.bottom) / 2},
             "middle");
  put_legend(svg, frame);
  return svg + "</svg>\n";
}

}  // namespace offprint
