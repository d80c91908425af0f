// The fast path behind decoder.h; call that one. Weights stay quantised in panels
// (kernels/quant_matmul.h), activations are rounded to 8 bits for the products and are float32
// between them. A token's logits have the same bits however its text was cut into calls, whatever
// is computed beside it and on any number of threads.
#pragma once
#include <span>

#include "offprint/kernels/quant_matmul.h"
#include "offprint/models/decoder.h"

namespace offprint::models {

struct PackedBlock {
  kernels::QuantMatrix query, key, value, output, gate, up, down;
};

struct PackedWeights {
  kernels::QuantMatrix embedding, head;  // the same panels where the file has no other head
  std::vector<PackedBlock> blocks;
};

// Where keys and values of a cache lie: (depth,2,capacity,kv_heads,d); and, for sparse attention,
// means of its keys: (depth,capacity / kSummaryRows,kv_heads,d), there for whole ones before
// `past`.
struct KvRoom {
  float* values;
  int64_t capacity, past;
  float* summaries;  // or null
};

// tokens -> logits (last,V) of what follows the last ones; keys and values go to `room` from
// `past`.
void forward_fast(const Decoder& model, std::span<const int64_t> tokens, const KvRoom& room,
                  int64_t last, float* logits);

}  // namespace offprint::models
