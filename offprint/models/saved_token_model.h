// A trained token model in a folder: FOLDER/model.safetensors with weights and options.
#pragma once
#include <filesystem>

#include "offprint/core/json.h"
#include "offprint/models/token_model.h"

namespace offprint::models {

// `task` belongs to the caller. Atomic; throws Error.
void save_token_model(const std::filesystem::path& folder, const TokenModel& model,
                      const Json& task);

struct SavedTokenModel {
  TokenModel model;
  Json task;
  std::string source;  // the file, for messages
};
// Throws Error, one line with the path, on a missing, damaged or foreign file.
SavedTokenModel load_token_model(const std::filesystem::path& folder);

}  // namespace offprint::models
