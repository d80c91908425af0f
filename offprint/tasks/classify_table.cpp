#include "offprint/tasks/classify_table.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <utility>

#include "offprint/core/error.h"
#include "offprint/core/file.h"
#include "offprint/data/csv.h"
#include "offprint/models/catalog.h"

namespace offprint::tasks {
namespace {

std::vector<std::string> step_columns(const data::Table& table, const std::string& label) {
  std::vector<std::string> names;
  for (const data::Column& column : table.columns)
    if (column.name != label) names.push_back(column.name);
  require(!names.empty(), "{}: no columns besides '{}', expected the steps of a sequence",
          table.source, label);
  return names;
}

void require_values(const data::Table& table, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const std::vector<double>& values = table.numbers(name);
    for (size_t r = 0; r < values.size(); ++r)
      require(std::isfinite(values[r]), "{}: {}, expected a number",
              table.place(static_cast<int64_t>(r), name),
              std::isnan(values[r]) ? "missing" : "infinite");
  }
}

// "2" before "10" where all are numbers.
std::vector<std::string> classes_of(const std::vector<std::string>& labels) {
  const std::set<std::string> distinct(labels.begin(), labels.end());
  std::vector<std::string> classes(distinct.begin(), distinct.end());
  double ignored = 0;
  const auto number = [&](const std::string& s) { return data::parse_number(s, '.', ignored); };
  if (std::all_of(classes.begin(), classes.end(), number))
    std::sort(classes.begin(), classes.end(),
              [](const auto& a, const auto& b) { return std::stod(a) < std::stod(b); });
  return classes;
}

void set_labels(Sequences& out, const data::Table& table, const std::string& label) {
  const std::vector<std::string> labels = table.texts(label);
  for (size_t r = 0; r < labels.size(); ++r)
    require(!labels[r].empty(), "{}: no label", table.place(static_cast<int64_t>(r), label));
  out.classes = classes_of(labels);
  std::vector<int64_t> y;
  for (const std::string& text : labels)
    y.push_back(std::find(out.classes.begin(), out.classes.end(), text) - out.classes.begin());
  out.y = at::tensor(y, at::kLong);
}

data::Column numbers_column(std::string name, std::vector<double> values) {
  return {.name = std::move(name), .numbers = std::move(values)};
}
data::Column texts_column(std::string name, std::vector<std::string> values) {
  return {.name = std::move(name), .kind = data::ColumnKind::text, .texts = std::move(values)};
}

data::Table predictions_of(const Classifier& classifier, const Sequences& rows,
                           const std::vector<double>& lines) {
  const Tensor p = probabilities(classifier, rows.x).to(at::kDouble);
  const Tensor best = p.argmax(1);
  std::vector<std::string> truth, guess;
  for (int64_t i = 0; i < rows.size(); ++i) {
    guess.push_back(classifier.classes[static_cast<size_t>(best[i].item<int64_t>())]);
    if (rows.y.defined())
      truth.push_back(rows.classes[static_cast<size_t>(rows.y[i].item<int64_t>())]);
  }
  data::Table table;
  table.rows = rows.size();
  table.columns.push_back(numbers_column("line", lines));
  if (rows.y.defined()) table.columns.push_back(texts_column("truth", truth));
  table.columns.push_back(texts_column("prediction", guess));
  for (size_t c = 0; c < classifier.classes.size(); ++c) {
    const Tensor column = p.select(1, static_cast<int64_t>(c)).contiguous();
    const double* values = column.const_data_ptr<double>();
    table.columns.push_back(
        numbers_column("p_" + classifier.classes[c], {values, values + column.numel()}));
  }
  return table;
}

std::vector<double> lines_of(const data::Table& table, const std::vector<int64_t>& rows) {
  std::vector<double> lines;
  for (const int64_t r : rows) lines.push_back(static_cast<double>(table.line(r)));
  return lines;
}

// A wrong name should cost a second, not a training run.
void try_outputs(const ClassifyRequest& request) {
  if (!request.out.empty()) try_to_write(request.out);
  if (request.save.empty()) return;
  make_folder(request.save);
  try_to_write(request.save / "model.safetensors");
}

ClassifyOutcome with_loaded(const ClassifyRequest& request, const data::Table& table) {
  const Classifier classifier = load_classifier(request.model);
  const auto& o = classifier.model.options;
  const Sequences rows = sequences_from_table(table, request.label, o.length);
  require(rows.x.size(2) == o.channels, "{}: {} channels, the model in {} has {}", table.source,
          rows.x.size(2), request.model.string(), o.channels);
  std::vector<int64_t> all(static_cast<size_t>(rows.size()));
  std::iota(all.begin(), all.end(), 0);
  ClassifyOutcome outcome{.method = o.mixer.kind};
  outcome.predictions = predictions_of(classifier, rows, lines_of(table, all));
  if (rows.y.defined()) outcome.report = evaluate(classifier, rows);
  models::SequenceModel model = classifier.model;
  outcome.parameters = nn::parameter_count(nn::parameters_of(model));
  return outcome;
}

ClassifyOutcome with_fitted(const ClassifyRequest& request, const data::Table& table,
                            Progress& progress) {
  require(!request.label.empty(), "classify: --label is missing, expected a column of {}",
          table.source);
  models::find_sequence_layer(request.options.method);
  const Sequences rows = sequences_from_table(table, request.label, request.length);
  require(rows.classes.size() >= 2, "{}: column '{}' holds one class, '{}', expected at least two",
          table.source, request.label, rows.classes.front());
  const Rng rng(request.seed);
  const Split split = split_by_class(rows, request.test, rng.split("test"));
  const Sequences kept = rows.select(split.first);
  Fitted fitted = fit(kept, request.options, rng.split("fit"), progress);
  ClassifyOutcome outcome{.method = request.options.method, .fitted_rows = kept.size()};
  outcome.parameters = nn::parameter_count(nn::parameters_of(fitted.classifier.model));
  outcome.training = std::move(fitted.training);
  const Sequences held = rows.select(split.second);
  if (held.size() > 0) {
    outcome.report = evaluate(fitted.classifier, held);
    outcome.predictions = predictions_of(fitted.classifier, held, lines_of(table, split.second));
  }
  if (!request.save.empty()) save(fitted.classifier, request.save);
  return outcome;
}

}  // namespace

Sequences sequences_from_table(const data::Table& table, const std::string& label, int64_t length) {
  require(table.rows > 0, "{}: no rows", table.source);
  if (!label.empty()) table.column(label);  // says which columns there are
  const std::vector<std::string> names = step_columns(table, label);
  const auto width = static_cast<int64_t>(names.size());
  require(length >= 0 && length <= width && width % std::max<int64_t>(length, 1) == 0,
          "{}: {} columns{}, expected a multiple of the length {}", table.source, width,
          label.empty() ? "" : " besides '" + label + "'", length);
  require_values(table, names);
  Sequences out;
  const int64_t steps = length > 0 ? length : width;
  out.x = table.matrix(names).to(at::kFloat).view({table.rows, steps, width / steps});
  if (!label.empty()) set_labels(out, table, label);
  return out;
}

ClassifyOutcome classify_table(const ClassifyRequest& request, Progress& progress) {
  try_outputs(request);
  data::CsvOptions csv;
  if (!request.label.empty()) csv.text = {request.label};  // "01" and "1" are two classes
  const data::Table table = data::read_csv(request.data, csv);
  ClassifyOutcome outcome =
      request.model.empty() ? with_fitted(request, table, progress) : with_loaded(request, table);
  if (!request.out.empty()) data::write_csv(request.out, outcome.predictions);
  return outcome;
}

Json to_json(const ClassifyOutcome& outcome) {
  Json json = {{"method", outcome.method},
               {"parameters", outcome.parameters},
               {"fitted_rows", outcome.fitted_rows}};
  if (outcome.training) {
    json["epochs"] = outcome.training->epochs;
    json["steps"] = outcome.training->steps;
    json["losses"] = outcome.training->losses;
    json["stopped"] = outcome.training->stopped;
  }
  if (outcome.report) json["report"] = to_json(*outcome.report);
  return json;
}

}  // namespace offprint::tasks
