// What TeX's commands are in Unicode, and letters of its alphabets: Greek, double struck, script.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace offprint::web {

enum class Symbol { letter, operation, function };
struct MathSymbol {
  std::string_view text;
  Symbol kind;
};
// Of a command without its backslash: "alpha", "leq", "log".
std::optional<MathSymbol> math_symbol(std::string_view command);

// The letter or digit in an alphabet ("mathbb", "mathcal", "mathbf", ...) as Unicode has it; itself
// where it has none.
std::string letter_of(std::string_view alphabet, char letter);

// The sign above a letter for "hat", "bar", "tilde", ...; "" for other commands.
std::string_view accent_of(std::string_view command);

}  // namespace offprint::web
