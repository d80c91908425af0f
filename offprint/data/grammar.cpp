#include "offprint/data/grammar.h"

#include <algorithm>
#include <set>
#include <string>

#include "offprint/core/error.h"

namespace offprint::data {
namespace {

constexpr int32_t kUnknown = -2;
constexpr size_t kMostSituations = 20'000;  // of one state; beyond it a rule calls itself

std::string utf8(uint32_t point) {
  const auto byte = [](uint32_t value) { return static_cast<char>(value); };
  if (point < 0x80) return {byte(point)};
  if (point < 0x800) return {byte(0xC0 | point >> 6), byte(0x80 | (point & 63))};
  if (point < 0x10000)
    return {byte(0xE0 | point >> 12), byte(0x80 | (point >> 6 & 63)), byte(0x80 | (point & 63))};
  return {byte(0xF0 | point >> 18), byte(0x80 | (point >> 12 & 63)), byte(0x80 | (point >> 6 & 63)),
          byte(0x80 | (point & 63))};
}

using Range = std::pair<uint8_t, uint8_t>;

// Sequences of byte ranges that together are all strings from low to high, both of n bytes whose
// later bytes are 0x80 .. 0xBF.
void split(const std::string& low, const std::string& high, std::vector<Range> before,
           std::vector<std::vector<Range>>& all) {
  const size_t at = before.size(), n = low.size();
  const auto byte = [](const std::string& s, size_t i) { return static_cast<uint8_t>(s[i]); };
  if (at == n) {
    all.push_back(std::move(before));
    return;
  }
  const auto rest = [&](char c) { return std::string(n - at - 1, c); };
  const bool whole_low = low.substr(at + 1) == rest('\x80');
  const bool whole_high = high.substr(at + 1) == rest('\xBF');
  const uint8_t a = byte(low, at), b = byte(high, at);
  const auto go = [&](uint8_t first, uint8_t last, const std::string& l, const std::string& h) {
    auto now = before;
    now.emplace_back(first, last);
    split(low.substr(0, at + 1) + l, high.substr(0, at + 1) + h, std::move(now), all);
  };
  if (a == b) return go(a, b, low.substr(at + 1), high.substr(at + 1));
  const uint8_t from = static_cast<uint8_t>(whole_low ? a : a + 1);
  const uint8_t until = static_cast<uint8_t>(whole_high ? b : b - 1);
  if (!whole_low) go(a, a, low.substr(at + 1), rest('\xBF'));
  if (from <= until) go(from, until, rest('\x80'), rest('\xBF'));
  if (!whole_high) go(b, b, rest('\x80'), high.substr(at + 1));
}

}  // namespace

int32_t Grammar::node() {
  nodes_.emplace_back();
  return static_cast<int32_t>(nodes_.size()) - 1;
}

void Grammar::join(int32_t from, int32_t to) {
  nodes_[static_cast<size_t>(from)].edges.push_back({Kind::nothing, 0, 0, to, 0});
}

Grammar::Piece Grammar::empty() {
  const int32_t only = node();
  return {only, only};
}

Grammar::Piece Grammar::bytes(uint8_t low, uint8_t high) {
  const Piece piece{node(), node()};
  nodes_[static_cast<size_t>(piece.begin)].edges.push_back({Kind::byte, low, high, piece.end, 0});
  return piece;
}

Grammar::Piece Grammar::text(std::string_view text) {
  std::vector<Piece> parts = {empty()};
  for (const char c : text)
    parts.push_back(bytes(static_cast<uint8_t>(c), static_cast<uint8_t>(c)));
  return sequence(parts);
}

Grammar::Piece Grammar::characters(uint32_t low, uint32_t high) {
  require(low <= high && high <= 0x10FFFF, "grammar: characters {} to {}", low, high);
  constexpr std::array<std::pair<uint32_t, uint32_t>, 5> kWidths = {
      {{0, 0x7F}, {0x80, 0x7FF}, {0x800, 0xD7FF}, {0xE000, 0xFFFF}, {0x10000, 0x10FFFF}}};
  std::vector<Piece> ways;
  for (const auto& [from, until] : kWidths) {
    const uint32_t a = std::max(low, from), b = std::min(high, until);
    if (a > b) continue;
    std::vector<std::vector<Range>> all;
    split(utf8(a), utf8(b), {}, all);
    for (const auto& ranges : all) {
      std::vector<Piece> parts;
      for (const auto& [first, last] : ranges) parts.push_back(bytes(first, last));
      ways.push_back(sequence(parts));
    }
  }
  return choice(ways);
}

Grammar::Piece Grammar::sequence(const std::vector<Piece>& parts) {
  if (parts.empty()) return empty();
  for (size_t i = 1; i < parts.size(); ++i) join(parts[i - 1].end, parts[i].begin);
  return {parts.front().begin, parts.back().end};
}

Grammar::Piece Grammar::choice(const std::vector<Piece>& parts) {
  const Piece piece{node(), node()};
  for (const Piece& part : parts) join(piece.begin, part.begin), join(part.end, piece.end);
  return piece;
}

Grammar::Piece Grammar::repeat(const std::function<Piece()>& part, int64_t least, int64_t most) {
  std::vector<Piece> parts = {empty()};
  for (int64_t i = 0; i < least; ++i) parts.push_back(part());
  if (most < 0) {
    const Piece loop = part();
    const Piece around{node(), node()};
    join(around.begin, loop.begin), join(loop.end, around.begin), join(around.begin, around.end);
    parts.push_back(around);
    return sequence(parts);
  }
  const int32_t end = node();
  for (int64_t i = least; i < most; ++i) {
    join(parts.back().end, end);
    // Not through sequence: the way out stands between the parts.
    parts.push_back(part());
  }
  const Piece all = sequence(parts);
  join(all.end, end);
  return {all.begin, end};
}

int32_t Grammar::declare() {
  rules_.push_back(kUnknown);
  return static_cast<int32_t>(rules_.size()) - 1;
}

void Grammar::define(int32_t rule, Piece piece) {
  rules_[static_cast<size_t>(rule)] = piece.begin;
  nodes_[static_cast<size_t>(piece.end)].ends = true;
}

Grammar::Piece Grammar::call(int32_t rule) {
  const Piece piece{node(), node()};
  nodes_[static_cast<size_t>(piece.begin)].edges.push_back({Kind::call, 0, 0, piece.end, rule});
  return piece;
}

GrammarStates::GrammarStates(Grammar grammar, int32_t rule) : grammar_(std::move(grammar)) {
  start_ = state_of({{grammar_.rules_[static_cast<size_t>(rule)], 0}});
}

int32_t GrammarStates::called(int32_t back, int32_t calls) {
  // Where nothing but the rule's end comes after the call, it need not come back here.
  const auto node = [&]() -> const Grammar::Node& {
    return grammar_.nodes_[static_cast<size_t>(back)];
  };
  while (!node().ends && node().edges.size() == 1 && node().edges[0].kind == Grammar::Kind::nothing)
    back = node().edges[0].to;
  if (node().ends && node().edges.empty()) return calls;
  const auto [it, fresh] =
      call_ids_.try_emplace({back, calls}, static_cast<int32_t>(calls_.size()));
  if (fresh) calls_.emplace_back(back, calls);
  return it->second;
}

int32_t GrammarStates::state_of(std::vector<Situation> open) {
  std::set<Situation> seen(open.begin(), open.end());
  State state;
  while (!open.empty()) {
    const auto [at, calls] = open.back();
    open.pop_back();
    require(seen.size() < kMostSituations, "grammar: a rule that calls itself before any text");
    const auto go = [&](int32_t node, int32_t below) {
      if (seen.insert({node, below}).second) open.emplace_back(node, below);
    };
    const Grammar::Node& node = grammar_.nodes_[static_cast<size_t>(at)];
    bool reads = false;
    for (const Grammar::Edge& edge : node.edges) {
      if (edge.kind == Grammar::Kind::byte) reads = true;
      if (edge.kind == Grammar::Kind::nothing) go(edge.to, calls);
      if (edge.kind == Grammar::Kind::call)
        go(grammar_.rules_[static_cast<size_t>(edge.rule)], called(edge.to, calls));
    }
    if (reads) state.situations.emplace_back(at, calls);
    if (!node.ends) continue;
    if (calls == 0)
      state.accepts = true;
    else
      go(calls_[static_cast<size_t>(calls)].first, calls_[static_cast<size_t>(calls)].second);
  }
  if (state.situations.empty() && !state.accepts) return kDead;
  std::ranges::sort(state.situations);
  const auto [it, fresh] = state_ids_.try_emplace({state.accepts, state.situations},
                                                  static_cast<int32_t>(states_.size()));
  if (fresh) {
    state.next.fill(kUnknown);
    states_.push_back(std::move(state));
  }
  return it->second;
}

int32_t GrammarStates::next(int32_t state, uint8_t byte) {
  if (state == kDead) return kDead;
  const int32_t known = states_[static_cast<size_t>(state)].next[byte];
  if (known != kUnknown) return known;
  std::vector<Situation> open;
  for (const auto& [at, calls] : states_[static_cast<size_t>(state)].situations)
    for (const Grammar::Edge& edge : grammar_.nodes_[static_cast<size_t>(at)].edges)
      if (edge.kind == Grammar::Kind::byte && edge.low <= byte && byte <= edge.high)
        open.emplace_back(edge.to, calls);
  const int32_t to = open.empty() ? kDead : state_of(std::move(open));
  return states_[static_cast<size_t>(state)].next[byte] = to;
}

int32_t GrammarStates::next(int32_t state, std::string_view text) {
  for (const char c : text) state = next(state, static_cast<uint8_t>(c));
  return state;
}

}  // namespace offprint::data
