#include "offprint/core/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <numeric>

#include "offprint/core/markup.h"
#include "offprint/core/utf8.h"

namespace offprint {
namespace {

using Cells = std::vector<std::string>;

// A cell that starts as a number does; "–" and the like stand for one that is missing.
bool looks_numeric(std::string_view cell) {
  if (cell.empty() || cell == "-" || cell == "–" || cell == "—" || cell == "nan") return true;
  if (cell.starts_with("−")) cell.remove_prefix(std::string_view("−").size());
  const size_t sign = cell.find_first_not_of("+-≤≥<>= ");
  return sign != cell.npos && std::isdigit(static_cast<unsigned char>(cell[sign])) != 0;
}

// Columns of numbers are set flush right, all others flush left.
std::vector<bool> numeric_columns(const TextTable& table) {
  std::vector<bool> numeric(table.columns.size(), !table.rows.empty());
  for (size_t c = 0; c < numeric.size(); ++c) {
    bool digits = false;
    for (const Cells& row : table.rows) {
      numeric[c] = numeric[c] && looks_numeric(row.at(c));
      digits = digits || std::any_of(row[c].begin(), row[c].end(),
                                     [](unsigned char x) { return std::isdigit(x) != 0; });
    }
    numeric[c] = numeric[c] && digits;
  }
  return numeric;
}

constexpr int kGap = 2;        // columns between cells
constexpr int kNarrowest = 8;  // a column is not squeezed below this for its neighbours

// The widest columns give way until the table fits.
std::vector<int> column_widths(const TextTable& table, int width) {
  std::vector<int> widths;
  for (size_t c = 0; c < table.columns.size(); ++c) {
    int widest = display_width(table.columns[c]);
    const auto measure = [&](std::string_view cell) {
      for (const std::string& line : wrap_to_width(cell, 1 << 20))
        widest = std::max(widest, display_width(line));
    };
    for (const Cells& row : table.rows) measure(row.at(c));
    widths.push_back(std::max(widest, 1));
  }
  if (widths.empty()) return widths;
  const int gaps = kGap * (static_cast<int>(widths.size()) - 1);
  for (int over = std::accumulate(widths.begin(), widths.end(), gaps) - width; over > 0; --over) {
    const auto widest = std::max_element(widths.begin(), widths.end());
    if (*widest <= kNarrowest) break;
    --*widest;
  }
  return widths;
}

std::string aligned(const std::string& cell, int width, bool right) {
  const std::string space(static_cast<size_t>(std::max(0, width - display_width(cell))), ' ');
  return right ? space + cell : cell + space;
}

std::string terminal_row(const Cells& row, const std::vector<int>& widths,
                         const std::vector<bool>& right) {
  std::vector<Cells> columns;
  size_t height = 1;
  for (size_t c = 0; c < widths.size(); ++c) {
    columns.push_back(wrap_to_width(row.at(c), widths[c]));
    height = std::max(height, columns.back().size());
  }
  std::string text;
  for (size_t line = 0; line < height; ++line) {
    std::string one;
    for (size_t c = 0; c < widths.size(); ++c) {
      const std::string cell = line < columns[c].size() ? columns[c][line] : "";
      one += (c > 0 ? std::string(kGap, ' ') : "") + aligned(cell, widths[c], right[c]);
    }
    one.erase(one.find_last_not_of(' ') + 1);
    text += one + '\n';
  }
  return text;
}

std::string markdown_row(const Cells& row) {
  std::string text = "|";
  for (const std::string& cell : row) {
    text += ' ';
    for (const char c : cell) text += c == '|' ? "\\|" : c == '\n' ? "<br>" : std::string(1, c);
    text += " |";
  }
  return text + '\n';
}

std::string html_row(const Cells& row, const char* tag, const std::vector<bool>& numeric) {
  std::string text = "<tr>";
  for (size_t c = 0; c < numeric.size(); ++c)
    text += fmt::format("<{0}{2}>{1}</{0}>", tag, escape_markup(row.at(c)),
                        numeric[c] ? " class=\"number\"" : "");
  return text + "</tr>\n";
}

}  // namespace

std::string TextTable::to_terminal(int width) const {
  const std::vector<int> widths = column_widths(*this, width);
  const std::vector<bool> right = numeric_columns(*this);
  std::string text = title.empty() ? "" : title + '\n';
  text += terminal_row(columns, widths, right);
  for (size_t c = 0; c < widths.size(); ++c) {
    if (c > 0) text += std::string(kGap, ' ');
    for (int i = 0; i < widths[c]; ++i) text += "─";
  }
  text += '\n';
  bool tall_before = false;
  for (size_t r = 0; r < rows.size(); ++r) {
    const std::string row = terminal_row(rows[r], widths, right);
    const bool tall = std::count(row.begin(), row.end(), '\n') > 1;
    if (r > 0 && (tall || tall_before)) text += '\n';  // a tall row needs air
    tall_before = tall;
    text += row;
  }
  return text;
}

std::string TextTable::to_markdown() const {
  std::string text = title.empty() ? "" : "**" + title + "**\n\n";
  text += markdown_row(columns) + '|';
  for (const bool number : numeric_columns(*this)) text += number ? " ---: |" : " --- |";
  text += '\n';
  for (const Cells& row : rows) text += markdown_row(row);
  return text;
}

std::string TextTable::to_html() const {
  const std::vector<bool> numeric = numeric_columns(*this);
  std::string text = "<table>\n";
  if (!title.empty()) text += "<caption>" + escape_markup(title) + "</caption>\n";
  text += "<thead>\n" + html_row(columns, "th", numeric) + "</thead>\n<tbody>\n";
  for (const Cells& row : rows) text += html_row(row, "td", numeric);
  return text + "</tbody>\n</table>\n";
}

Json TextTable::to_json() const { return {{"title", title}, {"columns", columns}, {"rows", rows}}; }

std::string number_text(double value, int significant) {
  if (value == 0) return "0";  // also -0
  const double magnitude = std::abs(value);
  // Whole parts below ten million are written out: 16384 reads better than 1.638e+04.
  if (std::isfinite(value) && magnitude >= std::pow(10.0, significant) && magnitude < 1e7)
    return fmt::format("{:.0f}", value);
  return fmt::format("{:.{}g}", value, significant);
}

}  // namespace offprint
