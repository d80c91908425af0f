#include "offprint/data/tabular.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "offprint/core/error.h"

namespace offprint::data {
namespace {

constexpr const char* kMissing = "missing";

void require_finite(const Table& table, const Column& column) {
  for (size_t r = 0; r < column.numbers.size(); ++r)
    require(!std::isinf(column.numbers[r]), "{}: infinite, expected a number",
            table.place(static_cast<int64_t>(r), column.name));
}

// Whether the column says anything; the note says why not.
bool fit_numbers(const Column& column, EncodedColumn& out, std::string& note) {
  double sum = 0, squares = 0, count = 0;
  for (const double x : column.numbers)
    if (!std::isnan(x)) sum += x, ++count;
  out.mean = count > 0 ? sum / count : 0;
  for (const double x : column.numbers)
    if (!std::isnan(x)) squares += (x - out.mean) * (x - out.mean);
  const double missing = static_cast<double>(column.numbers.size()) - count;
  out.indicator = missing > 0 && count > 0;
  out.scale = count > 0 ? std::sqrt(squares / count) : 0;
  // Rounding of the mean leaves a hair where all are equal.
  const bool constant = out.scale <= 1e-12 * std::abs(out.mean);
  if (constant) out.scale = 1;
  if (!constant || out.indicator) return true;
  note = count > 0 ? "constant" : "empty";
  return false;
}

std::string category(const std::string& cell) {
  const std::string_view text = trimmed(cell);
  return text.empty() ? kMissing : std::string(text);
}

bool fit_categories(const Column& column, int64_t most, EncodedColumn& out, std::string& note) {
  std::map<std::string, int64_t> counts;
  for (const std::string& cell : column.texts) ++counts[category(cell)];
  const auto rows = static_cast<int64_t>(column.texts.size());
  const auto distinct = static_cast<int64_t>(counts.size());
  if (distinct == 1) {
    note = counts.begin()->first == kMissing ? "empty" : "constant";
    return false;
  }
  if (distinct > most && 2 * distinct > rows) {
    note = fmt::format("{} different texts in {} rows, a name or an identifier", distinct, rows);
    return false;
  }
  std::vector<std::pair<std::string, int64_t>> order(counts.begin(), counts.end());
  std::ranges::stable_sort(order, std::greater<>(), &std::pair<std::string, int64_t>::second);
  out.number = false, out.other = distinct > most, out.commonest = order.front().first;
  const auto kept = static_cast<size_t>(out.other ? most - 1 : distinct);
  for (size_t k = 1; k < kept; ++k) out.categories.push_back(order[k].first);
  std::ranges::sort(out.categories);
  if (out.other)
    note = fmt::format("{} categories, the rarest {} are one", distinct,
                       static_cast<size_t>(distinct) - kept);
  return true;
}

void encode_column(const Table& table, const EncodedColumn& c, double* to, int64_t width) {
  if (c.number) {
    const bool time = table.column(c.name).kind == ColumnKind::time;
    const std::vector<double>& values = time ? table.times(c.name) : table.numbers(c.name);
    require_finite(table, table.column(c.name));
    for (const double x : values) {
      to[0] = std::isnan(x) ? 0 : (x - c.mean) / c.scale;
      if (c.indicator) to[1] = std::isnan(x);
      to += width;
    }
    return;
  }
  const auto others = static_cast<int64_t>(c.categories.size());
  for (const std::string& cell : table.texts(c.name)) {
    const std::string text = category(cell);
    const auto found = std::ranges::lower_bound(c.categories, text);
    if (found != c.categories.end() && *found == text)
      to[found - c.categories.begin()] = 1;
    else if (c.other && text != c.commonest)
      to[others] = 1;
    to += width;
  }
}

int64_t width_of(const EncodedColumn& c) {
  return c.number ? 1 + c.indicator : static_cast<int64_t>(c.categories.size()) + c.other;
}

std::string listed(const std::vector<std::string>& values) {
  std::string text;
  for (size_t k = 0; k < std::min<size_t>(values.size(), 4); ++k)
    text += (k == 0 ? "" : ", ") + in_quotes(values[k]);
  return text + (values.size() > 4 ? ", ..." : "");
}

}  // namespace

Encoding fit_encoding(const Table& table, const std::string& target,
                      const EncodingOptions& options) {
  require(table.rows > 0, "{}: no rows", table.source);
  require(options.most_categories >= 2, "most categories: {}, expected at least 2",
          options.most_categories);
  for (const std::string& name : options.without) table.column(name);
  Encoding out;
  for (const Column& column : table.columns) {
    if (column.name == target || std::ranges::count(options.without, column.name) > 0) continue;
    EncodedColumn c{.name = column.name};
    std::string note;
    require_finite(table, column);
    const bool kept = column.kind == ColumnKind::text
                          ? fit_categories(column, options.most_categories, c, note)
                          : fit_numbers(column, c, note);
    if (!note.empty())
      out.notes.push_back(
          fmt::format("column '{}'{}: {}", column.name, kept ? "" : " left out", note));
    if (!kept) continue;
    if (c.number) out.names.push_back(c.name);
    if (c.indicator) out.names.push_back(c.name + " missing");
    for (const std::string& each : c.categories) out.names.push_back(c.name + "=" + each);
    if (c.other) out.names.push_back(c.name + "=other");
    out.columns.push_back(std::move(c));
  }
  require(!out.columns.empty(), "{}: no feature is left besides '{}'{}", table.source, target,
          out.notes.empty() ? "" : " (" + out.notes.front() + ")");
  return out;
}

Tensor encode(const Table& table, const Encoding& encoding) {
  const auto width = static_cast<int64_t>(encoding.names.size());
  Tensor X = at::zeros({table.rows, width}, at::kDouble);
  double* to = X.mutable_data_ptr<double>();
  for (const EncodedColumn& c : encoding.columns) {
    encode_column(table, c, to, width);
    to += width_of(c);
  }
  return X;
}

BinaryTarget binary_target(const Table& table, const std::string& target,
                           const std::string& positive) {
  const std::vector<std::string> cells = table.texts(target);
  std::vector<std::string> values;
  BinaryTarget out;
  for (size_t r = 0; r < cells.size(); ++r) {
    const std::string_view cell = trimmed(cells[r]);
    if (cell.empty()) continue;
    out.rows.push_back(static_cast<int64_t>(r));
    if (values.size() < 6 && std::ranges::find(values, cell) == values.end())
      values.emplace_back(cell);
  }
  require(!values.empty(), "{}: column '{}' is empty, expected two values", table.source, target);
  require(values.size() != 1, "{}: column '{}' holds {} alone, expected two values", table.source,
          target, in_quotes(values.front()));
  require(values.size() == 2, "{}: column '{}' holds {}, expected two values", table.source, target,
          listed(values));
  double a = 0, b = 0;
  const bool numbers = parse_number(values[0], '.', a) && parse_number(values[1], '.', b);
  if (numbers ? a > b : values[0] > values[1]) std::swap(values[0], values[1]);
  if (!positive.empty()) {
    require(std::ranges::count(values, positive) == 1, "{}: column '{}' holds {}, not '{}'",
            table.source, target, listed(values), positive);
    if (values[0] == positive) std::swap(values[0], values[1]);
  }
  out.negative = values[0], out.positive = values[1];
  out.y = at::zeros({static_cast<int64_t>(out.rows.size())}, at::kDouble);
  double* y = out.y.mutable_data_ptr<double>();
  for (size_t k = 0; k < out.rows.size(); ++k)
    y[k] = trimmed(cells[static_cast<size_t>(out.rows[k])]) == out.positive;
  return out;
}

Table table_rows(const Table& table, const std::vector<int64_t>& rows) {
  Table out;
  out.source = table.source, out.rows = static_cast<int64_t>(rows.size());
  for (const Column& column : table.columns) {
    Column some{column.name, column.kind};
    for (const int64_t r : rows) {
      if (column.kind == ColumnKind::text)
        some.texts.push_back(column.texts[static_cast<size_t>(r)]);
      else
        some.numbers.push_back(column.numbers[static_cast<size_t>(r)]);
    }
    out.columns.push_back(std::move(some));
  }
  for (size_t k = 0; k < rows.size(); ++k) {
    const int64_t shift = table.line(rows[k]) - static_cast<int64_t>(k);
    if (out.line_shifts.empty() || out.line_shifts.back().second != shift)
      out.line_shifts.emplace_back(static_cast<int64_t>(k), shift);
  }
  return out;
}

}  // namespace offprint::data
