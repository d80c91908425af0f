// WordPiece, the tokeniser of BERT and its descendants: text to the ids of a fixed vocabulary.
// Each word is cut from the left into the longest pieces that the vocabulary has; pieces after the
// first are written "##piece". Devlin et al. 2019, arXiv 1810.04805.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "offprint/data/bert_words.h"

namespace offprint::data {

class WordPiece {
 public:
  // From vocab.txt (one piece a line, the line number is the id; options of an uncased BERT) or
  // tokenizer.json (all options). Throws Error, one line with the path, on a file that is neither,
  // a piece given twice, a special token that is missing, and options that are not BERT's.
  explicit WordPiece(const std::filesystem::path& path);

  // [CLS] pieces [SEP], at most `most` ids (>= 2): what comes later is cut off. "[CLS]" and the
  // like written in the text are those tokens, as for the reference. Safe from several threads.
  std::vector<int64_t> encode(std::string_view text,
                              size_t most = std::numeric_limits<size_t>::max()) const;

  int64_t size() const { return size_; }  // ids are 0 .. size-1

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  using Pieces = std::unordered_map<std::string, int64_t, Hash, std::equal_to<>>;

  void read_vocabulary(const std::filesystem::path& path);
  void read_tokenizer_json(const std::filesystem::path& path);
  void add(const std::string& piece, int64_t id, std::string_view source);
  int64_t id_of(std::string_view token, std::string_view source) const;
  void encode_plain(std::string_view text, size_t most, std::vector<int64_t>& ids) const;
  void encode_word(const BertWord& word, std::vector<int64_t>& ids) const;

  BertWordsOptions words_;
  int64_t most_characters_ = 100;  // a longer word is unknown as a whole
  std::string continuation_ = "##";
  Pieces first_, later_;      // pieces that begin a word; those that go on, without "##"
  size_t longest_piece_ = 0;  // bytes
  std::vector<std::pair<std::string, int64_t>> specials_;
  int64_t size_ = 0, unknown_ = 0, begin_ = 0, end_ = 0;
};

}  // namespace offprint::data
