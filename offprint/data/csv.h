// Tables from text with separators: RFC 4180 (quotes, doubled quotes, line breaks within quotes),
// with LF, CRLF or CR, a byte order mark, gzip, and "," ";" tab or "|" between the cells.
//
// A column is a column of numbers if every cell that is not missing is a number, of times if every
// one is a time (timestamp.h), else of text. Missing among numbers and times: an empty cell, NA,
// N/A, NaN, null, None, nil, "?", "-", "." in any case; among text: an empty cell alone, so that
// Namibia's NA stays. Whole numbers beyond 2^53 are identifiers: they stay text, digit for digit.
// In files with ";" or tabs "3,14" is a number too.
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "offprint/data/table.h"

namespace offprint::data {

struct CsvOptions {
  char delimiter = 0;                  // 0: the one that parts the first lines evenly
  std::optional<bool> header = {};     // unset: none where the first row holds numbers alone
  std::vector<std::string> text = {};  // columns kept as text: codes with leading zeros, labels
};

// Throws Error, one line with path, line and column, on: a missing file, a folder, no text, no rows
// of any kind, a quote never closed or closed amid a cell, a row with more or fewer cells than the
// header, two columns of one name, text that is not UTF-8, more than 65536 columns.
Table read_csv(const std::filesystem::path& path, const CsvOptions& options = {});
Table parse_csv(std::string_view text, const std::string& source, const CsvOptions& options = {});

// Atomic. Quotes where needed; the shortest digits that read back as the same number; times as ISO
// 8601 in UTC; missing cells empty. Throws Error on columns of unequal length.
void write_csv(const std::filesystem::path& path, const Table& table, char delimiter = ',');
std::string csv_text(const Table& table, char delimiter = ',');

}  // namespace offprint::data
