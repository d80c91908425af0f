#include "offprint/tasks/train_language.h"

#include <doctest/doctest.h>

#include "offprint/core/error.h"
#include "offprint/models/saved_token_model.h"
#include "offprint/nn/checkpoint.h"
#include "tests/data/scratch.h"

using namespace offprint;
using namespace offprint::tasks;

namespace {

TrainLanguageRequest small_request(const std::filesystem::path& corpus, const std::string& kind) {
  TrainLanguageRequest r;
  r.corpus = corpus, r.kind = kind, r.sample = 5;
  r.options.steps = 3, r.options.batch = 4;
  r.options.trunk = {.length = 16, .width = 16, .depth = 1, .expand = 2, .heads = 2};
  return r;
}

}  // namespace

TEST_CASE("train_language: every kind trains, and the saved model gives the same logits") {
  const data::Scratch folder;
  std::string text;
  for (int i = 0; i < 200; ++i) text += "once more ";
  const auto corpus = folder.write("text.txt", text);
  Progress progress;
  for (const LanguageKind& kind : language_kinds()) {
    CAPTURE(kind.name);
    TrainLanguageRequest r = small_request(corpus, std::string(kind.name));
    r.out = folder / "model";
    const TrainLanguageOutcome o = train_language(r, progress);
    CHECK(o.train_tokens == 1800);
    CHECK(o.held_out_nats < 6);
    CHECK(o.sample.empty() == !kind.causal);
    const auto saved = models::load_token_model(r.out);
    CHECK(saved.model.trunk.options.causal == kind.causal);
    CHECK(saved.task.at("held_out_nats") == o.held_out_nats);
    CHECK(train_language(r, progress).held_out_nats == o.held_out_nats);  // same seed
  }
}

TEST_CASE("train_language: what is wrong is one line, before anything is trained") {
  const data::Scratch folder;
  const auto text = folder.write("text.txt", std::string(500, 'x'));
  Progress progress;
  const auto said = [&](TrainLanguageRequest r) {
    return data::message_of(folder, [&] { train_language(r, progress); });
  };
  CHECK(said(small_request(text, "m2-gtp"))
            .starts_with("no language model 'm2-gtp', did you mean 'm2-gpt'?"));
  CHECK(said(small_request(folder / "none.txt", "gpt")).find("none.txt") != std::string::npos);
  CHECK(said(small_request(folder.write("short.txt", "abc"), "gpt"))
            .find("3 tokens, expected at least") != std::string::npos);
  CHECK(said(small_request(folder.write("zeros.txt", std::string(100, '\0')), "gpt")) != "");
  TrainLanguageRequest none = small_request(text, "gpt");
  none.options.steps = 0;
  CHECK(said(none) == "--steps: 0, expected a positive number");
  TrainLanguageRequest odd = small_request(text, "gpt");
  odd.options.trunk.heads = 3;
  CHECK(said(odd).find("no multiple of 3 heads") != std::string::npos);
}

TEST_CASE("saved token model: a file of another kind, and one cut short, are one line") {
  const data::Scratch folder;
  nn::save_checkpoint(folder / "model.safetensors", {{"kind", "sequence-model"}}, {});
  CHECK(data::message_of(folder, [&] {
          models::load_token_model(folder.folder);
        }).find("holds a sequence-model, expected a token-model") != std::string::npos);
  folder.write("model.safetensors", "abc");
  CHECK(data::message_of(folder, [&] { models::load_token_model(folder.folder); }) != "");
}
