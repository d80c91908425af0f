#include "offprint/papers/monarch_mixer/language_runs.h"

#include <fmt/format.h>

#include "offprint/papers/statistics.h"
#include "offprint/tasks/language_objective.h"
#include "offprint/tasks/train_language.h"

namespace offprint::papers::monarch_mixer {
namespace {

constexpr double kHeldOut = 0.1;

models::TrunkOptions trunk_of(const Options& o, bool causal) {
  models::TrunkOptions t;
  t.length = o.language_length, t.width = o.language_width, t.depth = o.language_depth;
  t.causal = causal;
  t.mixer = "attention", t.feed = "dense";
  return t;
}

models::TrunkOptions m2_of(models::TrunkOptions t, int64_t vocabulary, int64_t at_most) {
  t.mixer = t.causal ? "m2" : "m2-residual", t.feed = "block";
  t.width = models::trunk_width_for(vocabulary, t, at_most);
  return t;
}

int64_t parameters_of(int64_t vocabulary, const models::TrunkOptions& t) {
  Rng rng(0);
  models::TokenModel m = models::make_token_model(vocabulary, t, rng);
  return nn::parameter_count(nn::parameters_of(m));
}

void train_one(LanguageRun& run, const models::TrunkOptions& trunk, int64_t vocabulary,
               const std::pair<Tensor, Tensor>& text, const Options& o, const Rng& rng,
               Progress& progress) {
  Rng init = rng.split("init");
  models::TokenModel model = models::make_token_model(vocabulary, trunk, init);
  tasks::TrainLanguageOptions training;
  training.steps = o.language_steps, training.batch = o.language_batch, training.lr = o.language_lr;
  const auto result = tasks::fit_language(model, text.first, text.second, training,
                                          "training " + run.name, rng.split("train"), progress);
  progress.throw_if_stopped();
  run.losses.push_back(tasks::held_out_loss(model, text.second));
  run.seconds.push_back(result.seconds);
  if (run.learning.empty()) run.learning = result.validations;
  run.models.push_back(std::move(model));
}

}  // namespace

std::vector<LanguageRun> run_language(const data::Corpus& corpus, bool causal, double share,
                                      const Options& o, const Rng& rng, Progress& progress) {
  const int64_t vocabulary = corpus.vocabulary + (causal ? 0 : 1);
  const models::TrunkOptions twin = trunk_of(o, causal);
  const auto budget =
      static_cast<int64_t>(share * static_cast<double>(parameters_of(vocabulary, twin)));
  models::TrunkOptions m2 = m2_of(twin, vocabulary, budget);
  while (share < 1 && parameters_of(vocabulary, m2) > budget) m2.width -= 4;
  const auto text = data::split_corpus(corpus, kHeldOut, o.language_length + 1);
  std::vector<LanguageRun> runs;
  for (const auto& [name, trunk] :
       {std::pair{causal ? "GPT" : "Transformer", twin}, {causal ? "M2-GPT" : "M2-BERT", m2}}) {
    LanguageRun run{name, parameters_of(vocabulary, trunk), trunk.width, {}, {}, {}, {}};
    for (int64_t seed = 0; seed < o.seeds; ++seed)
      train_one(run, trunk, vocabulary, text, o, rng.split(static_cast<uint64_t>(seed)), progress);
    progress.say(fmt::format("{}: {} nats", name, number_text(mean(run.losses))));
    runs.push_back(std::move(run));
  }
  return runs;
}

TextTable language_table(const std::vector<LanguageRun>& runs, std::string title) {
  TextTable table{
      std::move(title),
      {"model", "parameters", "width", "held-out loss [nats]", "least to largest", "training [s]"},
      {}};
  for (const LanguageRun& run : runs)
    table.rows.push_back({run.name, std::to_string(run.parameters), std::to_string(run.width),
                          number_text(mean(run.losses)),
                          fmt::format("{} to {}", number_text(std::ranges::min(run.losses)),
                                      number_text(std::ranges::max(run.losses))),
                          number_text(mean(run.seconds), 2)});
  return table;
}

}  // namespace offprint::papers::monarch_mixer
