#include "offprint/models/decoder_fast.h"

#include <doctest/doctest.h>

#include <cmath>

#include "offprint/core/file.h"
#include "offprint/data/byte_pair.h"
#include "offprint/data/catalog.h"
#include "offprint/data/weights.h"
#include "tests/data/scratch.h"
#include "tests/models/tiny_decoder.h"

using namespace offprint;
using namespace offprint::models;

namespace {

// Four formats, a vocabulary and a feed that are no multiple of 16.
Decoder tiny(const char* architecture, BlockFormat format) {
  const data::Scratch scratch;
  write_tiny_decoder(scratch / "m.gguf", {.architecture = architecture,
                                          .width = 256,
                                          .feed = 512,
                                          .heads = 8,
                                          .kv_heads = 2,
                                          .context = 320,
                                          .format = format});
  return load_decoder(data::Gguf(scratch / "m.gguf"));
}

Tensor in_pieces(const Decoder& m, const Tensor& tokens, int64_t piece) {
  KvCache cache;
  std::vector<Tensor> logits;
  for (int64_t at = 0; at < tokens.numel(); at += piece)
    logits.push_back(forward(m, tokens.narrow(0, at, std::min(piece, tokens.numel() - at)), cache));
  return at::cat(logits);
}

}  // namespace

TEST_CASE("fast decoder: the same bits in any pieces, on any number of threads, with any past") {
  const int before = at::get_num_threads();
  for (const char* architecture : {"llama", "qwen2"})
    for (const BlockFormat format :
         {BlockFormat::q4_1, BlockFormat::q8_0, BlockFormat::tq2_0, BlockFormat::f16}) {
      CAPTURE(architecture);
      CAPTURE(layout_of(format).name);
      const Decoder m = tiny(architecture, format);
      Rng rng(8);
      const Tensor tokens = rng.integers({300}, 258);  // longer than what goes through at once
      at::set_num_threads(1);
      const Tensor whole = in_pieces(m, tokens, 300);
      CHECK(whole.isfinite().all().item<bool>());
      for (const int threads : {1, 2, 3}) {
        at::set_num_threads(threads);
        for (const int64_t piece : {1, 5, 16, 300}) CHECK(in_pieces(m, tokens, piece).equal(whole));
      }
      KvCache cache;
      CHECK(forward(m, tokens, cache, 3).equal(whole.narrow(0, 297, 3)));
      KvCache back = cache.truncated(120);
      CHECK(forward(m, tokens.narrow(0, 120, 9), back).equal(whole.narrow(0, 120, 9)));
    }
  at::set_num_threads(before);
}

TEST_CASE("fast decoder, sparse: the same bits in any pieces, after a cut and after dense steps") {
  const int before = at::get_num_threads();
  const Decoder dense = tiny("llama", BlockFormat::q8_0);
  Decoder m = dense;
  m.sparse = {.top_k = 1, .initial = 0, .local = 2, .dense_below = 0};
  Rng rng(8);
  const Tensor tokens = rng.integers({320}, 258), whole = in_pieces(m, tokens, 320);
  CHECK(whole.narrow(0, 0, 192).equal(in_pieces(dense, tokens.narrow(0, 0, 192), 192)));
  CHECK(!whole.narrow(0, 192, 128).equal(in_pieces(dense, tokens, 320).narrow(0, 192, 128)));
  for (const int threads : {1, 2}) {
    at::set_num_threads(threads);
    for (const int64_t piece : {1, 5, 16}) CHECK(in_pieces(m, tokens, piece).equal(whole));
  }
  KvCache cache;
  forward(dense, tokens.narrow(0, 0, 150), cache);
  KvCache copy = cache;
  CHECK(forward(m, tokens.narrow(0, 150, 170), copy).equal(whole.narrow(0, 150, 170)));
  Tensor other = tokens.narrow(0, 100, 200).flip(0);
  KvCache back = copy.truncated(100);
  forward(m, other, back);  // must leave the first one's means alone
  KvCache again = copy.truncated(140);
  CHECK(forward(m, tokens.narrow(0, 140, 180), again).equal(whole.narrow(0, 140, 180)));
  // A sole owner writes over its own tokens, here by dense steps that make no means.
  KvCache own;
  forward(m, at::cat({tokens.narrow(0, 0, 100), other}), own);
  own = own.truncated(100);
  forward(dense, tokens.narrow(0, 100, 90), own);
  CHECK(forward(m, tokens.narrow(0, 190, 130), own).equal(whole.narrow(0, 190, 130)));
  m.sparse.top_k = 5;  // all there is
  CHECK(in_pieces(m, tokens, 320).equal(in_pieces(dense, tokens, 320)));
  at::set_num_threads(before);
}

TEST_CASE("fast decoder: agrees with the exact one") {
  for (const char* architecture : {"llama", "qwen2"})
    for (const BlockFormat format : {BlockFormat::q4_0, BlockFormat::q8_0, BlockFormat::f32}) {
      CAPTURE(architecture);
      CAPTURE(layout_of(format).name);
      const data::Scratch scratch;
      write_tiny_decoder(scratch / "m.gguf",
                         {.architecture = architecture, .width = 64, .feed = 96, .format = format});
      const data::Gguf file(scratch / "m.gguf");
      Rng rng(9);
      const Tensor tokens = rng.integers({40}, 258);
      const Tensor exact = in_pieces(load_decoder(file, Precision::exact), tokens, 40);
      const double off = relative_error(in_pieces(load_decoder(file), tokens, 40), exact);
      CHECK(off < (format == BlockFormat::f32 ? 1e-5 : 0.08));
      CHECK(off > 0);
    }
}

// What 8-bit activations cost on a real text, against float32 throughout.
TEST_CASE("fast decoder: SmolLM2 finds a text as likely as the exact one, and the same tokens") {
  const auto folder = data::find_weights("smollm2");
  const auto text = data::find_set("kjv");
  if (!folder || !text) {
    MESSAGE("skipped: smollm2 or kjv is not here");
    return;
  }
  const data::Gguf file(*folder / "SmolLM2-135M-Instruct.Q4_1.gguf");
  const std::string read = read_file(*text / "kjv.txt").substr(0, 4000);
  std::vector<int64_t> ids = data::BytePair::from_gguf(file).encode(read);
  ids.resize(400);
  const Tensor tokens = at::tensor(ids, at::kLong);
  const auto log_p = [&](Precision precision) {
    return at::log_softmax(in_pieces(load_decoder(file, precision), tokens, 400).to(at::kDouble),
                           1);
  };
  const Tensor exact = log_p(Precision::exact), fast = log_p(Precision::fast);
  const auto [top, where] = exact.topk(20, 1);
  const Tensor off = (fast.gather(1, where) - top).abs().flatten();
  const double same = (fast.argmax(1) == exact.argmax(1)).to(at::kDouble).mean().item<double>();
  const auto nats = [&](const Tensor& p) {
    return -p.narrow(0, 0, 399)
                .gather(1, tokens.narrow(0, 1, 399).unsqueeze(1))
                .mean()
                .item<double>();
  };
  const Tensor sorted = std::get<0>(off.sort());
  const double median = sorted[4000].item<double>(), most = sorted[7920].item<double>();
  MESSAGE("of the 20 likeliest: median |delta log p| "
          << median << ", 99 % below " << most << "; the same likeliest token " << same
          << "; nats a token " << nats(exact) << " and " << nats(fast));
  CHECK(median <= 0.04);
  CHECK(most <= 0.25);
  CHECK(same >= 0.99);
  CHECK(std::abs(std::exp(nats(fast) - nats(exact)) - 1) <= 0.005);
}
