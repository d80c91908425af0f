// Running text as tokens.
#pragma once
#include <filesystem>
#include <string>
#include <utility>

#include "offprint/core/tensor.h"

namespace offprint::data {

struct Corpus {
  Tensor tokens;             // (N) int64 in 0 .. vocabulary-1
  int64_t vocabulary = 256;  // of bytes
  std::string source;
  int64_t size() const { return tokens.size(0); }
};

// A text's bytes, gzip unpacked. Throws Error where it is missing, empty or no text.
Corpus read_bytes(const std::filesystem::path& path);
Corpus bytes_corpus(std::string_view text, const std::string& source);

// The first part and the last `share` of it. Throws Error unless both have `least` tokens.
std::pair<Tensor, Tensor> split_corpus(const Corpus& corpus, double share, int64_t least);

// Bytes as text again; what is no UTF-8 becomes U+FFFD.
std::string text_of_tokens(const Tensor& tokens);

}  // namespace offprint::data
