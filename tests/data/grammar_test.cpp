#include "offprint/data/grammar.h"

#include <doctest/doctest.h>

#include "offprint/core/error.h"

using namespace offprint;
using namespace offprint::data;

namespace {

bool takes(GrammarStates& states, std::string_view text) {
  const int32_t state = states.next(states.start(), text);
  return state != GrammarStates::kDead && states.accepts(state);
}

std::string utf8(uint32_t point) {
  const auto byte = [](uint32_t value) { return static_cast<char>(value); };
  if (point < 0x80) return {byte(point)};
  if (point < 0x800) return {byte(0xC0 | point >> 6), byte(0x80 | (point & 63))};
  if (point < 0x10000)
    return {byte(0xE0 | point >> 12), byte(0x80 | (point >> 6 & 63)), byte(0x80 | (point & 63))};
  return {byte(0xF0 | point >> 18), byte(0x80 | (point >> 12 & 63)), byte(0x80 | (point >> 6 & 63)),
          byte(0x80 | (point & 63))};
}

}  // namespace

TEST_CASE("grammar: brackets to any depth, which no automaton without calls can follow") {
  Grammar g;
  const int32_t rule = g.declare();
  g.define(rule, g.choice({g.text("x"), g.sequence({g.text("("), g.call(rule), g.text(")")})}));
  GrammarStates states(g, rule);
  CHECK(takes(states, "x"));
  std::string deep(500, '(');
  deep += 'x';
  deep.append(499, ')');
  CHECK_FALSE(takes(states, deep));
  deep += ')';
  CHECK(takes(states, deep));
  CHECK_FALSE(takes(states, "(x))"));
}

TEST_CASE("grammar: repeats with least and most, and calls at the end that need no way back") {
  Grammar g;
  const int32_t a = g.declare(), list = g.declare();
  g.define(a, g.repeat([&] { return g.text("ab"); }, 2, 4));
  g.define(list, g.choice({g.empty(), g.sequence({g.text("x"), g.call(list)})}));
  GrammarStates states(g, a), lists(g, list);
  for (int n = 0; n < 7; ++n) {
    std::string text;
    for (int i = 0; i < n; ++i) text += "ab";
    CHECK(takes(states, text) == (n >= 2 && n <= 4));
  }
  CHECK(lists.next(lists.start(), "xx") == lists.next(lists.start(), "xxxxxxx"));
  CHECK(takes(lists, "xxx"));
}

TEST_CASE("grammar: ranges of characters are those and no others") {
  for (const auto& [low, high] : {std::pair<uint32_t, uint32_t>{0x20, 0x7F},
                                  {0x70, 0x90},
                                  {0x7F0, 0x1234},
                                  {0xD700, 0xE010},
                                  {0xFFF0, 0x10123},
                                  {0x3FFFF, 0x10FFFF}}) {
    Grammar g;
    const int32_t rule = g.declare();
    g.define(rule, g.characters(low, high));
    GrammarStates states(g, rule);
    for (uint32_t point = 0; point <= 0x10FFFF; point += point < 0x3000 ? 1 : 7) {
      if (point >= 0xD800 && point < 0xE000) continue;
      if (takes(states, utf8(point)) != (point >= low && point <= high)) FAIL(point);
    }
    for (const uint32_t point : {low, high}) CHECK(takes(states, utf8(point)));
    CHECK_FALSE(takes(states, "\xED\xA0\x80"));  // a surrogate
    CHECK_FALSE(takes(states, "\x80"));
  }
}

TEST_CASE("grammar: a rule that calls itself before any text is an error") {
  Grammar g;
  const int32_t rule = g.declare();
  g.define(rule, g.choice({g.text("x"), g.sequence({g.call(rule), g.text("y")})}));
  CHECK_THROWS_AS(GrammarStates(g, rule), Error);
}
