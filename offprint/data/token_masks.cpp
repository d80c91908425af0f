#include "offprint/data/token_masks.h"

#include <algorithm>

namespace offprint::data {
namespace {

constexpr size_t kMostMasks = 4096;  // kept; 25 MB at a vocabulary of 49 152

}  // namespace

TokenMasks::TokenMasks(GrammarStates states, std::vector<std::string> tokens,
                       std::vector<int64_t> ends)
    : states_(std::move(states)), tokens_(std::move(tokens)), ends_(std::move(ends)) {
  for (size_t id = 0; id < tokens_.size(); ++id)
    if (!tokens_[id].empty() && std::ranges::count(ends_, static_cast<int64_t>(id)) == 0)
      order_.push_back(static_cast<int64_t>(id));
  const auto bytes = [&](int64_t id) -> const std::string& {
    return tokens_[static_cast<size_t>(id)];
  };
  std::ranges::sort(order_, [&](int64_t a, int64_t b) { return bytes(a) < bytes(b); });
  shared_.resize(order_.size());
  for (size_t i = 1; i < order_.size(); ++i) {
    const std::string &a = bytes(order_[i - 1]), &b = bytes(order_[i]);
    while (shared_[i] < std::min(a.size(), b.size()) && a[shared_[i]] == b[shared_[i]])
      ++shared_[i];
  }
}

std::span<const uint64_t> TokenMasks::allowed(int32_t state) {
  const auto index = static_cast<size_t>(state);
  if (index < masks_.size() && !masks_[index].empty()) return masks_[index];
  if (made_ >= kMostMasks) masks_.clear(), made_ = 0;
  if (index >= masks_.size()) masks_.resize(index + 1);
  std::vector<uint64_t> mask((tokens_.size() + 63) / 64);
  const auto allow = [&](int64_t id) {
    mask[static_cast<size_t>(id) / 64] |= uint64_t{1} << (static_cast<size_t>(id) % 64);
  };
  // path[d]: the state after d bytes of the last token; `alive` bytes of it led somewhere.
  std::vector<int32_t> path = {state};
  for (size_t i = 0; i < order_.size(); ++i) {
    const std::string& token = tokens_[static_cast<size_t>(order_[i])];
    if (shared_[i] < path.size())
      path.resize(shared_[i] + 1);
    else if (shared_[i] > path.size() - 1)
      continue;  // begins as one that led nowhere
    while (path.size() <= token.size()) {
      const int32_t to = states_.next(path.back(), static_cast<uint8_t>(token[path.size() - 1]));
      if (to == GrammarStates::kDead) break;
      path.push_back(to);
    }
    if (path.size() == token.size() + 1) allow(order_[i]);
  }
  if (states_.accepts(state))
    for (const int64_t id : ends_) allow(id);
  ++made_;
  return masks_[index] = std::move(mask);
}

int16_t TokenMasks::only_byte(int32_t state) {
  const auto index = static_cast<size_t>(state);
  if (index >= only_.size()) only_.resize(index + 1, kUnknown);
  if (only_[index] != kUnknown) return only_[index];
  int16_t only = kNone;
  for (int16_t byte = 0; byte < 256 && only != kSeveral; ++byte)
    if (states_.next(state, static_cast<uint8_t>(byte)) != GrammarStates::kDead)
      only = only == kNone ? byte : kSeveral;
  return only_[index] = only;
}

std::string TokenMasks::forced(int32_t state, size_t most) {
  std::string out;
  while (out.size() < most && !accepts(state)) {
    const int16_t byte = only_byte(state);
    if (byte == kNone || byte == kSeveral) break;
    out += static_cast<char>(byte);
    state = states_.next(state, static_cast<uint8_t>(byte));
  }
  return out;
}

int32_t TokenMasks::next(int32_t state, int64_t token) {
  return states_.next(state, tokens_[static_cast<size_t>(token)]);
}

}  // namespace offprint::data
