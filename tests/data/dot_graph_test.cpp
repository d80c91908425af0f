// DOT: what is read of it, and where the rest is refused.
#include "offprint/data/dot_graph.h"

#include <doctest/doctest.h>

#include "offprint/core/error.h"

using namespace offprint;
using namespace offprint::data;

namespace {

std::string error_of(std::string_view text) {
  try {
    parse_dot(text, "g.dot");
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("DOT: chains, groups, quotes, comments and attributes") {
  const DotGraph g = parse_dot(
      "// by hand\ndigraph sites {\n  rankdir = LR; node [shape=box]\n"
      "  age -> \"blood pressure\" -> y [label=\"a -> b\"];\n  {y age} -> lab # mutable\n"
      "  /* alone\n */ weight\n}\n",
      "g.dot");
  CHECK(g.nodes == std::vector<std::string>{"age", "blood pressure", "y", "lab", "weight"});
  using Edge = std::pair<std::string, std::string>;
  CHECK(g.edges ==
        std::vector<Edge>{
            {"age", "blood pressure"}, {"blood pressure", "y"}, {"y", "lab"}, {"age", "lab"}});
  CHECK(parse_dot("digraph{}", "g.dot").nodes.empty());
}

TEST_CASE("DOT: what is wrong is one line with its place") {
  CHECK(error_of("graph { a -- b }") == "g.dot: line 1: an undirected graph, expected 'digraph'");
  CHECK(error_of("digraph {\n a -- b\n}") ==
        "g.dot: line 2: '--', expected '->': arrows have a direction");
  CHECK(error_of("digraph {\n a -> }") == "g.dot: line 2: '}', expected the name of a variable");
  CHECK(error_of("digraph { a -> b") ==
        "g.dot: line 1: the end of the text, expected the name of a variable");
  CHECK(error_of("digraph {\n \"a -> b }") == "g.dot: line 2: a quote is never closed");
  CHECK(error_of("digraph { a } b") == "g.dot: line 1: 'b' after the graph's end");
  CHECK(error_of("a,b\n1,2\n") == "g.dot: line 1: 'a', expected 'digraph'");
  CHECK(error_of("digraph { a:n -> b }") ==
        "g.dot: line 1: a port, expected names of variables alone");
  CHECK(error_of("digraph { /* a ") == "g.dot: line 1: a comment is never closed");
}
