// "did you mean": the known word nearest to a mistyped one.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace offprint {

// Smallest number of insertions, deletions, replacements and swaps of neighbours that turn a into
// b.
int edit_distance(std::string_view a, std::string_view b);

// The nearest of `known` if it is near enough to be meant (a third of the word wrong at most), or
// one that begins with `word`; the first of equals.
std::optional<std::string> nearest_word(std::string_view word, std::span<const std::string> known);

// ", did you mean 'hippo'?" or nothing: the tail of an error message.
std::string did_you_mean(std::string_view word, std::span<const std::string> known);

}  // namespace offprint
