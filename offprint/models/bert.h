// BERT's encoder, Devlin et al. 2019 (arXiv 1810.04805), section 3: layers of self-attention and a
// GELU network, each added to its input and normalised after the sum. Inference only.
// Texts lie one behind the other, without padding: no work is done on positions that hold nothing,
// and a text's numbers do not depend on its neighbours.
#pragma once
#include <filesystem>
#include <span>
#include <vector>

#include "offprint/core/tensor.h"
#include "offprint/data/safetensors.h"
#include "offprint/nn/linear.h"
#include "offprint/nn/norm.h"

namespace offprint::models {

struct BertOptions {
  int64_t vocabulary = 0, width = 0, layers = 0, heads = 0;
  int64_t inner = 0;      // width of the GELU network
  int64_t positions = 0;  // the longest text, in tokens
  int64_t types = 2;
  double epsilon = 1e-12;  // of the normalisations
};

// From a config.json. Throws Error, one line with the path, on sizes that are not positive, heads
// that do not divide the width, and on variants that are not BERT's own (exact GELU, absolute
// positions).
BertOptions read_bert_options(const std::filesystem::path& path);

struct BertLayer {
  nn::Linear qkv, output;  // D -> 3D (queries, keys, values), D -> D
  nn::LayerNorm attention_norm;
  nn::Linear inner, outer;  // D -> inner -> D
  nn::LayerNorm norm;
};

struct Bert {
  BertOptions options;
  Tensor words, positions;  // (V,D), (P,D) with the first token type's row added
  nn::LayerNorm norm;
  std::vector<BertLayer> layers;
};

// The precision of the weights and inputs of the large products and of attention. Sums within them
// are float32, and so are normalisations and the running sum of the layers.
enum class BertPrecision { float32, bfloat16 };
BertPrecision fastest_bert_precision();  // bfloat16 where the processor multiplies it natively

// Throws Error naming the file and the tensor if one is missing or of another size.
Bert read_bert(const data::Safetensors& file, const BertOptions& options, BertPrecision precision);

// ids (T) int64: all texts one behind the other; lengths: tokens of each, T together. Returns the
// last layer (T,D) float32. Throws Error on ids outside the vocabulary and texts that are empty or
// longer than the positions.
Tensor forward(const Bert& model, const Tensor& ids, std::span<const int64_t> lengths);

}  // namespace offprint::models
