#include "offprint/models/saved_sequence_model.h"

#include <algorithm>
#include <array>

#include "offprint/core/error.h"
#include "offprint/core/options.h"

namespace offprint::models {
namespace {

constexpr const char* kKind = "sequence-model";
constexpr const char* kWeights = "model.";
constexpr const char* kExtra = "extra.";

std::filesystem::path file_in(const std::filesystem::path& folder) {
  return folder / "model.safetensors";
}

// What the options' own visit leaves to the maker.
Json shape_json(const SequenceOptions& o) {
  return {{"channels", o.channels},
          {"outputs", o.outputs},
          {"length", o.length},
          {"every_step", o.every_step},
          {"layer", o.mixer.kind}};
}

SequenceOptions options_from(const Json& about, const std::string& source) {
  SequenceOptions o;
  options_from_json(option_fields(o), json_member(about, "options", source), source);
  const Json& shape = json_member(about, "shape", source);
  o.channels = json_get<int64_t>(shape, "channels", source);
  o.outputs = json_get<int64_t>(shape, "outputs", source);
  o.length = json_get<int64_t>(shape, "length", source);
  o.every_step = json_get<bool>(shape, "every_step", source);
  o.mixer.kind = json_get<std::string>(shape, "layer", source);
  // A file is data: sizes it names are checked before memory is taken for them.
  for (const int64_t size : {o.channels, o.outputs, o.width, o.depth, o.mixer.s4d.d_state})
    require(size > 0 && size <= 1 << 16, "{}: a size of {} is out of range", source, size);
  return o;
}

}  // namespace

void save_sequence_model(const std::filesystem::path& folder, const SequenceModel& model,
                         const Json& task, const nn::Parameters& extra) {
  SequenceModel copy = model;  // shares the tensors; visiting wants it mutable
  nn::Parameters tensors = nn::add_prefix(nn::parameters_of(copy), kWeights);
  for (nn::Parameter& p : nn::add_prefix(extra, kExtra)) tensors.push_back(std::move(p));
  const Json about = {{"kind", kKind},
                      {"shape", shape_json(model.options)},
                      {"options", options_to_json(option_fields(copy.options))},
                      {"task", task}};
  nn::save_checkpoint(file_in(folder), about, tensors);
}

SavedSequenceModel load_sequence_model(const std::filesystem::path& folder) {
  const nn::Checkpoint checkpoint = nn::load_checkpoint(file_in(folder));
  const std::string source = checkpoint.source.string();
  const Json& about = checkpoint.about;
  const auto kind = json_get<std::string>(about, "kind", source);
  require(kind == kKind, "{}: holds a {}, expected a {}", source, kind, kKind);
  Rng rng(0);  // the values drawn are replaced at once
  SequenceModel model = make_sequence_model(options_from(about, source), rng);
  nn::restore(nn::parameters_of(model), checkpoint, kWeights);
  return {std::move(model), json_member(about, "task", source), nn::with_prefix(checkpoint, kExtra),
          source};
}

}  // namespace offprint::models
