#include "offprint/data/byte_pair.h"

#include <doctest/doctest.h>

#include "offprint/core/rng.h"
#include "offprint/data/weights.h"
#include "tests/data/scratch.h"

using namespace offprint;
using namespace offprint::data;

namespace {

// GPT-2's alphabet, then what is given.
BytePairTables tables(std::vector<std::pair<std::string, std::string>> merges,
                      const std::vector<std::string>& specials = {}) {
  BytePairTables t;
  t.source = "here";
  uint32_t next = 256;
  for (uint32_t byte = 0; byte < 256; ++byte) {
    const bool printable =
        (byte >= '!' && byte <= '~') || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
    const uint32_t point = printable ? byte : next++;
    t.tokens.push_back(point < 0x80 ? std::string(1, static_cast<char>(point))
                                    : std::string{static_cast<char>(0xC0 | point >> 6),
                                                  static_cast<char>(0x80 | (point & 63))});
  }
  for (const auto& [left, right] : merges) t.tokens.push_back(left + right);
  t.merges = std::move(merges);
  for (const std::string& special : specials) {
    t.specials.push_back(static_cast<int64_t>(t.tokens.size()));
    t.tokens.push_back(special);
  }
  return t;
}

std::vector<std::string> cut(const BytePair& b, std::string_view text, bool plain = false) {
  std::vector<std::string> out;
  for (const int64_t id : b.encode(text, plain)) out.push_back(b.decode(std::vector{id}));
  return out;
}

using Pieces = std::vector<std::string>;

}  // namespace

TEST_CASE("byte pairs: the pair learnt first is merged first, the leftmost of equals") {
  const BytePair b(tables({{"b", "c"}, {"a", "b"}, {"a", "a"}, {"aa", "a"}}));
  CHECK(cut(b, "abc") == Pieces{"a", "bc"});  // bc before ab
  CHECK(cut(b, "ab") == Pieces{"ab"});
  CHECK(cut(b, "aaaaa") == Pieces{"aa", "aaa"});  // aa aa a, then the last two
  CHECK(cut(b, "a b") == Pieces{"a", " ", "b"});  // nothing across pieces
}

TEST_CASE("byte pairs: specials are tokens where asked for, else text; the longest wins") {
  const BytePair b(tables({}, {"<|x|>", "<|x|>y"}));
  CHECK(cut(b, "a<|x|>b<|x|>y") == Pieces{"a", "<|x|>", "b", "<|x|>y"});
  CHECK(cut(b, "<|x|>", true).size() == 5);
  CHECK(b.id_of("<|x|>") == 256);
  CHECK(!b.id_of("none"));
}

TEST_CASE("byte pairs: any bytes come back, long runs too") {
  const BytePair b(tables({{"a", "a"}, {"aa", "aa"}, {"\xC4\xA0", "a"}}, {"<s>"}));
  Rng rng(3);
  for (int i = 0; i < 300; ++i) {
    std::string text;
    for (int64_t n = rng.integer(60); n > 0; --n)
      text += rng.integer(3) == 0 ? 'a' : static_cast<char>(rng.integer(256));
    CHECK(b.decode(b.encode(text)) == text);
  }
  const std::string run(20001, 'a');
  CHECK(b.encode(run).size() == 5001);
  CHECK(b.decode(b.encode(run)) == run);
}

TEST_CASE("byte pairs: a whole piece that is a token is taken, where the family does so") {
  BytePairTables t = tables({});
  t.tokens.push_back("abc");  // no merge leads to it
  CHECK(BytePair(t).encode("abc").size() == 3);
  t.whole_pieces = true;
  CHECK(BytePair(t).encode("abc").size() == 1);
}

TEST_CASE("byte pairs: a byte without token is the unknown one, or left out where there is none") {
  BytePairTables t = tables({});
  t.tokens['b'] = "other";
  CHECK(cut(BytePair(t), "abc") == Pieces{"a", "c"});
  t.unknown = 'b';
  CHECK(cut(BytePair(t), "abc") == Pieces{"a", "other", "c"});
}

TEST_CASE("byte pairs: tables that do not fit together are one line") {
  const auto said = [](const BytePairTables& t) {
    try {
      BytePair b(t);
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  BytePairTables twice = tables({});
  twice.tokens.push_back("a");
  CHECK(said(twice) == "here: two tokens 'a'");
  BytePairTables far = tables({});
  far.unknown = 256;
  CHECK(said(far) == "here: unknown token 256 of 256 tokens");
  BytePairTables merge = tables({{"a", "b"}});
  merge.tokens.pop_back();
  CHECK(said(merge) == "here: merge 0 of 'a' and 'b' is of no tokens");
  const BytePair b(tables({}));
  CHECK_THROWS_WITH_AS(b.decode(std::vector<int64_t>{256}), "decode: token 256 of 256", Error);
}

TEST_CASE("byte pairs: a tokenizer.json and a GGUF of the same tables encode alike") {
  const Scratch scratch;
  const BytePairTables t = tables({{"l", "o"}, {"lo", "w"}}, {"<|end|>"});
  Json vocabulary = Json::object(), merges = Json::array(), types = Json::array();
  for (size_t id = 0; id < t.tokens.size(); ++id) {
    if (id + 1 < t.tokens.size()) vocabulary[t.tokens[id]] = id;
    types.push_back(id + 1 < t.tokens.size() ? 1 : 3);
  }
  for (const auto& [left, right] : t.merges) merges.push_back(left + " " + right);
  const Json file = {{"model", {{"vocab", vocabulary}, {"merges", merges}}},
                     {"added_tokens", {{{"id", t.tokens.size() - 1}, {"content", "<|end|>"}}}},
                     {"pre_tokenizer",
                      {{"type", "Sequence"},
                       {"pretokenizers",
                        {{{"type", "Digits"}, {"individual_digits", true}},
                         {{"type", "ByteLevel"}, {"use_regex", true}}}}}}};
  const BytePair json = BytePair::from_json(scratch.write("tokenizer.json", json_text(file)));
  write_gguf(scratch / "t.gguf",
             {{"tokenizer.ggml.model", "gpt2"},
              {"tokenizer.ggml.pre", "smollm"},
              {"tokenizer.ggml.tokens", t.tokens},
              {"tokenizer.ggml.merges", merges},
              {"tokenizer.ggml.token_type", types}},
             {});
  const BytePair gguf = BytePair::from_gguf(Gguf(scratch / "t.gguf"));
  const std::string text = "low 42 lo<|end|>w";
  CHECK(json.encode(text) == gguf.encode(text));
  CHECK(cut(gguf, text) == Pieces{"low", " ", "4", "2", " ", "lo", "<|end|>", "w"});
  const auto bad = scratch.write("bad.json", R"({"model": {"vocab": [], "merges": []}})");
  CHECK(message_of(scratch, [&] { BytePair::from_json(bad); }) ==
        "bad.json: its vocabulary is a list, expected an object");
}

TEST_CASE("byte pairs: SmolLM2's own tokeniser, as its reference cuts") {
  const auto folder = find_weights("smollm2");
  if (!folder) {
    MESSAGE("skipped: smollm2 is not here, ./start installs it");
    return;
  }
  const BytePair b = BytePair::from_gguf(Gguf(*folder / "SmolLM2-135M-Instruct.Q4_1.gguf"));
  CHECK(b.size() == 49152);
  CHECK(b.encode("<|im_start|>user\n").front() == 1);
  // From the tokenizers package, with this vocabulary and these merges.
  CHECK(b.encode("Hello world, it's 2024!") ==
        std::vector<int64_t>{19556, 905, 28, 357, 506, 216, 34, 32, 34, 36, 17});
}
