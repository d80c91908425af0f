// A small language model with random weights in a GGUF file, for tests.
#pragma once
#include <filesystem>

#include "offprint/core/rng.h"
#include "offprint/data/gguf.h"

namespace offprint::models {

struct TinyDecoder {
  std::string architecture = "llama";
  int64_t width = 32, depth = 2, feed = 48, heads = 4, kv_heads = 2, context = 64;
  BlockFormat format = BlockFormat::f32;
  std::string chat_template = {};
};

// The tokens are GPT-2's bytes (0 .. 255 in its order) and "<|end|>" (256).
inline void write_tiny_decoder(const std::filesystem::path& path, const TinyDecoder& t = {}) {
  Json tokens = Json::array(), types = Json::array();
  uint32_t next = 256;
  for (uint32_t byte = 0; byte < 256; ++byte) {
    const bool printable =
        (byte >= '!' && byte <= '~') || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
    const uint32_t point = printable ? byte : next++;
    tokens.push_back(point < 0x80 ? std::string(1, static_cast<char>(point))
                                  : std::string{static_cast<char>(0xC0 | point >> 6),
                                                static_cast<char>(0x80 | (point & 63))});
    types.push_back(1);
  }
  tokens.push_back("<|end|>"), types.push_back(3);
  tokens.push_back("th"), types.push_back(1);
  const auto key = [&](const char* name) { return t.architecture + "." + name; };
  Json about = {{"general.architecture", t.architecture},
                {key("context_length"), t.context},
                {key("embedding_length"), t.width},
                {key("block_count"), t.depth},
                {key("feed_forward_length"), t.feed},
                {key("attention.head_count"), t.heads},
                {key("attention.head_count_kv"), t.kv_heads},
                {key("attention.layer_norm_rms_epsilon"), 1e-5},
                {key("rope.freq_base"), 10000.0},
                {"tokenizer.ggml.model", "gpt2"},
                {"tokenizer.ggml.pre", "gpt-2"},
                {"tokenizer.ggml.tokens", tokens},
                {"tokenizer.ggml.token_type", types},
                {"tokenizer.ggml.merges", {"t h"}},
                {"tokenizer.ggml.eos_token_id", 256}};
  if (!t.chat_template.empty()) about["tokenizer.chat_template"] = t.chat_template;
  const Rng rng(7);
  std::vector<data::GgufValues> all;
  const auto add = [&](const std::string& name, at::IntArrayRef shape) {
    Rng own = rng.split(name);
    Tensor values = own.normal(shape) * 0.3;
    if (name.find("norm") != name.npos) values = values * 0.3 + 1;
    all.push_back({name, values, shape.size() == 2 ? t.format : BlockFormat::f32});
  };
  const int64_t keys = t.kv_heads * (t.width / t.heads);
  add("token_embd.weight", {258, t.width});
  add("output_norm.weight", {t.width});
  for (int64_t i = 0; i < t.depth; ++i) {
    const auto name = [i](const char* part) { return fmt::format("blk.{}.{}", i, part); };
    add(name("attn_norm.weight"), {t.width});
    add(name("attn_q.weight"), {t.width, t.width});
    add(name("attn_k.weight"), {keys, t.width});
    add(name("attn_v.weight"), {keys, t.width});
    add(name("attn_output.weight"), {t.width, t.width});
    if (t.architecture == "qwen2") {
      add(name("attn_q.bias"), {t.width});
      add(name("attn_k.bias"), {keys});
      add(name("attn_v.bias"), {keys});
    }
    add(name("ffn_norm.weight"), {t.width});
    add(name("ffn_gate.weight"), {t.feed, t.width});
    add(name("ffn_up.weight"), {t.feed, t.width});
    add(name("ffn_down.weight"), {t.width, t.feed});
  }
  data::write_gguf(path, about, all);
}

}  // namespace offprint::models
