// A language model of the Llama family, from its own GGUF file: RMSNorm, rotary positions, grouped
// queries, SwiGLU. Touvron et al. 2023 (Llama), arXiv 2302.13971, section 2.2; Ainslie et al. 2023
// (grouped queries), arXiv 2305.13245.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "offprint/core/rng.h"
#include "offprint/data/gguf.h"
#include "offprint/kernels/sparse_attention.h"
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

// fast: weights stay quantised (decoder_fast.h): a token's logits have the same bits however its
// text is cut into calls and on any number of threads. The default, of replay too.
// exact: weights dequantised to float32 and plain matrix products, which round differently for
// other lengths: the oracle of the fast one.
enum class Precision { exact, fast };

struct DecoderBlock {
  Tensor attention_norm, feed_norm;         // (D)
  Tensor query, key, value, output;         // (heads d,D), (kv_heads d,D) twice, (D,heads d)
  Tensor query_bias, key_bias, value_bias;  // of qwen2
  Tensor gate, up, down;                    // (F,D) twice, (D,F)
};

struct PackedWeights;

// Of a fast decoder, matrices are in `packed` and undefined here.
struct Decoder {
  DecoderOptions options;
  Tensor embedding, norm, head;  // (V,D), (D), (V,D): the embedding where the file has no other
  std::vector<DecoderBlock> blocks;
  nn::Rotary rotary;
  kernels::SparseOptions sparse;  // of every block; may be changed at any time
  std::shared_ptr<const PackedWeights> packed;
};

// Throws Error, one line with the path, on architectures that do not run yet, on sizes that do not
// fit together, on tensors that are missing or of another shape, and on kinds of rope scaling that
// are not known. The file may go afterwards: panels are a copy of its size (formats without a
// product of their own grow to float32, see quant_matmul.h).
Decoder load_decoder(const data::Gguf& file, Precision precision = Precision::fast);

// Keys and values of the tokens so far, a value: copies go on independently, and share what they
// have in common until then. Appending to the longest copy is in place.
class KvCache {
 public:
  int64_t length() const { return length_; }
  // The first `length` tokens. Throws Error on more than there are.
  KvCache truncated(int64_t length) const;

 private:
  friend Tensor forward(const Decoder& model, const Tensor& tokens, KvCache& cache, int64_t last);
  struct Store;
  void make_room(const DecoderOptions& o, int64_t length);
  void summarise(int64_t past);
  std::shared_ptr<Store> store_;
  int64_t length_ = 0;
};

// tokens (T) int64 after those in the cache -> logits (T,V) of what follows each, or (last,V) of
// the last ones; the cache then holds all. Throws Error past the context and on tokens outside the
// vocabulary.
Tensor forward(const Decoder& model, const Tensor& tokens, KvCache& cache, int64_t last);
inline Tensor forward(const Decoder& model, const Tensor& tokens, KvCache& cache) {
  return forward(model, tokens, cache, tokens.numel());
}

}  // namespace offprint::models
