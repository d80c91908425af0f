// A table of named columns as readers give it and tasks take it. Access says what is wrong with
// file, line and column, because the person who must mend it sees the file.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "offprint/core/tensor.h"

namespace offprint::data {

enum class ColumnKind { number, text, time };

struct Column {
  std::string name;
  ColumnKind kind = ColumnKind::number;
  std::vector<double> numbers = {};     // number, or time in seconds since 1970 UTC; missing: NaN
  std::vector<std::string> texts = {};  // of a column of text; missing: ""
};

struct Table {
  std::string source = {};  // the path, for messages
  std::vector<Column> columns = {};
  int64_t rows = 0;
  // Where lines and rows part: from row `first` on, row r stands on line r + `second`.
  std::vector<std::pair<int64_t, int64_t>> line_shifts = {};

  std::vector<std::string> names() const;
  bool contains(std::string_view name) const;
  // The column of that name, or Error "x.csv: no column 'laod', did you mean 'load'?".
  const Column& column(std::string_view name) const;
  // As numbers, or Error "x.csv: line 7, column 'load': 'n.a.' is not a number". May hold NaN.
  const std::vector<double>& numbers(std::string_view name) const;
  // As seconds since 1970 UTC, or an Error alike; numbers are taken to be that already.
  const std::vector<double>& times(std::string_view name) const;
  // Every cell as text, whatever the kind: numbers in their shortest form, times as ISO 8601.
  std::vector<std::string> texts(std::string_view name) const;
  // (rows, names) float64.
  Tensor matrix(std::span<const std::string> names) const;

  int64_t line(int64_t row) const;                              // in the file, counted from 1
  std::string place(int64_t row, std::string_view name) const;  // "x.csv: line 7, column 'load'"
};

// 2^53: beyond it doubles skip whole numbers, so longer ones are identifiers.
inline constexpr double kMaxWhole = 9007199254740992.0;

// What one cell says. Both take a cell without blanks around it.
bool is_missing(std::string_view cell);  // among numbers and times: csv.h lists the words
// A number in whole, "1.5e-3", "+2", "inf"; with `decimal` ',' also "3,14".
bool parse_number(std::string_view cell, char decimal, double& value);
std::string_view trimmed(std::string_view cell);  // without blanks around it

// The shortest digits that read back as the same number; a time as ISO 8601; missing: "".
std::string cell_text(double value, ColumnKind kind);

std::vector<double> column_of(const Tensor& rows, int64_t column);  // of (T,V) float64

// "'abc'", cut and made printable where a cell is long or odd: for messages of one line.
std::string in_quotes(std::string_view cell);

}  // namespace offprint::data
