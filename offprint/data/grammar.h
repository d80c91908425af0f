// Context-free grammars over bytes, and what may come next in a text that obeys one. Rules are
// automata that call each other (Woods 1970, transition networks); texts are followed by the set of
// all their open calls, which are made once and shared.
#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

namespace offprint::data {

class Grammar {
 public:
  // A stretch of a rule, between two of its nodes. Every piece stands in one place: to use
  // something twice, make it twice or call a rule.
  struct Piece {
    int32_t begin = 0, end = 0;
  };
  Piece empty();
  Piece bytes(uint8_t low, uint8_t high);
  Piece text(std::string_view text);
  Piece characters(uint32_t low, uint32_t high);  // code points as UTF-8, without surrogates
  Piece sequence(const std::vector<Piece>& parts);
  Piece choice(const std::vector<Piece>& parts);
  // `most` below 0: without end.
  Piece repeat(const std::function<Piece()>& part, int64_t least, int64_t most);

  int32_t declare();  // a rule, so that it can be called before it is known
  void define(int32_t rule, Piece piece);
  Piece call(int32_t rule);

 private:
  friend class GrammarStates;
  enum class Kind : uint8_t { byte, nothing, call };
  struct Edge {
    Kind kind;
    uint8_t low, high;
    int32_t to, rule;
  };
  struct Node {
    std::vector<Edge> edges;
    bool ends = false;  // its rule
  };
  int32_t node();
  void join(int32_t from, int32_t to);
  std::vector<Node> nodes_;
  std::vector<int32_t> rules_;  // where each begins
};

// States of texts under a grammar, made as they are met; equal situations are one state. Not for
// several threads at once.
class GrammarStates {
 public:
  static constexpr int32_t kDead = -1;
  GrammarStates(Grammar grammar, int32_t rule);
  int32_t start() const { return start_; }
  // kDead where no text goes on so. Throws Error on a rule that calls itself before any byte.
  int32_t next(int32_t state, uint8_t byte);
  int32_t next(int32_t state, std::string_view text);
  bool accepts(int32_t state) const { return states_[static_cast<size_t>(state)].accepts; }

 private:
  using Situation = std::pair<int32_t, int32_t>;  // node, open calls
  struct State {
    std::vector<Situation> situations;
    bool accepts = false;
    std::array<int32_t, 256> next;
  };
  int32_t state_of(std::vector<Situation> open);
  int32_t called(int32_t back, int32_t calls);

  Grammar grammar_;
  std::vector<Situation> calls_ = {{0, 0}};  // where to go back, the calls below; 0: none
  std::map<Situation, int32_t> call_ids_;
  std::vector<State> states_;
  std::map<std::pair<bool, std::vector<Situation>>, int32_t> state_ids_;
  int32_t start_ = 0;
};

}  // namespace offprint::data
