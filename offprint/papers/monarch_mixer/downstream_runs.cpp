// Fine-tuning of the masked models on pairs of sentences and on tweets.
#include <algorithm>
#include <filesystem>

#include "offprint/core/autograd.h"
#include "offprint/core/error.h"
#include "offprint/data/catalog.h"
#include "offprint/data/text_file.h"
#include "offprint/papers/monarch_mixer/language_runs.h"
#include "offprint/papers/statistics.h"
#include "offprint/tasks/class_objective.h"

namespace offprint::papers::monarch_mixer {
namespace {

constexpr int64_t kPadding = 256;  // the mask of a byte model

Tensor padded_bytes(std::string_view text, int64_t length) {
  Tensor row = at::full({length}, kPadding, at::kLong);
  const auto n = std::min<int64_t>(length, static_cast<int64_t>(text.size()));
  for (int64_t i = 0; i < n; ++i) row[i] = static_cast<uint8_t>(text[static_cast<size_t>(i)]);
  return row;
}

std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> fields;
  while (true) {
    const size_t tab = line.find('\t');
    fields.push_back(line.substr(0, tab));
    if (tab == std::string_view::npos) return fields;
    line.remove_prefix(tab + 1);
  }
}

double share_of_largest(const Tensor& y) {
  return 100.0 * y.bincount().max().item<double>() / static_cast<double>(y.size(0));
}

double tune(const models::TokenModel& pretrained, const tasks::LabelledExamples& train,
            const tasks::LabelledExamples& test, int64_t classes, const Options& o, const Rng& rng,
            Progress& progress) {
  Rng init = rng.split("head");
  models::TokenClassifier model{pretrained,
                                nn::make_linear(pretrained.trunk.options.width, classes, init)};
  // A copy of its own: other seeds and tasks begin from the same weights.
  Rng fresh(0);
  model.model =
      models::make_token_model(pretrained.embedding.size(0), pretrained.trunk.options, fresh);
  models::TokenModel source = pretrained;
  nn::copy_values(nn::parameters_of(model.model), nn::copy_of(nn::parameters_of(source)));
  const tasks::Logits logits = [&](const Tensor& x, Rng* dropout) {
    return models::forward(model, x, dropout);
  };
  tasks::ClassObjective objective(nn::parameters_of(model), logits, train);
  tasks::TrainOptions training;
  training.steps = o.tune_steps, training.batch = 32, training.optimizer.lr = 5e-4;
  training.name = "fine-tuning";
  tasks::train(objective, training, rng.split("train"), progress);
  progress.throw_if_stopped();
  return tasks::accuracy(logits, test);
}

}  // namespace

TextClasses sentence_order(const data::Corpus& corpus, int64_t length, int64_t count, Rng rng) {
  const int64_t half = length / 2;
  require(corpus.size() > length, "sentence order: {} has {} bytes, expected more than {}",
          corpus.source, corpus.size(), length);
  Tensors rows;
  std::vector<int64_t> labels;
  for (int64_t i = 0; i < count; ++i) {
    const int64_t start = rng.integer(corpus.size() - length);
    const Tensor first = corpus.tokens.narrow(0, start, half);
    const Tensor second = corpus.tokens.narrow(0, start + half, half);
    labels.push_back(rng.integer(2));
    rows.push_back(labels.back() == 0 ? at::cat({first, second}) : at::cat({second, first}));
  }
  return {"order of two pieces", at::stack(rows), at::tensor(labels), {"in order", "exchanged"}};
}

std::optional<TextClasses> crisis_tweets(const std::string& folder, int64_t length, int64_t count,
                                         Rng rng) {
  const auto set =
      folder.empty() ? data::find_set("crisislex") : std::optional(std::filesystem::path(folder));
  if (!set || !std::filesystem::exists(*set / "t6_sample.tsv")) return std::nullopt;
  const data::Contents contents(*set / "t6_sample.tsv");
  std::string_view text = data::text_of(contents, "t6_sample.tsv");
  std::vector<std::pair<std::string_view, int64_t>> tweets;
  while (!text.empty()) {
    const auto fields = fields_of(text.substr(0, text.find('\n')));
    text.remove_prefix(std::min(text.size(), text.find('\n') + 1));
    if (fields.size() == 3 && (fields[1] == "on-topic" || fields[1] == "off-topic"))
      tweets.emplace_back(fields[2], fields[1] == "on-topic");
  }
  require(!tweets.empty(), "t6_sample.tsv: no tweets, expected event, label and text");
  Tensors rows;
  std::vector<int64_t> labels;
  const auto order = rng.permutation(static_cast<int64_t>(tweets.size()));
  for (size_t i = 0; i < std::min(order.size(), static_cast<size_t>(count)); ++i) {
    const auto& [tweet, label] = tweets[static_cast<size_t>(order[i])];
    rows.push_back(padded_bytes(tweet, length)), labels.push_back(label);
  }
  return TextClasses{
      "crisis tweets", at::stack(rows), at::tensor(labels), {"off-topic", "on-topic"}};
}

std::vector<TuneRun> fine_tune(const std::vector<LanguageRun>& runs, const TextClasses& data,
                               const Options& o, const Rng& rng, Progress& progress) {
  const tasks::LabelledExamples all{data.x, data.y};
  const int64_t train = all.size() * 4 / 5;
  const auto index = at::arange(all.size(), at::TensorOptions().dtype(at::kLong));
  const auto fit = all.rows(index.slice(0, 0, train)), test = all.rows(index.slice(0, train));
  std::vector<TuneRun> out;
  for (const LanguageRun& run : runs) {
    TuneRun tuned{data.name, run.name, {}, share_of_largest(test.y)};
    for (size_t seed = 0; seed < run.models.size(); ++seed)
      tuned.accuracies.push_back(tune(run.models[seed], fit, test,
                                      static_cast<int64_t>(data.classes.size()), o, rng.split(seed),
                                      progress));
    out.push_back(std::move(tuned));
  }
  return out;
}

TextTable tune_table(const std::vector<TuneRun>& runs) {
  TextTable table{"Fine-tuned: accuracy on examples kept apart [%]",
                  {"task", "model", "accuracy", "least to largest", "largest class"},
                  {}};
  for (const TuneRun& run : runs)
    table.rows.push_back({run.task, run.name, number_text(mean(run.accuracies)),
                          fmt::format("{} to {}", number_text(std::ranges::min(run.accuracies)),
                                      number_text(std::ranges::max(run.accuracies))),
                          number_text(run.chance)});
  return table;
}

}  // namespace offprint::papers::monarch_mixer
