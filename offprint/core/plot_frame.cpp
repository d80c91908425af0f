#include "offprint/core/plot_frame.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "offprint/core/utf8.h"

namespace offprint {
namespace {

constexpr double kMargin = 12, kTickGap = 6, kGap = 14;
constexpr double kBold = 1.1;                     // how much wider bold is set
constexpr double kSlant = 34 * 0.0174533;         // of categories that do not fit level
constexpr double kPerYTick = 42, kPerXTick = 70;  // a tick at most every so many pixels

double widest(const std::vector<Tick>& ticks) {
  double width = 0;
  for (const Tick& tick : ticks) width = std::max(width, text_width(tick.text, kTextSize));
  return width;
}

// Cut to the width with "…", for labels that are longer than their room.
std::string fitted(const std::string& text, double width) {
  if (text_width(text, kTextSize) <= width) return text;
  for (int columns = display_width(text) - 1; columns > 1; --columns) {
    std::string shorter = shorten_to_width(text, columns);
    if (text_width(shorter, kTextSize) <= width) return shorter;
  }
  return "…";
}

double place_title(Frame& frame, const Plot& plot, double y) {
  if (plot.title.empty()) return y;
  for (std::string& line : wrap_text(plot.title, kBold * kTitleSize, frame.width - 2 * kMargin)) {
    y += kTitleSize + 4;
    frame.title.push_back({std::move(line), kMargin, y - 2});
  }
  return y + 4;
}

std::vector<LegendEntry> legend_entries(const Plot& plot) {
  using Swatch = LegendEntry::Swatch;
  std::vector<LegendEntry> entries;
  size_t series = 0;
  for (const Plot::Line& line : plot.lines) {
    const Swatch swatch = line.points   ? Swatch::points
                          : line.dashed ? Swatch::dashed
                                        : Swatch::line;
    entries.push_back({swatch, series++, {line.label, 0, 0}});
  }
  for (const Plot::Bars& bars : plot.bars)
    entries.push_back({Swatch::bar, series++, {bars.label, 0, 0}});
  std::erase_if(entries, [](const LegendEntry& e) { return e.label.text.empty(); });
  return entries;
}

// Entries in rows from the left, a new row where one is full.
double place_legend(Frame& frame, const Plot& plot, double y) {
  frame.legend = legend_entries(plot);
  if (frame.legend.empty()) return y;
  double x = kMargin;
  y += kLineHeight;
  for (LegendEntry& entry : frame.legend) {
    const double room = frame.width - 2 * kMargin - kSwatchWidth;
    entry.label.text = fitted(entry.label.text, room);
    const double width = text_width(entry.label.text, kTextSize);
    if (x > kMargin && x + kSwatchWidth + width > frame.width - kMargin) {
      x = kMargin;
      y += kLineHeight + 1;
    }
    entry.label.x = x + kSwatchWidth;
    entry.label.y = y - 3;
    x += kSwatchWidth + width + kGap;
  }
  return y + 5;
}

// Labels of vertical marks stand above the frame, in as many rows as keep them apart.
double place_vertical_marks(Frame& frame, const Plot& plot, double y) {
  std::vector<double> row_ends;
  for (size_t i = 0; i < plot.marks.size(); ++i) {
    if (!plot.marks[i].vertical || plot.marks[i].label.empty()) continue;
    PlacedText& label = frame.marks[i];
    label.text = fitted(plot.marks[i].label, frame.right - frame.left);
    const double half = text_width(label.text, kTextSize) / 2;
    label.x = std::clamp(frame.x_at(plot.marks[i].value), frame.left + half,
                         std::max(frame.left + half, frame.right - half));
    size_t row = 0;
    while (row < row_ends.size() && row_ends[row] > label.x - half - 4) ++row;
    if (row == row_ends.size()) row_ends.push_back(0);
    row_ends[row] = label.x + half;
    label.y = static_cast<double>(row);
  }
  const auto rows = static_cast<double>(row_ends.size());
  for (size_t i = 0; i < plot.marks.size(); ++i)  // the first row is the lowest
    if (plot.marks[i].vertical) frame.marks[i].y = y + (rows - frame.marks[i].y) * kLineHeight - 3;
  return y + rows * kLineHeight;
}

// Labels of horizontal marks stand right of the frame, pushed apart where they would overlap.
void place_horizontal_marks(Frame& frame, const Plot& plot) {
  std::vector<size_t> order;
  for (size_t i = 0; i < plot.marks.size(); ++i)
    if (!plot.marks[i].vertical) order.push_back(i);
  const auto y_of = [&](size_t i) { return frame.y_at(plot.marks[i].value); };
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return y_of(a) < y_of(b); });
  double free = frame.top;
  for (const size_t i : order) {
    const double y = std::max(free, y_of(i) + 4);
    frame.marks[i] = {fitted(plot.marks[i].label, frame.width - frame.right - 10), frame.right + 6,
                      y};
    free = y + kLineHeight - 1;
  }
  double ceiling = frame.bottom + 4;
  for (auto i = order.rbegin(); i != order.rend(); ++i) {
    frame.marks[*i].y = std::min(frame.marks[*i].y, ceiling);
    ceiling = frame.marks[*i].y - kLineHeight + 1;
  }
}

double right_margin(const Frame& frame, const Plot& plot) {
  double margin = kMargin;
  if (!plot.heat_map.empty()) margin += kGap + kColourBar + 4 + widest(frame.colour.ticks);
  for (const Plot::Mark& mark : plot.marks)
    if (!mark.vertical && !mark.label.empty())
      margin = std::max(margin, std::min(14 + text_width(mark.label, kTextSize), frame.width / 4));
  return margin;
}

// The most ticks whose texts keep a letter's distance.
Axis fitting_x_axis(const Extent& extent, AxisStyle style, double width) {
  for (style.most_ticks = std::max(2, static_cast<int>(width / kPerXTick));; --style.most_ticks) {
    Axis axis = make_axis(extent, style);
    double needed = 0;
    for (const Tick& tick : axis.ticks) needed += text_width(tick.text, kTextSize) + 10;
    if (needed <= width || style.most_ticks <= 1) return axis;
  }
}

Extent cells(size_t count) { return {-0.5, static_cast<double>(count) - 0.5}; }

Axis heat_y_axis(size_t rows, int most_ticks) {
  Axis axis = make_axis(cells(rows), {.whole = true, .most_ticks = most_ticks, .margin = 0});
  std::swap(axis.low, axis.high);  // row 0 is on top
  return axis;
}

void choose_axes_of_height(Frame& frame, const Plot& plot, double height) {
  const int most = std::max(2, static_cast<int>(height / kPerYTick));
  if (plot.heat_map.empty()) {
    // Bars have their values written at their ends.
    const double margin = plot.bars.empty() ? 0.04 : 0.08;
    frame.y =
        make_axis(y_extent(plot),
                  {.log = plot.log_y, .most_ticks = most, .margin = margin, .near_zero = true});
    return;
  }
  frame.y = heat_y_axis(std::max<size_t>(1, plot.heat_map[0].values.size()), most);
  frame.colour = make_axis(heat_extent(plot), {.most_ticks = most, .margin = 0});
}

void choose_x_axis(Frame& frame, const Plot& plot) {
  const double width = frame.right - frame.left;
  if (!plot.heat_map.empty()) {
    const auto& rows = plot.heat_map[0].values;
    const size_t columns = rows.empty() ? 1 : std::max<size_t>(1, rows[0].size());
    frame.x = fitting_x_axis(cells(columns), {.whole = true, .margin = 0}, width);
  } else if (!plot.bars.empty()) {
    frame.x = make_axis(cells(plot.categories.size()), {.margin = 0});
    frame.x.ticks.clear();
  } else {
    frame.x = fitting_x_axis(x_extent(plot), {.log = plot.log_x, .margin = 0.02}, width);
  }
}

// Wraps the categories under their bars, or slants them; returns the height they take.
double place_categories(Frame& frame, const Plot& plot) {
  if (plot.categories.empty()) return 0;
  const auto slot = [&] {
    return (frame.right - frame.left) / static_cast<double>(plot.categories.size());
  };
  size_t lines = 1;
  double longest = 0;
  for (const std::string& category : plot.categories) {
    frame.categories.push_back(wrap_text(category, kTextSize, slot() - 6));
    lines = std::max(lines, frame.categories.back().size());
    for (const std::string& line : frame.categories.back())
      longest = std::max(longest, text_width(line, kTextSize));
  }
  if (longest <= slot() - 6 && lines <= 3) return static_cast<double>(lines) * kLineHeight;
  frame.slanted = true;
  longest = 0;
  for (size_t i = 0; i < plot.categories.size(); ++i) {
    frame.categories[i] = {fitted(plot.categories[i], 150)};
    const double width = text_width(frame.categories[i][0], kTextSize);
    longest = std::max(longest, width);
    // A name ends under its bar and reaches out to the left, at first beyond the frame.
    const double beyond = 6 + width * std::cos(kSlant) - (static_cast<double>(i) + 0.5) * slot();
    frame.left = std::max(frame.left, beyond);
  }
  return longest * std::sin(kSlant) + kLineHeight;
}

}  // namespace

Frame lay_out(const Plot& plot, int width, int height) {
  Frame frame;
  frame.width = width;
  frame.height = height;
  frame.marks.resize(plot.marks.size());
  double y = place_legend(frame, plot, place_title(frame, plot, kMargin - 4));

  choose_axes_of_height(frame, plot, height - y - 60);
  frame.left = kMargin + widest(frame.y.ticks) + kTickGap;
  frame.right = frame.width - right_margin(frame, plot);
  choose_x_axis(frame, plot);
  if (!frame.x.ticks.empty())  // half of the last text may stand out over the frame
    frame.right = std::min(frame.right,
                           frame.width - 4 - text_width(frame.x.ticks.back().text, kTextSize) / 2);

  std::string y_text = plot.y_label;
  if (!frame.y.factor.empty()) y_text += (y_text.empty() ? "" : "  ") + frame.y.factor;
  if (!y_text.empty() || !plot.heat_map.empty()) {
    y += kLineHeight;
    frame.y_label = {fitted(y_text, frame.width * 0.6), kMargin, y - 2};
  }
  frame.top = place_vertical_marks(frame, plot, y) + 8;

  double below = kTickGap + (plot.bars.empty() ? kLineHeight : place_categories(frame, plot));
  std::string x_text = plot.x_label;
  if (!frame.x.factor.empty()) x_text += (x_text.empty() ? "" : "  ") + frame.x.factor;
  if (!x_text.empty()) below += kLineHeight + 3;
  frame.bottom = std::max(frame.top + 20, frame.height - below - 6);
  frame.x_label = {fitted(x_text, frame.width - 2 * kMargin), (frame.left + frame.right) / 2,
                   frame.bottom + below - 4};
  place_horizontal_marks(frame, plot);
  return frame;
}

double text_width(std::string_view text, double size) {
  double em = 0;
  for (size_t at = 0; at < text.size();) {
    const CodePoint c = decode_utf8(text, at);
    at += c.bytes;
    const std::string_view letter = text.substr(at - c.bytes, c.bytes);
    const auto one_of = [&](std::string_view set) { return set.find(letter) != set.npos; };
    if (c.value >= 0x80)
      em += one_of("⁰¹²³⁴⁵⁶⁷⁸⁹⁻") ? 0.45 : 0.68 * display_width(c.value);
    else if (one_of("ijl|'.,:;!"))
      em += 0.31;
    else if (one_of("ftr()[]{}/\\-I \""))
      em += 0.40;
    else if (one_of("mwMW%@"))
      em += 0.95;
    else
      em += c.value >= 'A' && c.value <= 'Z' ? 0.70 : 0.62;
  }
  return em * size;
}

std::vector<std::string> wrap_text(std::string_view text, double size, double width) {
  std::vector<std::string> lines;
  for (size_t at = 0; at < text.size();) {
    const std::string_view word = text.substr(at, text.find(' ', at) - at);
    at += word.size() + 1;
    if (word.empty()) continue;
    if (!lines.empty() &&
        text_width(lines.back(), size) + text_width(word, size) + 0.4 * size <= width)
      (lines.back() += ' ') += word;
    else
      lines.emplace_back(word);
  }
  return lines;
}

}  // namespace offprint
