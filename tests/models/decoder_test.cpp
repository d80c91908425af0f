#include "offprint/models/decoder.h"

#include <doctest/doctest.h>

#include "tests/data/scratch.h"
#include "tests/models/tiny_decoder.h"

using namespace offprint;
using namespace offprint::models;
using data::message_of;

namespace {

Decoder tiny(const TinyDecoder& t = {}) {
  const data::Scratch scratch;
  write_tiny_decoder(scratch / "m.gguf", t);
  return load_decoder(data::Gguf(scratch / "m.gguf"));
}

Tensor some_tokens(int64_t n) {
  Rng rng(3);
  return rng.integers({n}, 258);
}

Tensor at_once(const Decoder& m, const Tensor& tokens) {
  KvCache cache;
  return forward(m, tokens, cache);
}

}  // namespace

TEST_CASE("decoder: all at once, in pieces and token by token give the same logits") {
  for (const char* architecture : {"llama", "qwen2"}) {
    CAPTURE(architecture);
    const Decoder m = tiny({.architecture = architecture});
    const Tensor tokens = some_tokens(20), whole = at_once(m, tokens);
    CHECK(whole.sizes() == at::IntArrayRef({20, 258}));
    for (const int64_t piece : {1, 3, 7}) {
      KvCache cache;
      for (int64_t at = 0; at < 20; at += piece) {
        const int64_t n = std::min(piece, 20 - at);
        CHECK(max_abs_diff(forward(m, tokens.narrow(0, at, n), cache), whole.narrow(0, at, n)) <
              1e-4);
      }
      CHECK(cache.length() == 20);
    }
  }
}

TEST_CASE("decoder: what comes later changes nothing before it, and positions count") {
  const Decoder m = tiny();
  Tensor tokens = some_tokens(12);
  const Tensor before = at_once(m, tokens);
  tokens[11] = (tokens[11] + 1).remainder(258);
  const Tensor after = at_once(m, tokens);
  CHECK(max_abs_diff(before.narrow(0, 0, 11), after.narrow(0, 0, 11)) < 1e-5);
  CHECK(max_abs_diff(before[11], after[11]) > 1e-2);
  const Tensor same = at::full({6}, 5, at::kLong);
  Tensor other = same.clone();
  other[0] = 9;
  Tensor moved = same.clone();
  moved[3] = 9;
  CHECK(max_abs_diff(at_once(m, other)[5], at_once(m, moved)[5]) > 1e-4);
}

TEST_CASE("decoder: a cache is a value: copies go on by themselves, and can be cut back") {
  const Decoder m = tiny();
  const Tensor tokens = some_tokens(10);
  KvCache cache;
  forward(m, tokens.narrow(0, 0, 6), cache);
  KvCache copy = cache;
  const Tensor left = at::full({1}, 1, at::kLong), right = at::full({1}, 2, at::kLong);
  forward(m, left, cache), forward(m, right, copy);  // the second must not overwrite the first
  const auto expected = [&](const Tensor& third) {
    return at_once(m, at::cat({tokens.narrow(0, 0, 6), third, tokens.narrow(0, 6, 1)}))[7];
  };
  CHECK(max_abs_diff(forward(m, tokens.narrow(0, 6, 1), cache)[0], expected(left)) < 1e-4);
  CHECK(max_abs_diff(forward(m, tokens.narrow(0, 6, 1), copy)[0], expected(right)) < 1e-4);
  KvCache back = cache.truncated(4);
  CHECK(max_abs_diff(forward(m, tokens.narrow(0, 4, 1), back)[0], at_once(m, tokens)[4]) < 1e-4);
  CHECK(cache.length() == 8);
  CHECK_THROWS_WITH_AS(back.truncated(6), "cache of 5 tokens, expected at least 6", Error);
}

TEST_CASE("decoder: quantised weights are read through their blocks") {
  const Decoder plain = tiny({.feed = 64});
  const Decoder quantised = tiny({.feed = 64, .format = BlockFormat::q8_0});
  const Tensor tokens = some_tokens(8);
  const double off = relative_error(at_once(quantised, tokens), at_once(plain, tokens));
  CHECK(off > 1e-5);
  CHECK(off < 0.05);
}

TEST_CASE("decoder: tokens and lengths that do not fit are one line") {
  const Decoder m = tiny();
  KvCache cache;
  CHECK_THROWS_WITH_AS(forward(m, at::tensor({258}, at::kLong), cache),
                       "decoder: a token outside 0 .. 257", Error);
  CHECK_THROWS_WITH_AS(forward(m, some_tokens(65), cache),
                       "decoder: 65 tokens, expected at most 64", Error);
  CHECK_THROWS_AS(forward(m, at::empty({0}, at::kLong), cache), Error);
}

TEST_CASE("decoder: files that are no model we run are one line") {
  const data::Scratch scratch;
  const auto said = [&](const Json& about, const std::vector<data::GgufValues>& tensors) {
    data::write_gguf(scratch / "m.gguf", about, tensors);
    return message_of(scratch, [&] { load_decoder(data::Gguf(scratch / "m.gguf")); });
  };
  CHECK(said({{"general.architecture", "mamba"}}, {}) ==
        "m.gguf: architecture 'mamba' does not run yet, expected llama or qwen2");
  CHECK(said({{"general.architecture", "llama"}}, {}).find("llama.embedding_length") !=
        std::string::npos);
  write_tiny_decoder(scratch / "t.gguf");
  const data::Gguf good(scratch / "t.gguf");
  std::vector<data::GgufValues> tensors;
  for (const auto& t : good.tensors()) tensors.push_back({t.name, data::dequantized(t)});
  Json about = good.metadata();
  about["llama.attention.head_count_kv"] = 3;
  CHECK(said(about, tensors).find("do not fit together") != std::string::npos);
  about = good.metadata();
  about["llama.feed_forward_length"] = 64;
  CHECK(said(about, tensors) ==
        "m.gguf: tensor 'blk.0.ffn_gate.weight' is (48,32), expected (64,32)");
  about = good.metadata();
  about["llama.rope.scaling.type"] = "yarn";
  CHECK(said(about, tensors) == "m.gguf: rope scaling is not known here");
  tensors.pop_back();
  CHECK(said(good.metadata(), tensors).find("no tensor 'blk.1.ffn_down.weight'") !=
        std::string::npos);
}
