#include "offprint/web/math_symbols.h"

#include <algorithm>
#include <array>
#include <utility>

namespace offprint::web {
namespace {

using Pair = std::pair<std::string_view, std::string_view>;

constexpr auto kLetters = std::to_array<Pair>({
    {"alpha", "α"},      {"beta", "β"},    {"gamma", "γ"},  {"delta", "δ"},   {"epsilon", "ϵ"},
    {"varepsilon", "ε"}, {"zeta", "ζ"},    {"eta", "η"},    {"theta", "θ"},   {"vartheta", "ϑ"},
    {"iota", "ι"},       {"kappa", "κ"},   {"lambda", "λ"}, {"mu", "μ"},      {"nu", "ν"},
    {"xi", "ξ"},         {"pi", "π"},      {"rho", "ρ"},    {"sigma", "σ"},   {"tau", "τ"},
    {"upsilon", "υ"},    {"phi", "ϕ"},     {"varphi", "φ"}, {"chi", "χ"},     {"psi", "ψ"},
    {"omega", "ω"},      {"Gamma", "Γ"},   {"Delta", "Δ"},  {"Theta", "Θ"},   {"Lambda", "Λ"},
    {"Xi", "Ξ"},         {"Pi", "Π"},      {"Sigma", "Σ"},  {"Upsilon", "Υ"}, {"Phi", "Φ"},
    {"Psi", "Ψ"},        {"Omega", "Ω"},   {"ell", "ℓ"},    {"hbar", "ℏ"},    {"infty", "∞"},
    {"emptyset", "∅"},   {"partial", "∂"}, {"nabla", "∇"},  {"imath", "ı"},   {"jmath", "ȷ"},
    {"Re", "ℜ"},         {"Im", "ℑ"},      {"aleph", "ℵ"},  {"top", "⊤"},     {"bot", "⊥"},
    {"ldots", "…"},      {"dots", "…"},    {"cdots", "⋯"},  {"vdots", "⋮"},   {"ddots", "⋱"},
    {"circ", "∘"},       {"dagger", "†"},  {"star", "⋆"},   {"degree", "°"},  {"prime", "′"},
});

constexpr auto kOperations = std::to_array<Pair>({
    {"times", "×"},
    {"cdot", "⋅"},
    {"div", "÷"},
    {"pm", "±"},
    {"mp", "∓"},
    {"ast", "∗"},
    {"oplus", "⊕"},
    {"otimes", "⊗"},
    {"odot", "⊙"},
    {"leq", "≤"},
    {"le", "≤"},
    {"geq", "≥"},
    {"ge", "≥"},
    {"neq", "≠"},
    {"ne", "≠"},
    {"approx", "≈"},
    {"sim", "∼"},
    {"simeq", "≃"},
    {"cong", "≅"},
    {"equiv", "≡"},
    {"propto", "∝"},
    {"ll", "≪"},
    {"gg", "≫"},
    {"lesssim", "≲"},
    {"gtrsim", "≳"},
    {"in", "∈"},
    {"notin", "∉"},
    {"ni", "∋"},
    {"subset", "⊂"},
    {"subseteq", "⊆"},
    {"supset", "⊃"},
    {"supseteq", "⊇"},
    {"cup", "∪"},
    {"cap", "∩"},
    {"setminus", "∖"},
    {"forall", "∀"},
    {"exists", "∃"},
    {"neg", "¬"},
    {"land", "∧"},
    {"lor", "∨"},
    {"wedge", "∧"},
    {"vee", "∨"},
    {"to", "→"},
    {"rightarrow", "→"},
    {"leftarrow", "←"},
    {"leftrightarrow", "↔"},
    {"Rightarrow", "⇒"},
    {"Leftarrow", "⇐"},
    {"Leftrightarrow", "⇔"},
    {"iff", "⇔"},
    {"implies", "⇒"},
    {"mapsto", "↦"},
    {"uparrow", "↑"},
    {"downarrow", "↓"},
    {"sum", "∑"},
    {"prod", "∏"},
    {"int", "∫"},
    {"oint", "∮"},
    {"bigcup", "⋃"},
    {"bigcap", "⋂"},
    {"mid", "∣"},
    {"parallel", "∥"},
    {"perp", "⟂"},
    {"angle", "∠"},
    {"langle", "⟨"},
    {"rangle", "⟩"},
    {"lfloor", "⌊"},
    {"rfloor", "⌋"},
    {"lceil", "⌈"},
    {"rceil", "⌉"},
    {"vert", "|"},
    {"Vert", "‖"},
    {"lVert", "‖"},
    {"rVert", "‖"},
    {"lvert", "|"},
    {"rvert", "|"},
    {"colon", ":"},
    {"triangleq", "≜"},
    {"coloneqq", "≔"},
    {"succ", "≻"},
    {"prec", "≺"},
    {"models", "⊨"},
    {"vdash", "⊢"},
    {"lbrace", "{"},
    {"rbrace", "}"},
    {"backslash", "\\"},
    {"bullet", "∙"},
    {"bigoplus", "⨁"},
});

constexpr auto kFunctions = std::to_array<std::string_view>(
    {"log",    "ln",     "exp",     "sin", "cos",  "tan", "sinh",   "cosh",   "tanh",
     "arcsin", "arccos", "arctan",  "max", "min",  "sup", "inf",    "lim",    "det",
     "dim",    "ker",    "arg",     "deg", "gcd",  "Pr",  "argmax", "argmin", "diag",
     "tr",     "rank",   "softmax", "sgn", "sign", "poly"});

constexpr auto kAccents = std::to_array<Pair>({
    {"hat", "^"},
    {"widehat", "^"},
    {"tilde", "~"},
    {"widetilde", "~"},
    {"bar", "¯"},
    {"overline", "¯"},
    {"vec", "→"},
    {"dot", "˙"},
    {"ddot", "¨"},
    {"check", "ˇ"},
});

std::string utf8(char32_t c) {
  const auto byte = [](char32_t value) { return static_cast<char>(value); };
  if (c < 0x80) return {byte(c)};
  if (c < 0x10000)
    return {byte(0xe0 | c >> 12), byte(0x80 | (c >> 6 & 0x3f)), byte(0x80 | (c & 0x3f))};
  return {byte(0xf0 | c >> 18), byte(0x80 | (c >> 12 & 0x3f)), byte(0x80 | (c >> 6 & 0x3f)),
          byte(0x80 | (c & 0x3f))};
}

// Letters that were in Unicode before its block of mathematical alphabets.
struct Earlier {
  char letter;
  char32_t code;
};
constexpr auto kStruck = std::to_array<Earlier>({{'C', 0x2102},
                                                 {'H', 0x210d},
                                                 {'N', 0x2115},
                                                 {'P', 0x2119},
                                                 {'Q', 0x211a},
                                                 {'R', 0x211d},
                                                 {'Z', 0x2124}});
constexpr auto kScript = std::to_array<Earlier>({{'B', 0x212c},
                                                 {'E', 0x2130},
                                                 {'F', 0x2131},
                                                 {'H', 0x210b},
                                                 {'I', 0x2110},
                                                 {'L', 0x2112},
                                                 {'M', 0x2133},
                                                 {'R', 0x211b},
                                                 {'e', 0x212f},
                                                 {'g', 0x210a},
                                                 {'o', 0x2134}});

// Where an alphabet's A, a and 0 stand; 0: it has none.
struct Alphabet {
  std::string_view command;
  char32_t upper, lower, zero;
};
constexpr auto kAlphabets = std::to_array<Alphabet>({{"mathbb", 0x1d538, 0x1d552, 0x1d7d8},
                                                     {"mathbf", 0x1d400, 0x1d41a, 0x1d7ce},
                                                     {"boldsymbol", 0x1d468, 0x1d482, 0x1d7ce},
                                                     {"bm", 0x1d468, 0x1d482, 0x1d7ce},
                                                     {"mathcal", 0x1d49c, 0x1d4b6, 0},
                                                     {"mathscr", 0x1d49c, 0x1d4b6, 0},
                                                     {"mathsf", 0x1d5a0, 0x1d5ba, 0x1d7e2},
                                                     {"mathtt", 0x1d670, 0x1d68a, 0x1d7f6}});

template <class Table>
auto found(const Table& table, std::string_view name) {
  return std::ranges::find(table, name, &Pair::first);
}

}  // namespace

std::optional<MathSymbol> math_symbol(std::string_view command) {
  if (const auto one = found(kLetters, command); one != kLetters.end())
    return MathSymbol{one->second, Symbol::letter};
  if (const auto one = found(kOperations, command); one != kOperations.end())
    return MathSymbol{one->second, Symbol::operation};
  if (const auto one = std::ranges::find(kFunctions, command); one != kFunctions.end())
    return MathSymbol{*one, Symbol::function};
  return std::nullopt;
}

std::string letter_of(std::string_view alphabet, char letter) {
  const auto known = std::ranges::find(kAlphabets, alphabet, &Alphabet::command);
  const auto earlier = [&](const auto& table) {
    const auto one = std::ranges::find(table, letter, &Earlier::letter);
    return one == table.end() ? char32_t{0} : one->code;
  };
  if (known == kAlphabets.end()) return {letter};
  if (known->command == "mathbb" && earlier(kStruck)) return utf8(earlier(kStruck));
  if (known->upper == 0x1d49c && earlier(kScript)) return utf8(earlier(kScript));
  const auto from = [&](char32_t first, char base) {
    return utf8(first + static_cast<char32_t>(letter - base));
  };
  if (letter >= 'A' && letter <= 'Z') return from(known->upper, 'A');
  if (letter >= 'a' && letter <= 'z') return from(known->lower, 'a');
  if (letter >= '0' && letter <= '9' && known->zero) return from(known->zero, '0');
  return {letter};
}

std::string_view accent_of(std::string_view command) {
  const auto one = found(kAccents, command);
  return one == kAccents.end() ? "" : one->second;
}

}  // namespace offprint::web
