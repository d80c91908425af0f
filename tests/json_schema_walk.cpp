// For tests/peers/json_schema.py. Reads lines {"schema": ..., "samples": n, "documents": [...]} and
// answers each with {"samples": [texts drawn at random from the schema's grammar], "accepted":
// [whether each document is reachable byte by byte]}.
#include <iostream>
#include <string>

#include "offprint/core/rng.h"
#include "offprint/data/json_schema.h"

using namespace offprint;

namespace {

constexpr size_t kLongest = 20'000;

// Any byte that may come, quotation marks and ends more often so that texts end at all.
std::string walk(data::GrammarStates& states, Rng& rng) {
  std::string text;
  int32_t state = states.start();
  while (text.size() < kLongest) {
    std::vector<uint8_t> choices;
    for (int byte = 0; byte < 256; ++byte)
      if (states.next(state, static_cast<uint8_t>(byte)) >= 0)
        choices.insert(choices.end(),
                       byte == '"'                                  ? 60
                       : byte == '\\' || byte == '}' || byte == ']' ? 8
                                                                    : 1,
                       static_cast<uint8_t>(byte));
    if (states.accepts(state) && (choices.empty() || rng.uniform() < 0.3)) return text;
    const uint8_t byte = choices[static_cast<size_t>(rng.integer(std::ssize(choices)))];
    text += static_cast<char>(byte);
    state = states.next(state, byte);
  }
  return walk(states, rng);
}

}  // namespace

int main() try {
  Rng rng(1);
  for (std::string line; std::getline(std::cin, line);) {
    const Json asked = parse_json(line, "stdin");
    data::GrammarRule made = data::json_schema_grammar(asked["schema"], "schema");
    data::GrammarStates states(std::move(made.grammar), made.rule);
    Json samples = Json::array(), accepted = Json::array();
    for (int i = 0; i < asked["samples"]; ++i) samples.push_back(walk(states, rng));
    for (const Json& document : asked["documents"]) {
      const int32_t state = states.next(states.start(), document.get<std::string>());
      accepted.push_back(state >= 0 && states.accepts(state));
    }
    std::cout << json_text({{"samples", samples}, {"accepted", accepted}}) << std::endl;
  }
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
