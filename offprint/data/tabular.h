// A table of cases as what models of two classes learn from: a design matrix, the class of each
// row, its group. Encodings are made on one table and used on others, so that held-out rows and
// next year's file get the same columns.
#pragma once
#include <string>
#include <vector>

#include "offprint/data/table.h"

namespace offprint::data {

struct EncodingOptions {
  std::vector<std::string> without = {};  // columns that are no features, besides the target
  int64_t most_categories = 50;           // of a column, >= 2; rarer ones become "other"
};

// One column of the table and what becomes of it.
struct EncodedColumn {
  std::string name;
  double mean = 0, scale = 1;  // of numbers and times: (x - mean) / scale
  bool number = true;          // else a category
  bool indicator = false;      // of numbers: a column "name missing" beside
  std::vector<std::string> categories =
      {};  // of which each but the commonest is a column of 0 or 1
  std::string commonest = {};
  bool other = false;  // a last category for all that are not listed
};

struct Encoding {
  std::vector<EncodedColumn> columns;
  std::vector<std::string> names;  // D of the design: "age", "age missing", "job=clerk"
  std::vector<std::string> notes;  // columns left out and why, categories lumped, one line each
};

// Numbers: standardised, a missing one is the mean and has an indicator. Text: one column a
// category but the commonest; missing is a category. Left out, with a note: constant or empty
// columns, and text where nearly every row differs (names, identifiers). Throws Error on no rows,
// an unknown column in `without`, an infinite number, and a table of which no feature is left.
Encoding fit_encoding(const Table& table, const std::string& target,
                      const EncodingOptions& options = {});

// (rows, D) float64. A category that the encoding has not seen is the commonest, or "other" where
// there is one. Throws Error on missing columns, text among numbers, an infinite number.
Tensor encode(const Table& table, const Encoding& encoding);

struct BinaryTarget {
  Tensor y;                        // (N) float64, 1 for `positive`
  std::string negative, positive;  // as the table writes them
  std::vector<int64_t> rows;       // N of the table's, those whose target is known
};
// The column of two values; positive empty: the larger number, or the text
// later in the alphabet ("yes", "true"). Throws Error on one value, more than two, and a positive
// that is neither.
BinaryTarget binary_target(const Table& table, const std::string& target,
                           const std::string& positive = "");

// The rows alone, in their order; lines stay known where they are ascending.
Table table_rows(const Table& table, const std::vector<int64_t>& rows);

}  // namespace offprint::data
