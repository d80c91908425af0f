// The default small models, by name, as their packages ship them. Look-up order and downloads:
// public_file.h.
#pragma once
#include "offprint/data/public_file.h"

namespace offprint::data {

std::span<const PublicSet> weights();
const PublicSet& weights_named(std::string_view name);  // Error with the nearest name

// By name: the folder that holds the model's files.
std::optional<std::filesystem::path> find_weights(std::string_view name);
// A language model's GGUF file: `given` itself, the first in the folder `given`, or SmolLM2's where
// nothing is given. Nothing where there is none.
std::optional<std::filesystem::path> find_language_model(const std::filesystem::path& given);
std::filesystem::path require_weights(std::string_view name, const std::string& given = "");

}  // namespace offprint::data
