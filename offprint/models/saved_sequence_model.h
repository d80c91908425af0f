// A trained sequence model in a folder: FOLDER/model.safetensors with weights, options and whatever
// its task adds (class names, normalisation). Loaded elsewhere it gives the same outputs bit for
// bit on the same machine.
#pragma once
#include <filesystem>

#include "offprint/core/json.h"
#include "offprint/models/sequence_model.h"
#include "offprint/nn/checkpoint.h"

namespace offprint::models {

// `task` and `extra` belong to the caller. Atomic; throws Error.
void save_sequence_model(const std::filesystem::path& folder, const SequenceModel& model,
                         const Json& task, const nn::Parameters& extra);

struct SavedSequenceModel {
  SequenceModel model;
  Json task;
  nn::Parameters extra;
  std::string source;  // the file, for messages
};
// Throws Error, one line with the path, on a missing, damaged or foreign file.
SavedSequenceModel load_sequence_model(const std::filesystem::path& folder);

}  // namespace offprint::models
