// Byte-level byte-pair encoding, the tokeniser of GPT-2 and most models since: text is cut into
// pieces, a piece's bytes become tokens, and of neighbours the pair whose merge was learnt first
// becomes one, until none is left. Sennrich et al. 2016, arXiv 1508.07909; bytes as in GPT-2.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "offprint/data/gguf.h"
#include "offprint/data/text_pieces.h"

namespace offprint::data {

struct BytePairTables {
  std::vector<std::string> tokens;  // by id, in GPT-2's alphabet of bytes; specials as they are
  std::vector<std::pair<std::string, std::string>> merges;  // the first learnt first
  std::vector<int64_t> specials;                            // ids that text is not cut into
  std::optional<int64_t> unknown;  // for a byte that no token stands for; none: it is left out
  PieceRules rules = PieceRules::gpt2;
  bool whole_pieces = false;  // a piece that is a token is one, whatever the merges say (Llama 3)
  std::string source;         // for messages
};

class BytePair {
 public:
  // Throws Error on a token given twice, ids outside the tokens, and merges of unknown tokens.
  explicit BytePair(const BytePairTables& tables);
  // Of a model file whose tokenizer.ggml.model is gpt2, and of a tokenizer.json. Throw Error with
  // the path on what is missing and on pre-tokenisers other than those of text_pieces.h.
  static BytePair from_gguf(const Gguf& file);
  static BytePair from_json(const std::filesystem::path& path);

  // Specials written in the text are these tokens, or with `plain` like any other text. Safe from
  // several threads.
  std::vector<int64_t> encode(std::string_view text, bool plain = false) const;
  // The bytes of the tokens; with specials as text. Throws Error on an id outside 0 .. size-1.
  std::string decode(std::span<const int64_t> ids) const;

  int64_t size() const { return static_cast<int64_t>(bytes_.size()); }
  std::optional<int64_t> id_of(std::string_view token) const;  // as written in the tables
  // As they stand in texts, the longest first.
  const std::vector<std::string>& specials() const { return special_texts_; }

 private:
  struct Merge {
    int32_t rank, id;
  };
  void encode_piece(std::string_view piece, std::vector<int64_t>& ids) const;
  void encode_plain(std::string_view text, std::vector<int64_t>& ids) const;
  void merge_all(std::vector<int32_t>& ids) const;

  std::vector<std::string> bytes_;  // by id: what a token decodes to
  std::unordered_map<std::string, int32_t> by_name_, by_bytes_;
  std::unordered_map<uint64_t, Merge> merges_;             // left id << 32 | right id
  std::vector<std::pair<std::string, int64_t>> specials_;  // the longest first
  std::vector<std::string> special_texts_;
  std::vector<int32_t> of_byte_;  // -1: no token
  PieceRules rules_;
  bool whole_pieces_;
};

}  // namespace offprint::data
