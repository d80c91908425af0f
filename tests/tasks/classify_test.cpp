#include "offprint/tasks/classify.h"

#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>
#include <limits>
#include <numbers>

#include "offprint/core/error.h"
#include "offprint/core/file.h"
#include "offprint/models/catalog.h"

using namespace offprint;
using tasks::ClassifyOptions;
using tasks::Sequences;

namespace {

// Noisy sines with one, two or three periods over 32 steps; 40 rows a class.
Sequences waves(uint64_t seed, int64_t classes = 3, int64_t rows = 40) {
  Rng rng(seed);
  const Tensor t = at::arange(32, at::kFloat) / 32.0;
  std::vector<Tensor> x;
  std::vector<int64_t> y;
  Sequences data;
  for (int64_t k = 0; k < classes; ++k) {
    data.classes.push_back(std::to_string(k + 1) + " periods");
    for (int64_t i = 0; i < rows; ++i) {
      const double phase = rng.uniform() * 2 * std::numbers::pi;
      const double turns = 2 * std::numbers::pi * static_cast<double>(k + 1);
      x.push_back((t * turns + phase).sin() * 3.0 + 100.0 + 0.3 * rng.normal({32}));
      y.push_back(k);
    }
  }
  data.x = at::stack(x).unsqueeze(2);
  data.y = at::tensor(y, at::kLong);
  return data;
}

ClassifyOptions small(const std::string& method, int64_t epochs = 12) {
  ClassifyOptions o{.method = method, .epochs = epochs, .batch = 16, .lr = 0.01};
  o.model.width = 16;
  o.model.depth = 2;
  o.model.dropout = 0.0;
  o.model.mixer.s4d.d_state = 16;
  return o;
}

tasks::Classifier fitted(const Sequences& data, const ClassifyOptions& options, uint64_t seed = 1) {
  Progress progress;
  return tasks::fit(data, options, Rng(seed), progress).classifier;
}

std::string error_of(const Sequences& data, const ClassifyOptions& options) {
  try {
    fitted(data, options);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("classify: waves of three frequencies are told apart on fresh rows by S4D and by a CNN") {
  for (const char* method : {"s4d", "cnn"}) {
    CAPTURE(method);
    const auto report = tasks::evaluate(fitted(waves(1), small(method)), waves(2));
    CHECK(report.rows == 120);
    CHECK(report.accuracy >= 0.95);
  }
}

TEST_CASE("classify: normalisation comes from the training rows alone") {
  const Sequences data = waves(3);
  ClassifyOptions options = small("cnn", 1);
  options.validation = 0.25;
  const auto classifier = fitted(data, options);
  const auto split = tasks::split_by_class(data, 0.25, Rng(1).split("validation"));
  const Sequences kept = data.select(split.first);
  CHECK(max_abs_diff(classifier.mean, kept.x.mean(at::IntArrayRef{0, 1})) < 1e-3);
  CHECK(std::abs(classifier.mean.item<double>() - data.x.mean().item<double>()) > 1e-4);
  CHECK(split.second.size() == 30);
}

TEST_CASE("classify: a saved classifier gives the same probabilities bit for bit") {
  const auto folder = std::filesystem::temp_directory_path() / "offprint_classify_saved";
  for (const std::string& method : models::sequence_layer_names()) {
    CAPTURE(method);
    std::filesystem::remove_all(folder);
    const auto classifier = fitted(waves(4), small(method, 1));
    tasks::save(classifier, folder);
    const auto loaded = tasks::load_classifier(folder);
    CHECK(loaded.classes == classifier.classes);
    const Tensor x = waves(5).x;
    CHECK(tasks::probabilities(loaded, x).equal(tasks::probabilities(classifier, x)));
  }
  write_file(folder / "model.safetensors", "junk");
  CHECK_THROWS_AS(tasks::load_classifier(folder), Error);
  std::filesystem::remove_all(folder);
}

TEST_CASE("classify: the same seed fits the same classifier, another seed another one") {
  const Sequences data = waves(6), fresh = waves(7);
  const Tensor a = tasks::probabilities(fitted(data, small("s4d", 2), 8), fresh.x);
  CHECK(a.equal(tasks::probabilities(fitted(data, small("s4d", 2), 8), fresh.x)));
  CHECK(max_abs_diff(a, tasks::probabilities(fitted(data, small("s4d", 2), 9), fresh.x)) > 1e-4);
}

TEST_CASE("classify: one thread and two agree to 1e-6 in the loss of a short run") {
  const auto loss = [](int threads) {
    at::set_num_threads(threads);
    Progress progress;
    return tasks::fit(waves(8), small("s4d", 2), Rng(1), progress).training.losses.back();
  };
  CHECK(std::abs(loss(1) - loss(2)) < 1e-6);
}

TEST_CASE("classify: a split keeps each class's share and every row once") {
  Sequences data = waves(9, 2, 10);
  data.y.slice(0, 10, 18).fill_(0);  // 18 rows of class 0, 2 of class 1
  const auto split = tasks::split_by_class(data, 0.2, Rng(1));
  CHECK(split.second.size() == 4 + 1);  // 18 * 0.2 rounds to 4; one of two
  std::vector<int64_t> all = split.first;
  all.insert(all.end(), split.second.begin(), split.second.end());
  std::sort(all.begin(), all.end());
  for (size_t i = 0; i < all.size(); ++i) CHECK(all[i] == static_cast<int64_t>(i));
}

TEST_CASE("classify: precision, recall and F1 follow from the confusion matrix") {
  tasks::ClassifyReport report{{"a", "b"}, {{6, 2}, {1, 1}}, 0.7, 0.0, 10};
  const TextTable table = tasks::per_class(report);
  CHECK(table.rows[0] == std::vector<std::string>{"a", "8", "85.7 %", "75.0 %", "80.0 %"});
  CHECK(table.rows[1] == std::vector<std::string>{"b", "2", "33.3 %", "50.0 %", "40.0 %"});
  const Plot plot = tasks::confusion_plot(report);
  CHECK(plot.heat_map.at(0).values[0] == std::vector<double>{0.75, 0.25});
  CHECK(plot.title == "70.0 % right of 10 rows");
}

TEST_CASE("classify: data that cannot be learnt from is named in one line") {
  const ClassifyOptions options = small("cnn", 1);
  CHECK(error_of(Sequences{}, options) == "classify: no rows");

  Sequences one_class = waves(10);
  one_class.y.fill_(0);
  CHECK(error_of(one_class, options) ==
        "classify: all 120 rows have one class, expected at least two");

  Sequences lonely = waves(10, 2, 2).select({0, 1, 2});
  CHECK(error_of(lonely, options) ==
        "classify: class '2 periods' has one row, expected at least two");

  Sequences holes = waves(10);
  holes.x[4][7][0] = std::numeric_limits<float>::quiet_NaN();
  CHECK(error_of(holes, options) ==
        "classify: row 5 has a missing, NaN or infinite value at step 8");
  holes.x[4][7][0] = std::numeric_limits<float>::infinity();
  CHECK(error_of(holes, options) ==
        "classify: row 5 has a missing, NaN or infinite value at step 8");

  CHECK(error_of(waves(10), small("s4e")).starts_with("unknown method 's4e'"));
  CHECK(error_of(waves(10, 2, 2), options) == "no error");  // four rows are little, but no error
}

TEST_CASE("classify: prediction refuses sequences of another length and unknown classes") {
  const auto classifier = fitted(waves(11), small("cnn", 1));
  CHECK_THROWS_WITH_AS(tasks::probabilities(classifier, at::zeros({5, 31, 1})),
                       "classify: x is (5,31,1), expected (N,32,1)", Error);
  Sequences other = waves(12);
  other.classes[1] = "five periods";
  CHECK_THROWS_WITH_AS(tasks::evaluate(classifier, other),
                       "classify: the model does not know class 'five periods'", Error);
}
