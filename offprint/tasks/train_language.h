// A small language model trained on a person's own text.
#pragma once
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "offprint/core/json.h"
#include "offprint/models/token_model.h"
#include "offprint/tasks/train.h"

namespace offprint::tasks {

// A kind of token model by name: what mixes its sequence and its features, and which way it looks.
struct LanguageKind {
  std::string_view name;
  std::string_view summary;
  std::string_view paper;  // slug; empty: a baseline
  std::string_view mixer, feed;
  bool causal;
};
std::span<const LanguageKind> language_kinds();
const LanguageKind& find_language_kind(std::string_view name);  // Error names the nearest

struct TrainLanguageOptions {
  int64_t steps = 1000, batch = 16;
  double lr = 2e-3;
  double held_out = 0.1;  // share of the text, its end
  models::TrunkOptions trunk = {};
  void visit(auto&& field) {
    field("steps", steps, "optimiser steps");
    field("batch", batch, "windows a step");
    field("lr", lr, "peak learning rate");
    field("held-out", held_out, "share of the text, its end, to measure on");
    trunk.visit(field);
  }
};

struct TrainLanguageRequest {
  std::filesystem::path corpus = {}, out = {};  // text; folder for the model, may be empty
  std::string kind = "m2-gpt";
  std::string prompt = "";  // of the sample; empty: the beginning of the held-out text
  int64_t sample = 200;     // bytes; 0: none, as for models of masked tokens
  double temperature = 0.8;
  uint64_t seed = 1;
  TrainLanguageOptions options = {};
};

struct TrainLanguageOutcome {
  std::string kind, source;
  int64_t parameters = 0, train_tokens = 0, held_out_tokens = 0;
  double held_out_nats = 0;  // a token that counts
  TrainResult training;
  std::string prompt, sample;
};

// Trains on the text's bytes and saves where asked; where results go is tried before the work
// begins. A stop request keeps what is trained. Throws Error.
TrainLanguageOutcome train_language(const TrainLanguageRequest& request, Progress& progress);

// As above, for a recipe: the model at hand, on texts at hand.
TrainResult fit_language(models::TokenModel& model, const Tensor& train, const Tensor& validation,
                         const TrainLanguageOptions& options, const std::string& name,
                         const Rng& rng, Progress& progress);

Json to_json(const TrainLanguageOutcome& outcome);

}  // namespace offprint::tasks
