// Directed graphs as Graphviz writes them: a small part of the DOT language, enough for a causal
// graph by hand. graphviz.org/doc/info/lang.html
#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace offprint::data {

struct DotGraph {
  std::vector<std::string> nodes;                          // as they first appear
  std::vector<std::pair<std::string, std::string>> edges;  // from, to
};

// digraph NAME { a -> b -> "c d"; {a b} -> e; f; } with comments, attributes in [] passed over and
// ";" optional. Throws Error "g.dot: line 3: ..." on anything else: undirected graphs, subgraphs
// with names, ports, text that is not closed, more than 1e6 characters.
DotGraph parse_dot(std::string_view text, const std::string& source);
DotGraph read_dot(const std::filesystem::path& path);

}  // namespace offprint::data
