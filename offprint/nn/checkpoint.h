// Named tensors with a JSON description in one safetensors file that any reader of the format
// opens; the description and a checksum over everything stand in its metadata. Written whole or not
// at all: a crash between two saves loses only the steps since.
#pragma once
#include <filesystem>
#include <string>

#include "offprint/core/json.h"
#include "offprint/nn/parameters.h"

namespace offprint::nn {

struct Checkpoint {
  Json about = Json::object();  // what the tensors alone do not say: options, step, labels
  Parameters tensors;           // complex ones come back as (..., 2) pairs of reals
  std::filesystem::path source;
};

// Atomic: temporary name, sync, rename. Makes missing folders. Throws Error on names given twice
// and where the disk does not take it.
void save_checkpoint(const std::filesystem::path& path, const Json& about,
                     const Parameters& tensors);

// The tensors are views of the mapped file. Throws Error, one line with the path, where it is
// missing, no safetensors, cut short, altered, or without our description.
Checkpoint load_checkpoint(const std::filesystem::path& path);

// The tensors whose names begin with `prefix`, without it.
Parameters with_prefix(const Checkpoint& checkpoint, const std::string& prefix);
Parameters add_prefix(const Parameters& parameters, const std::string& prefix);

// Copies values by name into `parameters`, bit for bit. Throws Error before the first copy if one
// is missing, left over, or of another shape or type: "run/checkpoint.safetensors: model.head.bias
// is (3), expected (10)".
void restore(const Parameters& parameters, const Checkpoint& checkpoint, const std::string& prefix);

}  // namespace offprint::nn
