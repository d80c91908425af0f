// Safetensors: named tensors in one file, a JSON header before the bytes. Read as views of a memory
// map, without a copy; written whole or not at all. A file is data of a stranger: every offset,
// size and shape is checked before use.
#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "offprint/core/tensor.h"

namespace offprint::data {

using NamedTensors = std::vector<std::pair<std::string, Tensor>>;

struct Safetensors {
  NamedTensors tensors;  // in the header's order
  std::map<std::string, std::string> metadata;
  std::string source;  // the path, for messages

  bool contains(std::string_view name) const;
  // Throws Error "m.safetensors: no tensor 'head.bais', did you mean 'head.bias'?".
  const Tensor& at(std::string_view name) const;
};

// Types F64 F32 F16 BF16 I64 I32 I16 I8 U8 BOOL; tensors that write_safetensors took as complex
// come back complex. Each tensor keeps the map alive. Writing into one in place changes memory
// only, never the file; a tensor whose offset is not a multiple of its element is copied. The file
// must not be cut by others while tensors live (as for every memory map).
// Throws Error, one line with the path, on: a header cut short, over 100 MB or no such JSON; a name
// given twice; an unknown type; a shape that is negative, overflows or does not fit its bytes;
// offsets past the end, overlapping or leaving a gap; bytes after the last tensor; a BOOL that is
// neither 0 nor 1.
Safetensors read_safetensors(const std::filesystem::path& path);

// Atomic. Any device, any strides; bytes stand in the file by descending element size, so that all
// are aligned. Complex tensors are stored as (..., 2) reals and noted in the metadata.
// Throws Error on a name given twice, empty or "__metadata__", a type the format lacks, or a disk
// that does not take it.
void write_safetensors(const std::filesystem::path& path, const NamedTensors& tensors,
                       const std::map<std::string, std::string>& metadata = {});

}  // namespace offprint::data
