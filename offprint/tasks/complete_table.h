// A person's table with holes, completed: columns become groups of states, one machine
// (complete.h) learns them together, and every hole gets a value with its probability.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "offprint/core/json.h"
#include "offprint/core/plot.h"
#include "offprint/core/table.h"
#include "offprint/data/table.h"
#include "offprint/tasks/complete.h"

namespace offprint::tasks {

// Couplings as strong as the theorem allows, which complete better than the published cap.
inline CompleteOptions wide_cap() {
  CompleteOptions o;
  o.model.curvature = 2;
  return o;
}

struct CompleteTableOptions {
  std::string hole = "?";     // a cell of text that says it is missing, as an empty one does
  int64_t levels = 8;         // parts of equal count that a column of numbers is cut into
  int64_t most_states = 100;  // a column of more different texts is left as it is
  int64_t fit_rows = 20'000;  // rows learnt from, at most; all are completed
  CompleteOptions fill = wide_cap();
  void visit(auto&& field) {
    field("hole", hole, "monotone-dbm: text that says a cell is missing, as an empty one does");
    field("levels", levels, "monotone-dbm: parts of equal count a column of numbers is cut into");
    field("most-states", most_states,
          "monotone-dbm: a column of more different texts is left as it is");
    field("fit-rows", fit_rows, "monotone-dbm: rows learnt from, at most");
    fill.visit(field);
  }
};

// How a column's cells are states. A number's state is the part it falls in; parts hold whole
// values, so that a column of few different numbers keeps them apart.
struct ColumnStates {
  std::string name;
  std::vector<std::string> texts = {};  // of each state, a column of text
  std::vector<double> lowest = {};      // of each state, a column of numbers
  std::vector<double> means = {};       // of each state
  int64_t holes = 0;
  std::string left = {};  // why the column is left as it is; empty where it takes part
  int64_t states() const { return std::ssize(texts) + std::ssize(means); }  // one of both is empty
};

struct ColumnTrial {  // on rows that were not learnt from, with known cells hidden
  int64_t cells = 0;
  double right = 0, usual_right = 0;  // %, ours and the most usual state's
  double error = 0, mean_error = 0;   // of numbers: mean absolute error, ours and the mean's
};

struct TableCompletion {
  data::Table table;  // holes filled
  std::vector<ColumnStates> columns;
  std::vector<ColumnTrial> trials;  // a column each; no cells where it is left or too small
  int64_t rows = 0, holes = 0, filled = 0;
  double hidden_share = 0;    // of the trial's cells
  data::Table probabilities;  // row, column, value, probability, second value, its probability
};

// A tenth of the rows (twenty at least, of a table of a hundred rows) is kept apart for the trial.
// Throws Error on a table of fewer than 2 rows or fewer than 2 columns that can take part.
TableCompletion complete_table(const data::Table& table, const CompleteTableOptions& options,
                               uint64_t seed, Progress& progress);

TextTable column_table(const TableCompletion& completion);
Plot trial_plot(const TableCompletion& completion);
Json to_json(const TableCompletion& completion);
// completed.csv, probabilities.csv, trial.svg.
void write_completion(const TableCompletion& completion, const std::filesystem::path& folder);

}  // namespace offprint::tasks
