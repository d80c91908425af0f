// Classes of whole sequences: fit on labelled examples, predict, report, save and load.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "offprint/core/json.h"
#include "offprint/core/plot.h"
#include "offprint/core/progress.h"
#include "offprint/core/rng.h"
#include "offprint/core/table.h"
#include "offprint/models/sequence_model.h"
#include "offprint/tasks/train.h"

namespace offprint::tasks {

// Labelled sequences of one length. x (N,L,C) float32; y (N) int64 in 0 .. K-1.
struct Sequences {
  Tensor x, y;
  std::vector<std::string> classes;  // K names

  int64_t size() const { return x.defined() ? x.size(0) : 0; }
  Sequences select(const std::vector<int64_t>& rows) const;
};

// Splits by class, so that each keeps its share: a part `share` of each class in the second set,
// at least one of a class with two or more. Drawn from rng.
struct Split {
  std::vector<int64_t> first, second;  // ascending rows
};
Split split_by_class(const Sequences& data, double share, Rng rng);

struct ClassifyOptions {
  std::string method = "s4d", device = "cpu";
  int64_t epochs = 20, batch = 32, patience = 0;
  double lr = 4e-3, weight_decay = 0.01, smoothing = 0.0;
  double validation = 0.1;  // share of the training rows kept aside to choose the best epoch
  double time_limit = 0;    // seconds
  models::SequenceOptions model = {};
  void visit(auto&& field) {
    field("epochs", epochs, "passes over the training rows");
    field("batch", batch, "sequences a step");
    field("lr", lr, "AdamW peak rate");
    field("weight-decay", weight_decay, "decoupled weight decay");
    field("smoothing", smoothing, "label smoothing");
    field("validation", validation, "share of the training rows that chooses the best epoch");
    field("patience", patience, "epochs without gain before it stops; 0: never");
    field("time-limit", time_limit, "seconds to train at most; 0: no limit");
    field("device", device, "cpu, cuda, cuda:1");
    model.visit(field);
  }
};

// A fitted model with what its inputs need first: mean and spread of each channel over the training
// rows only.
struct Classifier {
  models::SequenceModel model;
  std::vector<std::string> classes;
  Tensor mean, spread;  // (C), on the model's device
};

struct Fitted {
  Classifier classifier;
  TrainResult training;
};
// Same seed, same classifier. Throws Error on no rows, one class, a class of one row, NaN or
// infinite inputs (names row and step), an unknown method (names the known ones).
Fitted fit(const Sequences& data, const ClassifyOptions& options, Rng rng, Progress& progress,
           nn::Collective& processes = nn::single_process());

// (N,K) probabilities, on the CPU, for x (N,L,C). Throws Error on NaN inputs and another number of
// channels or steps than the classifier was fitted on.
Tensor probabilities(const Classifier& classifier, const Tensor& x);

struct ClassifyReport {
  std::vector<std::string> classes;
  std::vector<std::vector<int64_t>> confusion;  // [truth][prediction]
  double accuracy = 0, cross_entropy = 0;
  int64_t rows = 0;
};
// Classes are matched by name. Throws Error on a class the classifier does not know.
ClassifyReport evaluate(const Classifier& classifier, const Sequences& data);

TextTable per_class(const ClassifyReport& report);  // rows, precision, recall, F1
Plot confusion_plot(const ClassifyReport& report);  // heat map, shares of each true class
Json to_json(const ClassifyReport& report);

void save(const Classifier& classifier, const std::filesystem::path& folder);  // atomic
Classifier load_classifier(const std::filesystem::path& folder);

}  // namespace offprint::tasks
