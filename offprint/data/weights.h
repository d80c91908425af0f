// The default small models, by name, as their packages ship them. Look-up order and downloads:
// public_file.h.
#pragma once
#include "offprint/data/public_file.h"

namespace offprint::data {

std::span<const PublicSet> weights();
const PublicSet& weights_named(std::string_view name);  // Error with the nearest name

// By name: the folder that holds the model's files.
std::optional<std::filesystem::path> find_weights(std::string_view name);
std::filesystem::path require_weights(std::string_view name, const std::string& given = "");

}  // namespace offprint::data
