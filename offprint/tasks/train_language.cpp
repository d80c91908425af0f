#include "offprint/tasks/train_language.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <numbers>

#include "offprint/core/error.h"
#include "offprint/core/file.h"
#include "offprint/core/suggest.h"
#include "offprint/data/corpus.h"
#include "offprint/models/saved_token_model.h"
#include "offprint/tasks/language_objective.h"

namespace offprint::tasks {
namespace {

constexpr auto kKinds = std::to_array<LanguageKind>({
    {"m2-gpt", "gated long convolutions and block-diagonal maps, next byte", "monarch-mixer", "m2",
     "block", true},
    {"m2-bert", "the same in both directions, masked bytes", "monarch-mixer", "m2-residual",
     "block", false},
    {"monarch-gpt", "learned causal Monarch products between the steps, next byte", "monarch-mixer",
     "monarch", "block", true},
    {"gpt", "attention and dense maps, next byte", "", "attention", "dense", true},
    {"bert", "attention and dense maps, masked bytes", "", "attention", "dense", false},
});

std::string sample_of(const models::TokenModel& model, const Tensor& prompt,
                      const TrainLanguageRequest& r) {
  if (r.sample <= 0 || !model.trunk.options.causal) return "";
  Rng rng = Rng(r.seed).split("sample");
  return data::text_of_tokens(continue_tokens(model, prompt, r.sample, r.temperature, rng));
}

}  // namespace

std::span<const LanguageKind> language_kinds() { return kKinds; }

const LanguageKind& find_language_kind(std::string_view name) {
  std::vector<std::string> names;
  for (const LanguageKind& kind : kKinds) {
    if (kind.name == name) return kind;
    names.emplace_back(kind.name);
  }
  fail("no language model '{}'{}, expected one of {}", name, did_you_mean(name, names),
       fmt::join(names, ", "));
}

TrainResult fit_language(models::TokenModel& model, const Tensor& train_text,
                         const Tensor& validation, const TrainLanguageOptions& o,
                         const std::string& name, const Rng& rng, Progress& progress) {
  LanguageObjective objective(model, train_text, validation);
  TrainOptions training;
  training.steps = o.steps, training.batch = o.batch;
  training.validate_every = std::max<int64_t>(1, o.steps / 5);
  training.optimizer.lr = o.lr, training.optimizer.beta2 = 0.98;
  training.name = name;
  return train(objective, training, rng, progress);
}

TrainLanguageOutcome train_language(const TrainLanguageRequest& r, Progress& progress) {
  const LanguageKind& kind = find_language_kind(r.kind);
  for (const auto& [name, value] :
       {std::pair{"steps", r.options.steps}, {"batch", r.options.batch}})
    require(value > 0, "--{}: {}, expected a positive number", name, value);
  const data::Corpus corpus = data::read_bytes(r.corpus);
  models::TrunkOptions trunk = r.options.trunk;
  trunk.mixer = kind.mixer, trunk.feed = kind.feed, trunk.causal = kind.causal;
  const auto [text, held_out] = data::split_corpus(corpus, r.options.held_out, trunk.length + 1);
  if (!r.out.empty()) {
    make_folder(r.out);
    try_to_write(r.out / "model.safetensors");
  }

  const Rng rng(r.seed);
  Rng init = rng.split("init");
  // One token more than bytes: the mask.
  models::TokenModel model =
      models::make_token_model(corpus.vocabulary + (kind.causal ? 0 : 1), trunk, init);
  TrainLanguageOutcome out;
  out.kind = r.kind, out.source = corpus.source;
  out.parameters = nn::parameter_count(nn::parameters_of(model));
  out.train_tokens = text.size(0), out.held_out_tokens = held_out.size(0);
  out.training = fit_language(model, text, held_out, r.options, "training " + r.kind,
                              rng.split("train"), progress);
  out.held_out_nats = held_out_loss(model, held_out);
  const Tensor prompt = r.prompt.empty()
                            ? held_out.narrow(0, 0, std::min<int64_t>(trunk.length, 64))
                            : data::bytes_corpus(r.prompt, "--prompt").tokens;
  out.prompt = data::text_of_tokens(prompt);
  out.sample = sample_of(model, prompt, r);
  if (!r.out.empty())
    models::save_token_model(r.out, model,
                             {{"model", r.kind}, {"held_out_nats", out.held_out_nats}});
  return out;
}

Json to_json(const TrainLanguageOutcome& o) {
  return {{"model", o.kind},
          {"source", o.source},
          {"parameters", o.parameters},
          {"train_bytes", o.train_tokens},
          {"held_out_bytes", o.held_out_tokens},
          {"held_out_nats", o.held_out_nats},
          {"held_out_bits", o.held_out_nats / std::numbers::ln2},
          {"steps", o.training.steps},
          {"seconds", o.training.seconds},
          {"validations", o.training.validations},
          {"prompt", o.prompt},
          {"sample", o.sample}};
}

}  // namespace offprint::tasks
