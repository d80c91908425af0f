#include "offprint/data/word_piece.h"

#include <algorithm>
#include <set>

#include "offprint/core/error.h"
#include "offprint/core/file.h"
#include "offprint/core/json.h"

namespace offprint::data {
namespace {

// Far above any vocabulary; an id is also a row of an embedding table.
constexpr int64_t kMostPieces = 10'000'000;

bool flag(const Json& object, const char* key, std::string_view source) {
  return json_get<bool>(object, key, source);
}

BertWordsOptions words_options(const Json& normalizer, std::string_view source) {
  const auto type = json_get<std::string>(normalizer, "type", source);
  require(type == "BertNormalizer", "{}: normalizer is '{}', expected BertNormalizer", source,
          type);
  BertWordsOptions options;
  options.clean = flag(normalizer, "clean_text", source);
  options.split_chinese = flag(normalizer, "handle_chinese_chars", source);
  options.lower_case = flag(normalizer, "lowercase", source);
  const Json& accents = json_member(normalizer, "strip_accents", source);
  options.strip_accents =
      accents.is_null() ? options.lower_case : flag(normalizer, "strip_accents", source);
  return options;
}

size_t character_bytes(std::string_view text, size_t at) {
  size_t end = at + 1;
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
  return end - at;
}

// Where and which special token comes first in text[from..]; the longest of those at one place.
struct Found {
  size_t at, bytes;
  int64_t id;
};
Found next_special(std::string_view text, size_t from,
                   const std::vector<std::pair<std::string, int64_t>>& specials) {
  for (size_t at = from; at < text.size(); ++at) {
    Found found{at, 0, 0};
    for (const auto& [token, id] : specials)
      if (token.size() > found.bytes && text.substr(at).starts_with(token))
        found = {at, token.size(), id};
    if (found.bytes > 0) return found;
  }
  return {text.size(), 0, 0};
}

}  // namespace

WordPiece::WordPiece(const std::filesystem::path& path) {
  path.extension() == ".json" ? read_tokenizer_json(path) : read_vocabulary(path);
  const std::string source = path.string();
  size_ = static_cast<int64_t>(first_.size());
  std::set<int64_t> ids;
  for (const auto& [piece, id] : first_) {
    require(id < size_, "{}: '{}' has id {}, but there are {} pieces", source, piece, id, size_);
    require(ids.insert(id).second, "{}: id {} is given twice", source, id);
  }
  begin_ = id_of("[CLS]", source);
  end_ = id_of("[SEP]", source);
}

void WordPiece::read_vocabulary(const std::filesystem::path& path) {
  const std::string text = read_file(path), source = path.string();
  int64_t id = 0;
  for (size_t at = 0; at < text.size(); ++id) {
    const size_t end = std::min(text.find('\n', at), text.size());
    std::string piece = text.substr(at, end - at);
    if (piece.ends_with('\r')) piece.pop_back();
    require(!piece.empty(), "{}:{}: an empty line, expected a piece", source, id + 1);
    add(piece, id, source);
    at = end + 1;
  }
  require(id > 0, "{}: no pieces", source);
  unknown_ = id_of("[UNK]", source);
  for (const char* token : {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"})
    if (const auto found = first_.find(std::string_view(token)); found != first_.end())
      specials_.emplace_back(found->first, found->second);
}

void WordPiece::read_tokenizer_json(const std::filesystem::path& path) {
  const std::string source = path.string();
  const Json all = read_json(path);
  words_ = words_options(json_member(all, "normalizer", source), source);
  const Json& model = json_member(all, "model", source);
  // Older files do not name the type.
  if (model.contains("type")) {
    const auto type = json_get<std::string>(model, "type", source);
    require(type == "WordPiece", "{}: model is '{}', expected WordPiece", source, type);
  }
  continuation_ = json_get<std::string>(model, "continuing_subword_prefix", source);
  most_characters_ = json_get<int64_t>(model, "max_input_chars_per_word", source);
  const Json& vocabulary = json_member(model, "vocab", source);
  require(vocabulary.is_object(), "{}: 'vocab' is {}, expected an object", source,
          json_kind(vocabulary));
  for (const auto& [piece, id] : vocabulary.items()) {
    require(id.is_number_unsigned(), "{}: '{}' has id {}, expected a whole number", source, piece,
            json_text(id));
    add(piece, id.get<int64_t>(), source);
  }
  unknown_ = id_of(json_get<std::string>(model, "unk_token", source), source);
  for (const Json& token : json_member(all, "added_tokens", source)) {
    const auto content = json_get<std::string>(token, "content", source);
    const auto id = json_get<int64_t>(token, "id", source);
    for (const char* key : {"single_word", "lstrip", "rstrip", "normalized"})
      require(!flag(token, key, source), "{}: '{}' has {} set, which is not supported", source,
              content, key);
    require(!content.empty() && id == id_of(content, source), "{}: '{}' has two ids", source,
            content);
    specials_.emplace_back(content, id);
  }
}

void WordPiece::add(const std::string& piece, int64_t id, std::string_view source) {
  require(id >= 0 && id < kMostPieces, "{}: id {} is out of range", source, id);
  require(first_.emplace(piece, id).second, "{}: '{}' is given twice", source, piece);
  if (!continuation_.empty() && piece.starts_with(continuation_))
    later_.emplace(piece.substr(continuation_.size()), id);
  longest_piece_ = std::max(longest_piece_, piece.size());
}

int64_t WordPiece::id_of(std::string_view token, std::string_view source) const {
  const auto found = first_.find(token);
  require(found != first_.end(), "{}: '{}' is missing", source, token);
  return found->second;
}

std::vector<int64_t> WordPiece::encode(std::string_view text, size_t most) const {
  require(most >= 2, "word_piece: at most {} ids, expected at least 2", most);
  std::vector<int64_t> ids{begin_};
  const size_t most_pieces = most - 1;  // with [CLS], without [SEP]
  for (size_t at = 0; at < text.size() && ids.size() < most_pieces;) {
    const Found special = next_special(text, at, specials_);
    encode_plain(text.substr(at, special.at - at), most_pieces, ids);
    if (special.bytes > 0) ids.push_back(special.id);
    at = special.at + special.bytes;
  }
  if (ids.size() > most_pieces) ids.resize(most_pieces);
  ids.push_back(end_);
  return ids;
}

void WordPiece::encode_plain(std::string_view text, size_t most, std::vector<int64_t>& ids) const {
  for (const BertWord& word : bert_words(text, words_)) {
    if (ids.size() >= most) return;
    encode_word(word, ids);
  }
}

void WordPiece::encode_word(const BertWord& word, std::vector<int64_t>& ids) const {
  if (word.characters > most_characters_) return ids.push_back(unknown_);
  const std::string_view text = word.text;
  const size_t before = ids.size();
  for (size_t at = 0; at < text.size();) {
    const Pieces& pieces = at == 0 ? first_ : later_;
    size_t best = 0;
    int64_t id = 0;
    for (size_t end = at; end < text.size() && end - at < longest_piece_;) {
      end += character_bytes(text, end);
      if (const auto found = pieces.find(text.substr(at, end - at)); found != pieces.end()) {
        best = end;
        id = found->second;
      }
    }
    // One part that the vocabulary lacks makes the whole word unknown.
    if (best == 0) {
      ids.resize(before);
      return ids.push_back(unknown_);
    }
    ids.push_back(id);
    at = best;
  }
}

}  // namespace offprint::data
