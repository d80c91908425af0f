// How byte-level tokenisers cut text before byte pairs are merged: nothing is merged across these
// pieces. Each family has a pattern of its own; what they are is written here as their authors'
// regular expressions, alternatives tried in order at each place.
//   gpt2    's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
//   smollm  every number by itself, then gpt2 between them
//   llama3  (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}
//           | ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
//   qwen2   the same with \p{N} alone
#pragma once
#include <string_view>
#include <vector>

namespace offprint::data {

enum class PieceRules { gpt2, smollm, llama3, qwen2 };

// All of `text`, in order; views into it. A byte that is no UTF-8 is a character of its own that is
// neither letter, number nor space.
std::vector<std::string_view> text_pieces(std::string_view text, PieceRules rules);

}  // namespace offprint::data
