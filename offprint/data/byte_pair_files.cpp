// Tokenisers out of model files.
#include <algorithm>
#include <array>

#include "offprint/core/error.h"
#include "offprint/core/json.h"
#include "offprint/data/byte_pair.h"

namespace offprint::data {
namespace {

constexpr int64_t kControl = 3, kUserDefined = 4;  // token types of GGUF

struct Named {
  std::string_view name;  // of GGUF's tokenizer.ggml.pre
  PieceRules rules;
};
constexpr auto kNamed = std::to_array<Named>({{"gpt-2", PieceRules::gpt2},
                                              {"default", PieceRules::gpt2},
                                              {"smollm", PieceRules::smollm},
                                              {"llama-bpe", PieceRules::llama3},
                                              {"llama3", PieceRules::llama3},
                                              {"qwen2", PieceRules::qwen2}});

std::pair<std::string, std::string> merge_from(const Json& entry, const std::string& source) {
  if (entry.is_array() && entry.size() == 2 && entry[0].is_string() && entry[1].is_string())
    return {entry[0].get<std::string>(), entry[1].get<std::string>()};
  const auto text = entry.is_string() ? entry.get<std::string>() : "";
  // The alphabet has no space, so that the one there is parts the two.
  const size_t space = text.find(' ');
  require(space != text.npos && space > 0 && space + 1 < text.size(),
          "{}: merge {} is not two tokens", source, json_text(entry));
  return {text.substr(0, space), text.substr(space + 1)};
}

// What the pre-tokeniser's JSON says: its patterns and flags as one text to look things up in.
PieceRules rules_from(const Json& pre, const std::string& source) {
  const std::string text = json_text(pre);
  const auto has = [&](std::string_view part) { return text.find(part) != text.npos; };
  require(has("\"ByteLevel\""), "{}: its pre-tokeniser is not byte-level", source);
  if (has("\\\\p{N}{1,3}")) return PieceRules::llama3;
  if (has("[\\\\r\\\\n]*|\\\\s*[\\\\r\\\\n]+")) return PieceRules::qwen2;
  require(!has("\"Split\""),
          "{}: its pre-tokeniser's pattern is not one of GPT-2, SmolLM, Llama 3 "
          "and Qwen 2",
          source);
  return has("\"Digits\"") && has("\"individual_digits\":true") ? PieceRules::smollm
                                                                : PieceRules::gpt2;
}

}  // namespace

BytePair BytePair::from_gguf(const Gguf& file) {
  const std::string& source = file.source();
  const Json& about = file.metadata();
  const auto model = json_get<std::string>(about, "tokenizer.ggml.model", source);
  require(model == "gpt2", "{}: its tokeniser is '{}', expected gpt2", source, model);
  const auto pre = about.contains("tokenizer.ggml.pre")
                       ? json_get<std::string>(about, "tokenizer.ggml.pre", source)
                       : "default";
  const auto* named = std::ranges::find(kNamed, pre, &Named::name);
  require(named != kNamed.end(),
          "{}: pre-tokeniser '{}' is not one of gpt-2 smollm llama-bpe qwen2", source, pre);
  BytePairTables t;
  t.source = source, t.rules = named->rules;
  t.whole_pieces = t.rules == PieceRules::llama3;
  t.tokens = json_get<std::vector<std::string>>(about, "tokenizer.ggml.tokens", source);
  for (const Json& merge : json_member(about, "tokenizer.ggml.merges", source))
    t.merges.push_back(merge_from(merge, source));
  if (about.contains("tokenizer.ggml.token_type")) {
    const auto types = json_get<std::vector<int64_t>>(about, "tokenizer.ggml.token_type", source);
    require(types.size() == t.tokens.size(), "{}: {} token types of {} tokens", source,
            types.size(), t.tokens.size());
    for (size_t id = 0; id < types.size(); ++id)
      if (types[id] == kControl || types[id] == kUserDefined)
        t.specials.push_back(static_cast<int64_t>(id));
  }
  return BytePair(t);
}

BytePair BytePair::from_json(const std::filesystem::path& path) {
  const std::string source = path.string();
  const Json file = parse_json(read_file(path), source);
  const Json& model = json_member(file, "model", source);
  const Json& vocabulary = json_member(model, "vocab", source);
  require(vocabulary.is_object(), "{}: its vocabulary is {}, expected an object", source,
          json_kind(vocabulary));
  std::vector<std::pair<int64_t, std::string>> tokens;
  for (const auto& [token, id] : vocabulary.items()) {
    require(id.is_number_integer(), "{}: token '{}' has no number", source, token);
    tokens.emplace_back(id.get<int64_t>(), token);
  }
  BytePairTables t;
  t.source = source;
  if (file.contains("added_tokens"))
    for (const Json& added : file["added_tokens"]) {
      const auto id = json_get<int64_t>(added, "id", source);
      const auto content = json_get<std::string>(added, "content", source);
      if (!vocabulary.contains(content)) tokens.emplace_back(id, content);
      t.specials.push_back(id);
    }
  std::ranges::sort(tokens);
  for (const auto& [id, token] : tokens) {
    require(id == static_cast<int64_t>(t.tokens.size()), "{}: tokens jump from {} to {}", source,
            static_cast<int64_t>(t.tokens.size()) - 1, id);
    t.tokens.push_back(token);
  }
  for (const Json& merge : json_member(model, "merges", source))
    t.merges.push_back(merge_from(merge, source));
  t.rules = rules_from(json_member(file, "pre_tokenizer", source), source);
  t.whole_pieces = model.value("ignore_merges", false);
  if (model.contains("unk_token") && model["unk_token"].is_string()) {
    const auto found = std::ranges::find(t.tokens, model["unk_token"].get<std::string>());
    require(found != t.tokens.end(), "{}: its unknown token is no token", source);
    t.unknown = found - t.tokens.begin();
  }
  return BytePair(t);
}

}  // namespace offprint::data
