// GGUF, versions 2 and 3: a language model's weights and everything needed to run it in one file.
// Format: ggml-org/ggml, docs/gguf.md. Read as views of a memory map, without a copy. A file is
// data of a stranger: every count, length, offset and size is checked before use, and no memory is
// taken for what the file cannot hold.
#pragma once
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "offprint/core/block_format.h"
#include "offprint/core/file.h"
#include "offprint/core/json.h"
#include "offprint/core/tensor.h"

namespace offprint::data {

struct GgufTensor {
  std::string name;            // "blk.0.attn_q.weight"
  std::vector<int64_t> shape;  // outermost first; blocks lie along the last
  BlockFormat format = BlockFormat::f32;
  std::span<const uint8_t> bytes;  // lives as long as its Gguf
  int64_t numbers() const;
};

class Gguf {
 public:
  // Throws Error, one line with the path, on: no GGUF, big endian, another version; counts, strings
  // or lists longer than the file; an unknown type; a name or key given twice; more than four
  // dimensions, one below 1 or a product that overflows; rows that are no whole blocks; data that
  // is not aligned, past the end or overlapping.
  explicit Gguf(const std::filesystem::path& path);

  const Json& metadata() const { return metadata_; }  // "llama.block_count": 30, lists as lists
  std::span<const GgufTensor> tensors() const { return tensors_; }
  const GgufTensor& at(std::string_view name) const;  // Error with the nearest name
  const std::string& source() const { return source_; }

 private:
  std::string source_;
  MemoryMap map_;
  Json metadata_ = Json::object();
  std::vector<GgufTensor> tensors_;
};

// Float32 on the CPU, of the tensor's shape; a float32 tensor is copied too.
Tensor dequantized(const GgufTensor& tensor);

// What write_gguf takes: values of any floating type, stored in `format`.
struct GgufValues {
  std::string name;
  Tensor values;
  BlockFormat format = BlockFormat::f32;
};
// Version 3, atomic. Metadata: text, true or false, whole numbers (uint32 where they fit, else
// int64), numbers (float32) and lists of one of these. Throws Error on what the format lacks, names
// given twice, rows that are no whole blocks, and a disk that does not take it.
void write_gguf(const std::filesystem::path& path, const Json& metadata,
                const std::vector<GgufValues>& tensors);

}  // namespace offprint::data
