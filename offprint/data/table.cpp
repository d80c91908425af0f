#include "offprint/data/table.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "offprint/core/error.h"
#include "offprint/core/suggest.h"
#include "offprint/core/utf8.h"
#include "offprint/data/timestamp.h"

namespace offprint::data {
namespace {

// The first row of a column of text whose cell the test refuses, or -1.
int64_t first_odd(const Column& column, auto&& accepts) {
  for (size_t row = 0; row < column.texts.size(); ++row) {
    const std::string_view cell = trimmed(column.texts[row]);
    if (!is_missing(cell) && !accepts(cell)) return static_cast<int64_t>(row);
  }
  return -1;
}

std::string odd_cell(const Table& table, const Column& column, int64_t row, const char* expected) {
  if (row < 0)  // kept as text on request, or identifiers beyond 2^53
    return fmt::format("{}: column '{}' is kept as text, expected {}", table.source, column.name,
                       expected);
  return fmt::format("{}: {} is no {}", table.place(row, column.name),
                     in_quotes(column.texts[static_cast<size_t>(row)]), expected);
}

}  // namespace

std::vector<std::string> Table::names() const {
  std::vector<std::string> out;
  for (const Column& c : columns) out.push_back(c.name);
  return out;
}

bool Table::contains(std::string_view name) const {
  return std::ranges::any_of(columns, [&](const Column& c) { return c.name == name; });
}

const Column& Table::column(std::string_view name) const {
  const auto found = std::ranges::find(columns, name, &Column::name);
  if (found != columns.end()) return *found;
  constexpr size_t kListed = 12;
  const std::vector<std::string> known = names();
  std::string hint = did_you_mean(name, known);
  if (hint.empty())
    hint = fmt::format(
        ", expected one of {}{}",
        fmt::join(known.begin(),
                  known.begin() + static_cast<int64_t>(std::min(kListed, known.size())), ", "),
        known.size() > kListed ? ", ..." : "");
  fail("{}: no column '{}'{}", source, name, hint);
}

const std::vector<double>& Table::numbers(std::string_view name) const {
  const Column& c = column(name);
  require(c.kind != ColumnKind::time, "{}: column '{}' holds times, expected numbers", source,
          name);
  if (c.kind == ColumnKind::number) return c.numbers;
  double ignored = 0;
  const auto accepts = [&](std::string_view cell) { return parse_number(cell, '.', ignored); };
  throw Error(odd_cell(*this, c, first_odd(c, accepts), "number"));
}

const std::vector<double>& Table::times(std::string_view name) const {
  const Column& c = column(name);
  if (c.kind != ColumnKind::text) return c.numbers;
  const auto accepts = [](std::string_view cell) { return parse_time(cell).has_value(); };
  throw Error(odd_cell(*this, c, first_odd(c, accepts), "time as 2016-07-01 13:00"));
}

std::vector<std::string> Table::texts(std::string_view name) const {
  const Column& c = column(name);
  if (c.kind == ColumnKind::text) return c.texts;
  std::vector<std::string> out;
  out.reserve(c.numbers.size());
  for (const double value : c.numbers) out.push_back(cell_text(value, c.kind));
  return out;
}

Tensor Table::matrix(std::span<const std::string> wanted) const {
  std::vector<const double*> from;
  for (const std::string& name : wanted) from.push_back(numbers(name).data());
  const auto width = static_cast<int64_t>(wanted.size());
  Tensor out = at::empty({rows, width}, at::kDouble);
  double* to = out.mutable_data_ptr<double>();
  for (int64_t row = 0; row < rows; ++row)
    for (const double* column_values : from) *to++ = column_values[row];
  return out;
}

int64_t Table::line(int64_t row) const {
  const auto after =
      std::ranges::upper_bound(line_shifts, row, {}, &std::pair<int64_t, int64_t>::first);
  return row + (after == line_shifts.begin() ? 1 : std::prev(after)->second);
}

std::string Table::place(int64_t row, std::string_view name) const {
  return fmt::format("{}: line {}, column '{}'", source, line(row), name);
}

bool is_missing(std::string_view cell) {
  if (cell.empty()) return true;
  if (cell.size() > 4) return false;
  constexpr auto kWords =
      std::to_array<std::string_view>({"na", "n/a", "nan", "null", "none", "nil", "?", "-", "."});
  std::array<char, 4> lower{};
  std::ranges::transform(cell, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  });
  return std::ranges::find(kWords, std::string_view(lower.data(), cell.size())) != kWords.end();
}

bool parse_number(std::string_view cell, char decimal, double& value) {
  if (cell.starts_with('+') && cell.size() > 1 && cell[1] != '-') cell.remove_prefix(1);
  const char* const end = cell.data() + cell.size();
  auto [next, error] = std::from_chars(cell.data(), end, value);
  if (error == std::errc() && next == end) return !cell.empty();
  if (decimal != ',' || cell.size() > 40 || std::ranges::count(cell, ',') != 1) return false;
  std::string pointed(cell);  // "1.234,5" has two points now and is refused, as it should be
  std::ranges::replace(pointed, ',', '.');
  return parse_number(pointed, '.', value);
}

std::string_view trimmed(std::string_view cell) {
  while (!cell.empty() && (cell.front() == ' ' || cell.front() == '\t')) cell.remove_prefix(1);
  while (!cell.empty() && (cell.back() == ' ' || cell.back() == '\t')) cell.remove_suffix(1);
  return cell;
}

std::vector<double> column_of(const Tensor& rows, int64_t column) {
  const Tensor one = rows.select(1, column).contiguous();
  return {one.const_data_ptr<double>(), one.const_data_ptr<double>() + one.numel()};
}

std::string cell_text(double value, ColumnKind kind) {
  if (std::isnan(value)) return "";
  if (kind == ColumnKind::time) return time_text(value);
  std::string text = fmt::format("{}", value);
  // Else it would read back as an identifier, which is text.
  if (std::abs(value) >= kMaxWhole && text.find_first_of(".en") == text.npos) text += ".0";
  return text;
}

std::string in_quotes(std::string_view cell) {
  std::string text(cell.substr(0, 200));
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  return "'" + shorten_to_width(text, 40) + "'";
}

}  // namespace offprint::data
