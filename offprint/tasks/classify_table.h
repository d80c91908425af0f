// Classification of the rows of a user's table: one sequence a row, its steps side by side in
// columns, and a column of labels.
#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "offprint/data/table.h"
#include "offprint/tasks/classify.h"

namespace offprint::tasks {

// Every column but `label` is a step, in the table's order; with C channels the C values of a step
// stand together. length 0: all of them, one channel. Classes are the label's distinct texts,
// numbers in their order. An empty label, or one the table lacks when it may, leaves y and classes
// empty. Throws Error with file, line and column on: no rows, a label column that is missing, a
// missing label, text or missing values among the steps, columns that are no multiple of length.
Sequences sequences_from_table(const data::Table& table, const std::string& label,
                               int64_t length = 0);

struct ClassifyRequest {
  std::filesystem::path data = {}, model = {}, save = {}, out = {};  // all but data may be empty
  std::string label = {};
  int64_t length = 0;
  double test = 0.2;  // share of the rows kept apart to measure a new model on
  uint64_t seed = 1;
  ClassifyOptions options = {};
};

struct ClassifyOutcome {
  std::string method;
  int64_t parameters = 0;
  int64_t fitted_rows = 0;                    // 0 where a model was loaded
  std::optional<TrainResult> training = {};   // unset where a model was loaded
  std::optional<ClassifyReport> report = {};  // unset without labels
  data::Table predictions = {};               // line, truth if known, prediction, a column a class
};

// Without `model`: fits on a part of the rows, reports on the rest, saves where asked. With it:
// loads, predicts every row, reports where the rows have labels. Where results go is tried before
// the work begins. Throws Error; a stop request keeps what is fitted.
ClassifyOutcome classify_table(const ClassifyRequest& request, Progress& progress);

Json to_json(const ClassifyOutcome& outcome);

}  // namespace offprint::tasks
