#include "offprint/models/saved_token_model.h"

#include "offprint/core/error.h"
#include "offprint/core/options.h"
#include "offprint/nn/checkpoint.h"

namespace offprint::models {
namespace {

constexpr const char* kKind = "token-model";

std::filesystem::path file_in(const std::filesystem::path& folder) {
  return folder / "model.safetensors";
}

TrunkOptions options_from(const Json& about, const std::string& source) {
  TrunkOptions o;
  options_from_json(option_fields(o), json_member(about, "options", source), source);
  const Json& shape = json_member(about, "shape", source);
  o.causal = json_get<bool>(shape, "causal", source);
  o.mixer = json_get<std::string>(shape, "mixer", source);
  o.feed = json_get<std::string>(shape, "feed", source);
  // A file is data: sizes it names are checked before memory is taken for them.
  for (const int64_t size : {o.length, o.width, o.depth, o.expand, o.heads, o.blocks})
    require(size > 0 && size <= 1 << 16, "{}: a size of {} is out of range", source, size);
  return o;
}

}  // namespace

void save_token_model(const std::filesystem::path& folder, const TokenModel& model,
                      const Json& task) {
  TokenModel copy = model;  // shares the tensors; visiting wants it mutable
  const TrunkOptions& o = model.trunk.options;
  const Json about = {{"kind", kKind},
                      {"shape",
                       {{"vocabulary", model.embedding.size(0)},
                        {"causal", o.causal},
                        {"mixer", o.mixer},
                        {"feed", o.feed}}},
                      {"options", options_to_json(option_fields(copy.trunk.options))},
                      {"task", task}};
  nn::save_checkpoint(file_in(folder), about, nn::parameters_of(copy));
}

SavedTokenModel load_token_model(const std::filesystem::path& folder) {
  const nn::Checkpoint checkpoint = nn::load_checkpoint(file_in(folder));
  const std::string source = checkpoint.source.string();
  const auto kind = json_get<std::string>(checkpoint.about, "kind", source);
  require(kind == kKind, "{}: holds a {}, expected a {}", source, kind, kKind);
  const Json& shape = json_member(checkpoint.about, "shape", source);
  const auto vocabulary = json_get<int64_t>(shape, "vocabulary", source);
  require(vocabulary > 0 && vocabulary <= 1 << 20, "{}: a vocabulary of {} is out of range", source,
          vocabulary);
  Rng rng(0);  // the values drawn are replaced at once
  TokenModel model = make_token_model(vocabulary, options_from(checkpoint.about, source), rng);
  nn::restore(nn::parameters_of(model), checkpoint, "");
  return {std::move(model), json_member(checkpoint.about, "task", source), source};
}

}  // namespace offprint::models
