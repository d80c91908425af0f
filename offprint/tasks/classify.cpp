#include "offprint/tasks/classify.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "offprint/core/error.h"
#include "offprint/models/catalog.h"
#include "offprint/models/saved_sequence_model.h"
#include "offprint/nn/losses.h"
#include "offprint/tasks/sequence_objective.h"

namespace offprint::tasks {
namespace {

constexpr const char* kTask = "classify";

void require_finite(const Tensor& x) {
  const Tensor bad = (x - x).ne(0).any(2);  // x - x is 0 unless x is NaN or infinite: (N,L)
  if (!bad.any().item<bool>()) return;
  const int64_t first = bad.flatten().to(at::kInt).argmax().item<int64_t>();
  fail("classify: row {} has a missing, NaN or infinite value at step {}", first / bad.size(1) + 1,
       first % bad.size(1) + 1);
}

std::vector<int64_t> class_counts(const Sequences& data) {
  std::vector<int64_t> counts(data.classes.size());
  for (int64_t i = 0; i < data.size(); ++i)
    ++counts.at(static_cast<size_t>(data.y[i].item<int64_t>()));
  return counts;
}

void require_sound(const Sequences& data) {
  require(data.size() > 0, "classify: no rows");
  require_dim(data.x, 3, "classify", "x", "(N,L,C)");
  require(data.x.size(1) > 0 && data.x.size(2) > 0, "classify: x is {}, expected L, C > 0",
          shape_text(data.x));
  require(data.y.dim() == 1 && data.y.size(0) == data.size(), "classify: y is {}, expected ({})",
          shape_text(data.y), data.size());
  require_finite(data.x);
  const std::vector<int64_t> counts = class_counts(data);
  const auto present = std::count_if(counts.begin(), counts.end(), [](int64_t n) { return n > 0; });
  require(present >= 2, "classify: all {} rows have one class, expected at least two", data.size());
  for (size_t k = 0; k < counts.size(); ++k)
    require(counts[k] != 1, "classify: class '{}' has one row, expected at least two",
            data.classes[k]);
}

Tensor normalised(const Classifier& c, const Tensor& x) {
  return (x.to(c.mean.device()) - c.mean) / c.spread;
}

TrainOptions train_options(const ClassifyOptions& o) {
  TrainOptions t{.epochs = o.epochs, .batch = o.batch, .patience = o.patience};
  t.optimizer.lr = o.lr;
  t.optimizer.weight_decay = o.weight_decay;
  t.time_limit_seconds = o.time_limit;
  t.name = "training " + o.method;
  return t;
}

std::string percent(double share) { return fmt::format("{:.1f} %", 100.0 * share); }
double share(int64_t part, int64_t whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

Sequences Sequences::select(const std::vector<int64_t>& rows) const {
  const Tensor index = at::tensor(rows, at::kLong);
  return {x.index_select(0, index), y.index_select(0, index), classes};
}

Split split_by_class(const Sequences& data, double part, Rng rng) {
  require(part >= 0.0 && part < 1.0, "classify: a share of {} is not in [0, 1)", part);
  std::vector<std::vector<int64_t>> rows(data.classes.size());
  for (int64_t i : rng.permutation(data.size()))
    rows.at(static_cast<size_t>(data.y[i].item<int64_t>())).push_back(i);
  Split split;
  for (const auto& of_class : rows) {
    const auto n = static_cast<double>(of_class.size());
    auto taken = static_cast<size_t>(std::lround(part * n));
    if (part > 0.0 && of_class.size() >= 2)
      taken = std::clamp<size_t>(taken, 1, of_class.size() - 1);
    const auto middle = of_class.begin() + static_cast<std::ptrdiff_t>(taken);
    split.second.insert(split.second.end(), of_class.begin(), middle);
    split.first.insert(split.first.end(), middle, of_class.end());
  }
  std::sort(split.first.begin(), split.first.end());
  std::sort(split.second.begin(), split.second.end());
  return split;
}

Fitted fit(const Sequences& data, const ClassifyOptions& options, Rng rng, Progress& progress,
           nn::Collective& processes) {
  models::find_sequence_layer(options.method);
  const at::Device device = parse_device(options.device);
  require_sound(data);
  const Split split = split_by_class(data, options.validation, rng.split("validation"));
  const Sequences kept = data.select(split.first);

  models::SequenceOptions o = options.model;
  o.channels = data.x.size(2);
  o.length = data.x.size(1);
  o.outputs = static_cast<int64_t>(data.classes.size());
  o.every_step = false;
  o.mixer.kind = options.method;
  Rng init = rng.split("init");
  const Tensor spread = kept.x.std(at::IntArrayRef{0, 1}, /*unbiased=*/false);
  // A constant channel carries nothing; dividing by one keeps it at zero.
  Classifier classifier{make_sequence_model(o, init), data.classes,
                        kept.x.mean(at::IntArrayRef{0, 1}).to(device),
                        spread.where(spread > 0, 1.0).to(device)};
  nn::move_to(classifier.model, device);

  SequenceData validation;
  if (!split.second.empty()) {
    const Sequences held = data.select(split.second);
    validation = {normalised(classifier, held.x), held.y.to(device)};
  }
  SequenceObjective objective(classifier.model, {normalised(classifier, kept.x), kept.y.to(device)},
                              std::move(validation), options.smoothing);
  TrainResult training =
      train(objective, train_options(options), rng.split("train"), progress, processes);
  return {std::move(classifier), std::move(training)};
}

Tensor probabilities(const Classifier& classifier, const Tensor& x) {
  const auto& o = classifier.model.options;
  require(x.dim() == 3 && x.size(1) == o.length && x.size(2) == o.channels,
          "classify: x is {}, expected (N,{},{})", shape_text(x), o.length, o.channels);
  require_finite(x);
  return at::softmax(outputs(classifier.model, normalised(classifier, x)), -1).to(at::kCPU);
}

ClassifyReport evaluate(const Classifier& classifier, const Sequences& data) {
  std::vector<int64_t> known;  // the classifier's index of each of data's classes
  for (const std::string& name : data.classes) {
    const auto found = std::find(classifier.classes.begin(), classifier.classes.end(), name);
    require(found != classifier.classes.end(), "classify: the model does not know class '{}'",
            name);
    known.push_back(found - classifier.classes.begin());
  }
  const size_t k = classifier.classes.size();
  const Tensor p = probabilities(classifier, data.x).to(at::kDouble);
  const Tensor best = p.argmax(1);
  ClassifyReport report{classifier.classes, std::vector(k, std::vector<int64_t>(k)), 0, 0,
                        data.size()};
  int64_t right = 0;
  for (int64_t i = 0; i < data.size(); ++i) {
    const int64_t truth = known.at(static_cast<size_t>(data.y[i].item<int64_t>()));
    const int64_t guess = best[i].item<int64_t>();
    ++report.confusion[static_cast<size_t>(truth)][static_cast<size_t>(guess)];
    right += truth == guess;
    report.cross_entropy -= std::log(std::max(p[i][truth].item<double>(), 1e-300));
  }
  report.accuracy = share(right, report.rows);
  report.cross_entropy /= static_cast<double>(std::max<int64_t>(report.rows, 1));
  return report;
}

TextTable per_class(const ClassifyReport& report) {
  TextTable table{"", {"class", "rows", "precision", "recall", "F1"}, {}};
  for (size_t c = 0; c < report.classes.size(); ++c) {
    int64_t rows = 0, guessed = 0;
    for (size_t other = 0; other < report.classes.size(); ++other) {
      rows += report.confusion[c][other];
      guessed += report.confusion[other][c];
    }
    const int64_t right = report.confusion[c][c];
    table.rows.push_back({report.classes[c], std::to_string(rows), percent(share(right, guessed)),
                          percent(share(right, rows)), percent(share(2 * right, rows + guessed))});
  }
  return table;
}

Plot confusion_plot(const ClassifyReport& report) {
  Plot plot;
  plot.title = fmt::format("{} right of {} rows", percent(report.accuracy), report.rows);
  plot.x_label = "predicted class";
  plot.y_label = "true class";
  plot.categories = report.classes;
  Plot::HeatMap map{{}, "share of the true class"};
  for (const auto& row : report.confusion) {
    int64_t rows = 0;
    for (const int64_t n : row) rows += n;
    auto& shares = map.values.emplace_back();
    for (const int64_t n : row) shares.push_back(share(n, rows));
  }
  plot.heat_map.push_back(std::move(map));
  return plot;
}

Json to_json(const ClassifyReport& report) {
  return {{"accuracy", report.accuracy},
          {"cross_entropy", report.cross_entropy},
          {"rows", report.rows},
          {"classes", report.classes},
          {"confusion", report.confusion}};
}

void save(const Classifier& classifier, const std::filesystem::path& folder) {
  models::save_sequence_model(folder, classifier.model,
                              {{"task", kTask}, {"classes", classifier.classes}},
                              {{"mean", classifier.mean, {}}, {"spread", classifier.spread, {}}});
}

Classifier load_classifier(const std::filesystem::path& folder) {
  models::SavedSequenceModel saved = models::load_sequence_model(folder);
  const auto task = json_get<std::string>(saved.task, "task", saved.source);
  require(task == kTask, "{}: made by task '{}', expected '{}'", saved.source, task, kTask);
  Classifier classifier{std::move(saved.model),
                        json_get<std::vector<std::string>>(saved.task, "classes", saved.source),
                        {},
                        {}};
  for (const nn::Parameter& p : saved.extra)
    (p.name == "mean" ? classifier.mean : classifier.spread) = p.tensor.clone();  // off the file
  const auto& o = classifier.model.options;
  require(classifier.mean.defined() && classifier.spread.defined() &&
              classifier.mean.numel() == o.channels && classifier.spread.numel() == o.channels &&
              static_cast<int64_t>(classifier.classes.size()) == o.outputs,
          "{}: classes or normalisation do not fit the model", saved.source);
  return classifier;
}

}  // namespace offprint::tasks
