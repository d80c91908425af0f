// Texts to vectors whose inner products are similarities: a BERT, the mean over its tokens, scaled
// to length 1. Reimers & Gurevych 2019 (Sentence-BERT), arXiv 1908.10084, section 3.
#pragma once
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "offprint/core/tensor.h"
#include "offprint/data/word_piece.h"
#include "offprint/models/bert.h"

namespace offprint::models {

// Read once, then used from any number of threads; each call runs on libtorch's pool.
class TextEncoder {
 public:
  // A folder as sentence-transformers writes it: config.json, model.safetensors, tokenizer.json or
  // vocab.txt, sentence_bert_config.json (max_seq_length; without it the positions are the limit)
  // and 1_Pooling/config.json (mean, the only kind known here). Throws Error naming the file.
  explicit TextEncoder(const std::filesystem::path& folder,
                       BertPrecision precision = fastest_bert_precision());

  // (N,width) float32, rows of length 1, in the order of the texts; (0,width) for none. What lies
  // past most_tokens() is not read. An empty text has a vector too: that of [CLS] [SEP].
  Tensor embed(std::span<const std::string> texts) const;
  Tensor embed(std::string_view text) const;  // (width)

  // That embed() reads of a text, [CLS] and [SEP] included.
  int64_t count_tokens(std::string_view text) const {
    return std::ssize(tokens_.encode(text, static_cast<size_t>(most_tokens_)));
  }

  int64_t width() const { return bert_.options.width; }
  int64_t most_tokens() const { return most_tokens_; }  // [CLS] and [SEP] included

 private:
  data::WordPiece tokens_;
  Bert bert_;
  int64_t most_tokens_ = 0;
};

}  // namespace offprint::models
