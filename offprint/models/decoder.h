// A language model of the Llama family, from its own GGUF file: RMSNorm, rotary positions, grouped
// queries, SwiGLU. Touvron et al. 2023 (Llama), arXiv 2302.13971, section 2.2; Ainslie et al. 2023
// (grouped queries), arXiv 2305.13245. Weights are dequantised to float32: this is the reference
// that faster paths are held against.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "offprint/core/rng.h"
#include "offprint/data/gguf.h"
#include "offprint/nn/norm.h"
#include "offprint/nn/rotary.h"

namespace offprint::models {

struct DecoderOptions {
  std::string architecture = "llama";      // llama (Mistral, SmolLM), qwen2
  int64_t vocabulary = 0, context = 0;     // V, most positions
  int64_t width = 0, depth = 0, feed = 0;  // D, blocks, F inside the feed-forward
  int64_t heads = 0, kv_heads = 0;         // a key and value head serves heads / kv_heads queries
  int64_t head_size = 0;                   // d
  double norm_epsilon = 1e-5, rope_base = 1e4;
};

struct DecoderBlock {
  Tensor attention_norm, feed_norm;         // (D)
  Tensor query, key, value, output;         // (heads d,D), (kv_heads d,D) twice, (D,heads d)
  Tensor query_bias, key_bias, value_bias;  // of qwen2
  Tensor gate, up, down;                    // (F,D) twice, (D,F)
};

struct Decoder {
  DecoderOptions options;
  Tensor embedding, norm, head;  // (V,D), (D), (V,D): the embedding where the file has no other
  std::vector<DecoderBlock> blocks;
  nn::Rotary rotary;
};

// Throws Error, one line with the path, on architectures that do not run yet, on sizes that do not
// fit together, on tensors that are missing or of another shape, and on kinds of rope scaling that
// are not known.
Decoder load_decoder(const data::Gguf& file);

// Keys and values of the tokens so far, a value: copies go on independently, and share what they
// have in common until then. Appending to the longest copy is in place.
class KvCache {
 public:
  int64_t length() const { return length_; }
  // The first `length` tokens. Throws Error on more than there are.
  KvCache truncated(int64_t length) const;

 private:
  friend Tensor forward(const Decoder& model, const Tensor& tokens, KvCache& cache);
  struct Store;
  void make_room(const DecoderOptions& o, int64_t length);
  std::shared_ptr<Store> store_;
  int64_t length_ = 0;
};

// tokens (T) int64 after those in the cache -> logits (T,V) of what follows each; the cache then
// holds them too. Throws Error past the context and on tokens outside the vocabulary.
Tensor forward(const Decoder& model, const Tensor& tokens, KvCache& cache);

}  // namespace offprint::models
