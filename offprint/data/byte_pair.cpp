#include "offprint/data/byte_pair.h"

#include <algorithm>
#include <array>
#include <queue>

#include "offprint/core/error.h"
#include "offprint/core/utf8.h"

namespace offprint::data {
namespace {

// GPT-2 writes bytes as printable characters: those that are, as themselves, the others in order
// from U+0100 on.
struct Alphabet {
  std::array<std::string, 256> of_byte;
  std::unordered_map<uint32_t, uint8_t> to_byte;
};

std::string utf8(uint32_t point) {
  if (point < 0x80) return {static_cast<char>(point)};
  return {static_cast<char>(0xC0 | point >> 6), static_cast<char>(0x80 | (point & 63))};
}

const Alphabet& alphabet() {
  static const Alphabet all = [] {
    Alphabet a;
    uint32_t next = 256;
    for (uint32_t byte = 0; byte < 256; ++byte) {
      const bool printable =
          (byte >= '!' && byte <= '~') || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
      const uint32_t point = printable ? byte : next++;
      a.of_byte[byte] = utf8(point);
      a.to_byte[point] = static_cast<uint8_t>(byte);
    }
    return a;
  }();
  return all;
}

// A token's bytes; what is not in the alphabet stands as it is.
std::string bytes_of(std::string_view token) {
  std::string bytes;
  for (size_t at = 0; at < token.size();) {
    const CodePoint point = decode_utf8(token, at);
    const auto found = alphabet().to_byte.find(point.value);
    if (found != alphabet().to_byte.end())
      bytes += static_cast<char>(found->second);
    else
      bytes += token.substr(at, point.bytes);
    at += point.bytes;
  }
  return bytes;
}

uint64_t pair_key(int32_t left, int32_t right) {
  return static_cast<uint64_t>(static_cast<uint32_t>(left)) << 32 | static_cast<uint32_t>(right);
}

}  // namespace

BytePair::BytePair(const BytePairTables& t) : rules_(t.rules), whole_pieces_(t.whole_pieces) {
  const std::string& source = t.source;
  require(!t.unknown || (*t.unknown >= 0 && *t.unknown < static_cast<int64_t>(t.tokens.size())),
          "{}: unknown token {} of {} tokens", source, t.unknown.value_or(0), t.tokens.size());
  std::vector<bool> special(t.tokens.size());
  for (const int64_t id : t.specials) {
    require(id >= 0 && id < static_cast<int64_t>(t.tokens.size()),
            "{}: special token {} of {} tokens", source, id, t.tokens.size());
    special[static_cast<size_t>(id)] = true;
  }
  for (size_t id = 0; id < t.tokens.size(); ++id) {
    const std::string& token = t.tokens[id];
    const auto number = static_cast<int32_t>(id);
    require(by_name_.emplace(token, number).second, "{}: two tokens '{}'", source, token);
    bytes_.push_back(special[id] ? token : bytes_of(token));
    if (special[id])
      specials_.emplace_back(token, number);
    else
      by_bytes_.emplace(bytes_.back(), number);
  }
  std::erase_if(specials_, [](const auto& s) { return s.first.empty(); });
  std::ranges::stable_sort(specials_, std::greater(), [](const auto& s) { return s.first.size(); });
  for (const auto& [text, id] : specials_) special_texts_.push_back(text);
  for (const std::string& byte : alphabet().of_byte) {
    const auto found = by_name_.find(byte);
    const auto unknown = static_cast<int32_t>(t.unknown.value_or(-1));
    of_byte_.push_back(found == by_name_.end() ? unknown : found->second);
  }
  for (size_t rank = 0; rank < t.merges.size(); ++rank) {
    const auto& [left, right] = t.merges[rank];
    const auto a = by_name_.find(left), b = by_name_.find(right),
               both = by_name_.find(left + right);
    require(a != by_name_.end() && b != by_name_.end() && both != by_name_.end(),
            "{}: merge {} of '{}' and '{}' is of no tokens", source, rank, left, right);
    merges_.try_emplace(pair_key(a->second, b->second),
                        Merge{static_cast<int32_t>(rank), both->second});
  }
}

std::optional<int64_t> BytePair::id_of(std::string_view token) const {
  const auto found = by_name_.find(std::string(token));
  return found == by_name_.end() ? std::nullopt : std::optional<int64_t>(found->second);
}

// The pair of least rank, the leftmost of equals, becomes one token, again and again. Tokens are a
// list; a heap holds the pairs, of which those that are gone by now are passed over.
void BytePair::merge_all(std::vector<int32_t>& ids) const {
  struct Pair {
    int32_t rank, at, left, right, id;
    bool operator>(const Pair& o) const { return rank != o.rank ? rank > o.rank : at > o.at; }
  };
  const auto n = static_cast<int32_t>(ids.size());
  std::vector<int32_t> next(ids.size()), before(ids.size());
  for (int32_t i = 0; i < n; ++i)
    next[static_cast<size_t>(i)] = i + 1, before[static_cast<size_t>(i)] = i - 1;
  const auto id = [&](int32_t at) -> int32_t& { return ids[static_cast<size_t>(at)]; };
  std::priority_queue<Pair, std::vector<Pair>, std::greater<>> queue;
  const auto offer = [&](int32_t at) {
    if (at < 0 || next[static_cast<size_t>(at)] >= n) return;
    const int32_t right = next[static_cast<size_t>(at)];
    const auto found = merges_.find(pair_key(id(at), id(right)));
    if (found != merges_.end())
      queue.push({found->second.rank, at, id(at), id(right), found->second.id});
  };
  for (int32_t i = 0; i < n; ++i) offer(i);
  while (!queue.empty()) {
    const Pair p = queue.top();
    queue.pop();
    const int32_t right = id(p.at) == p.left ? next[static_cast<size_t>(p.at)] : n;
    if (right >= n || id(right) != p.right) continue;
    id(p.at) = p.id, id(right) = -1;
    const int32_t after = next[static_cast<size_t>(right)];
    next[static_cast<size_t>(p.at)] = after;
    if (after < n) before[static_cast<size_t>(after)] = p.at;
    offer(before[static_cast<size_t>(p.at)]), offer(p.at);
  }
  std::erase(ids, -1);
}

void BytePair::encode_piece(std::string_view piece, std::vector<int64_t>& ids) const {
  if (whole_pieces_)
    if (const auto found = by_bytes_.find(std::string(piece)); found != by_bytes_.end()) {
      ids.push_back(found->second);
      return;
    }
  std::vector<int32_t> parts;
  for (const char byte : piece)
    if (const int32_t id = of_byte_[static_cast<uint8_t>(byte)]; id >= 0) parts.push_back(id);
  merge_all(parts);
  ids.insert(ids.end(), parts.begin(), parts.end());
}

void BytePair::encode_plain(std::string_view text, std::vector<int64_t>& ids) const {
  for (const std::string_view piece : text_pieces(text, rules_)) encode_piece(piece, ids);
}

std::vector<int64_t> BytePair::encode(std::string_view text, bool plain) const {
  std::vector<int64_t> ids;
  size_t begin = 0;
  for (size_t at = 0; !plain && at < text.size();) {
    const auto here = std::ranges::find_if(
        specials_, [&](const auto& s) { return text.substr(at).starts_with(s.first); });
    if (here == specials_.end()) {
      ++at;
      continue;
    }
    encode_plain(text.substr(begin, at - begin), ids);
    ids.push_back(here->second);
    begin = at = at + here->first.size();
  }
  encode_plain(text.substr(begin), ids);
  return ids;
}

std::string BytePair::decode(std::span<const int64_t> ids) const {
  std::string text;
  for (const int64_t id : ids) {
    require(id >= 0 && id < size(), "decode: token {} of {}", id, size());
    text += bytes_[static_cast<size_t>(id)];
  }
  return text;
}

}  // namespace offprint::data
