// Draws a Plot with characters: braille dots for lines, blocks for bars, shades for a heat map.
// Colours are not used, so that it reads in logs too: a letter on each line names it in the legend.
#include <algorithm>
#include <cmath>

#include "offprint/core/braille.h"
#include "offprint/core/error.h"
#include "offprint/core/plot.h"
#include "offprint/core/plot_axis.h"
#include "offprint/core/plot_colours.h"
#include "offprint/core/table.h"
#include "offprint/core/utf8.h"

namespace offprint {
namespace {

std::string spaces(int count) { return std::string(static_cast<size_t>(std::max(0, count)), ' '); }

std::string flush_right(const std::string& text, int width) {
  return spaces(width - display_width(text)) + text;
}

std::string with_factor(const std::string& label, const Axis& axis) {
  if (axis.factor.empty()) return label;
  return label.empty() ? axis.factor : label + "  " + axis.factor;
}

int widest(const std::vector<Tick>& ticks) {
  int width = 0;
  for (const Tick& tick : ticks) width = std::max(width, display_width(tick.text));
  return width;
}

// Entries side by side, as many a row as fit.
std::string legend_rows(const std::vector<std::string>& entries, int columns) {
  std::string text, row;
  for (const std::string& entry : entries) {
    const std::string shown = shorten_to_width(entry, columns);
    if (!row.empty() && display_width(row) + 3 + display_width(shown) > columns) {
      text += row + '\n';
      row.clear();
    }
    row += (row.empty() ? "" : "   ") + shown;
  }
  return row.empty() ? text : text + row + '\n';
}

char series_letter(size_t series) { return static_cast<char>('a' + series % 26); }

// The texts of the x axis under their places, left out where they would touch.
std::string x_tick_row(const Axis& axis, int left, int columns) {
  std::string row;
  int used = 0;
  for (const Tick& tick : axis.ticks) {
    const int width = display_width(tick.text);
    const int centre = left + static_cast<int>(axis.place(tick.value) * (columns - 1));
    const int start = std::min(std::max(centre - width / 2, 0), left + columns - width);
    if (start < used + (used > 0 ? 1 : 0)) continue;
    row += spaces(start - used) + tick.text;
    used = start + width;
  }
  return row + '\n';
}

std::string x_rule(const Axis& axis, int left, int columns) {
  std::vector<bool> ticked(static_cast<size_t>(columns));
  for (const Tick& tick : axis.ticks)
    ticked[static_cast<size_t>(std::clamp(static_cast<int>(axis.place(tick.value) * (columns - 1)),
                                          0, columns - 1))] = true;
  std::string rule = spaces(left - 1) + "└";
  for (const bool tick : ticked) rule += tick ? "┬" : "─";
  return rule + '\n';
}

struct DotFrame {
  const Axis &x, &y;
  int columns, rows;  // dots
  // Left of the frame, and so not drawn, where the value has no place.
  int x_at(double v) const { return at(x.place(v), columns); }
  int y_at(double v) const {
    const double place = y.place(v);
    return std::isfinite(place) ? rows - 1 - at(place, rows) : -1;
  }
  static int at(double place, int dots) {
    return std::isfinite(place) ? static_cast<int>(std::lround(place * (dots - 1))) : -1;
  }
};

void draw_line(BrailleCanvas& canvas, const DotFrame& frame, const Plot::Line& line) {
  for (size_t i = 0; i < line.x.size(); ++i) {
    const int x = frame.x_at(line.x[i]), y = frame.y_at(line.y[i]);
    if (!line.low.empty() && i % 2 == 0) {  // the band's edges, sparsely
      if (const int low = frame.y_at(line.low[i]); low >= 0) canvas.dot(x, low);
      if (const int high = frame.y_at(line.high[i]); high >= 0) canvas.dot(x, high);
    }
    if (x < 0 || y < 0) continue;
    canvas.dot(x, y);
    if (line.points || i == 0) continue;
    const int last_x = frame.x_at(line.x[i - 1]), last_y = frame.y_at(line.y[i - 1]);
    if (last_x >= 0 && last_y >= 0) canvas.line(last_x, last_y, x, y);
  }
}

// Each line's letter stands on it, at a place of its own so that letters rarely meet.
void name_line(BrailleCanvas& canvas, const DotFrame& frame, const Plot::Line& line, size_t series,
               size_t count) {
  const size_t n = line.x.size();
  const size_t start = n * (2 * series + 1) / (2 * count);
  for (size_t k = 0; k < n; ++k) {
    const size_t i = (start + k) % n;
    const int x = frame.x_at(line.x[i]), y = frame.y_at(line.y[i]);
    if (x >= 0 && y >= 0 && canvas.letter(x, y, series_letter(series))) return;
  }
}

void draw_mark(BrailleCanvas& canvas, const DotFrame& frame, const Plot::Mark& mark) {
  if (mark.vertical)
    for (int y = 0; y < frame.rows; y += 2) canvas.dot(frame.x_at(mark.value), y);
  else if (const int y = frame.y_at(mark.value); y >= 0)
    for (int x = 0; x < frame.columns; x += 3) canvas.dot(x, y);
}

// Labels often say the value themselves: "our bar 93".
std::string with_value(const Plot::Mark& mark) {
  const std::string value = number_text(mark.value);
  return mark.label.find(value) == std::string::npos ? mark.label + " " + value : mark.label;
}

std::vector<std::string> legend_of(const Plot& plot) {
  std::vector<std::string> entries;
  for (size_t i = 0; i < plot.lines.size(); ++i)
    if (!plot.lines[i].label.empty())
      entries.push_back(std::string(1, series_letter(i)) + " " + plot.lines[i].label);
  for (const Plot::Mark& mark : plot.marks)
    entries.push_back((mark.vertical ? "┊ " : "┄ ") + with_value(mark));
  return entries;
}

std::string lines_text(const Plot& plot, int columns, int rows) {
  const Axis y = make_axis(
      y_extent(plot), {.log = plot.log_y, .most_ticks = std::max(2, rows / 4), .near_zero = true});
  const int left = widest(y.ticks) + 2;
  const int width = columns - left;
  const Axis x = make_axis(
      x_extent(plot), {.log = plot.log_x, .most_ticks = std::max(2, width / 10), .margin = 0.02});
  BrailleCanvas canvas(width, rows);
  const DotFrame frame{x, y, canvas.dot_columns(), canvas.dot_rows()};
  for (const Plot::Mark& mark : plot.marks) draw_mark(canvas, frame, mark);
  for (const Plot::Line& line : plot.lines) draw_line(canvas, frame, line);
  if (plot.lines.size() > 1)
    for (size_t i = 0; i < plot.lines.size(); ++i)
      name_line(canvas, frame, plot.lines[i], i, plot.lines.size());

  std::vector<std::string> texts(static_cast<size_t>(rows));
  for (const Tick& tick : y.ticks)
    texts[static_cast<size_t>(std::clamp(frame.y_at(tick.value) / 4, 0, rows - 1))] = tick.text;
  std::string text = legend_rows(legend_of(plot), columns);
  if (const std::string label = with_factor(plot.y_label, y); !label.empty())
    text += shorten_to_width(label, columns) + '\n';
  for (int r = 0; r < rows; ++r) {
    const std::string& tick = texts[static_cast<size_t>(r)];
    text += flush_right(tick, left - 2) + (tick.empty() ? " │" : " ┤") + canvas.row(r) + '\n';
  }
  text += x_rule(x, left, width) + x_tick_row(x, left, width);
  if (const std::string label = with_factor(plot.x_label, x); !label.empty()) {
    const std::string shown = shorten_to_width(label, columns);
    text += flush_right(shown, std::min(columns, left + (width + display_width(shown)) / 2)) + '\n';
  }
  return text;
}

// From the place of 0 to that of the value, to an eighth of a column; a bar to the left is whole
// columns, as there are no blocks that fill from the right.
std::string block_bar(double zero, double place, int columns) {
  static constexpr const char* kEighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const auto eighths = [&](double share) {
    return static_cast<int>(std::lround(std::clamp(share, 0.0, 1.0) * columns * 8));
  };
  const int start = (eighths(std::min(zero, place)) + 4) / 8;
  const int end = place < zero ? 8 * ((eighths(zero) + 4) / 8) : eighths(place);
  std::string bar = spaces(start);
  for (int i = start; i < end / 8; ++i) bar += "█";
  return bar + (end / 8 >= start ? kEighths[end % 8] : "");
}

std::string value_text(const Plot::Bars& bars, size_t i) {
  std::string text = number_text(bars.values[i]);
  if (!bars.low.empty())
    text += fmt::format(" [{}, {}]", number_text(bars.low[i]), number_text(bars.high[i]));
  return text;
}

// Bars lie: a row each, so that long names are read in full.
std::string bars_text(const Plot& plot, int columns) {
  const Axis axis = make_axis(y_extent(plot), {.log = plot.log_y, .near_zero = true});
  const double zero = plot.log_y ? 0 : axis.place(0);
  int names = 0, values = 0;
  for (const std::string& c : plot.categories) names = std::max(names, display_width(c));
  for (const Plot::Bars& bars : plot.bars) {
    if (plot.bars.size() > 1) names = std::max(names, display_width(bars.label) + 2);
    for (size_t i = 0; i < bars.values.size(); ++i)
      values = std::max(values, display_width(value_text(bars, i)));
  }
  names = std::min(names, columns / 3);
  const int width = std::max(4, columns - names - values - 3);
  std::string text;
  const auto row = [&](const std::string& name, const Plot::Bars& bars, size_t i) {
    const double share = axis.place(bars.values[i]);
    const std::string bar = std::isfinite(share) ? block_bar(zero, share, width) : "";
    const std::string line = shorten_to_width(name, names);
    text +=
        shorten_to_width(fmt::format("{}{} ▕{}{} {}", line, spaces(names - display_width(line)),
                                     bar, spaces(width - display_width(bar)), value_text(bars, i)),
                         columns) +
        '\n';
  };
  if (!plot.y_label.empty()) text += shorten_to_width(plot.y_label, columns) + '\n';
  for (size_t i = 0; i < plot.categories.size(); ++i) {
    if (plot.bars.size() > 1) text += shorten_to_width(plot.categories[i], columns) + '\n';
    for (const Plot::Bars& bars : plot.bars)
      row(plot.bars.size() > 1 ? "  " + bars.label : plot.categories[i], bars, i);
  }
  return text + legend_rows(legend_of(plot), columns);
}

std::string heat_text(const Plot& plot, int columns, int rows) {
  static constexpr const char* kShades[] = {" ", "░", "▒", "▓", "█"};
  const Axis scale = make_axis(heat_extent(plot), {.margin = 0});
  const auto cells = shrunk(plot.heat_map[0].values, static_cast<size_t>(std::max(1, columns - 2)),
                            static_cast<size_t>(rows));
  const size_t across = cells.empty() ? 0 : cells[0].size();
  const int repeat =
      across == 0 ? 1 : std::max(1, std::min(4, (columns - 2) / static_cast<int>(across)));
  std::string text;
  if (!plot.y_label.empty()) text += shorten_to_width(plot.y_label + " ↓", columns) + '\n';
  for (const auto& row : cells) {
    std::string line = "│";
    for (const double v : row) {
      const double share = scale.place(v);
      const char* shade =
          std::isfinite(share) ? kShades[std::clamp(static_cast<int>(share * 5), 0, 4)] : "·";
      for (int i = 0; i < repeat; ++i) line += shade;
    }
    text += line + "│\n";
  }
  if (!plot.x_label.empty()) text += shorten_to_width(plot.x_label + " →", columns) + '\n';
  const Extent extent = heat_extent(plot);
  std::string key = plot.heat_map[0].label.empty() ? "" : plot.heat_map[0].label + ": ";
  key += number_text(extent.low) + " ";
  for (const char* shade : kShades) key += shade;
  return text + shorten_to_width(key + " " + number_text(extent.high), columns) + '\n';
}

}  // namespace

std::string to_terminal(const Plot& plot, int columns, int rows) {
  require(columns >= 24 && rows >= 4,
          "plot '{}': {} columns and {} rows, expected 24 and 4 or more", plot.title, columns,
          rows);
  require_consistent(plot);
  std::string text = plot.title.empty() ? "" : shorten_to_width(plot.title, columns) + '\n';
  if (y_extent(plot).empty() && heat_extent(plot).empty()) return text + "no data\n";
  if (!plot.heat_map.empty()) return text + heat_text(plot, columns, rows);
  if (!plot.bars.empty()) text += bars_text(plot, columns);
  if (!plot.lines.empty() || plot.bars.empty()) text += lines_text(plot, columns, rows);
  return text;
}

}  // namespace offprint
