// Which tokens may come next in a text that obeys a grammar, as bits. A state's mask is made once:
// tokens in the order of their bytes share what they begin with.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "offprint/data/grammar.h"

namespace offprint::data {

class TokenMasks {
 public:
  // tokens: bytes by id, empty for those that are no text (never allowed). `ends` end a text, and
  // are allowed where the grammar's text is whole.
  TokenMasks(GrammarStates states, std::vector<std::string> tokens, std::vector<int64_t> ends);
  int32_t start() const { return states_.start(); }
  // Bit id % 64 of word id / 64; valid until the next call.
  std::span<const uint64_t> allowed(int32_t state);
  bool accepts(int32_t state) const { return states_.accepts(state); }
  // GrammarStates::kDead after a token that was not allowed.
  int32_t next(int32_t state, int64_t token);
  int32_t next_text(int32_t state, std::string_view text) { return states_.next(state, text); }
  // What must come next: bytes as long as there is one alone that may follow and the text may not
  // end, `most` of them at most.
  std::string forced(int32_t state, size_t most = 256);
  // The text is whole and nothing may follow.
  bool finished(int32_t state) { return accepts(state) && only_byte(state) == kNone; }

 private:
  static constexpr int16_t kNone = -1, kSeveral = 256, kUnknown = 257;
  int16_t only_byte(int32_t state);  // that may follow, or one of these

  GrammarStates states_;
  std::vector<std::string> tokens_;
  std::vector<int64_t> ends_, order_;         // order: ids of text by their bytes
  std::vector<size_t> shared_;                // bytes that order_[i] begins with like order_[i - 1]
  std::vector<std::vector<uint64_t>> masks_;  // by state; empty: not made yet
  size_t made_ = 0;
  std::vector<int16_t> only_;  // by state
};

}  // namespace offprint::data
