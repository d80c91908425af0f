// The public data sets that papers and tests use, by name. Look-up order and downloads:
// public_file.h.
#pragma once
#include "offprint/data/public_file.h"

namespace offprint::data {

std::span<const PublicSet> sets();
const PublicSet& set_named(std::string_view name);  // Error with the nearest name

// By name: the folder of the set, "ett" -> ".../ett". A path given by the user wins.
std::optional<std::filesystem::path> find_set(std::string_view name);
std::filesystem::path require_set(std::string_view name, const std::string& given = "");

}  // namespace offprint::data
