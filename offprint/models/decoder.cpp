#include "offprint/models/decoder.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "offprint/core/error.h"
#include "offprint/models/decoder_fast.h"

namespace offprint::models {

// (depth,2,capacity,kv_heads,d); `used` of the capacity are taken by the longest of its owners.
// What others own is never written again, so means of keys hold for all owners.
struct KvCache::Store {
  Tensor values;
  int64_t used = 0;
  Tensor summaries;  // (depth,capacity / kSummaryRows,kv_heads,d) once sparse attention wants them
  int64_t summarised = 0;
};

namespace {

constexpr int64_t kFirstRoom = 64;  // tokens; doubled where they do not do

Tensor rms_norm(const Tensor& x, const Tensor& weight, double epsilon) {
  return x * (x.square().mean(-1, true) + epsilon).rsqrt() * weight;
}

Tensor heads_of(const Tensor& x, const Tensor& weight, const Tensor& bias, int64_t heads) {
  return at::linear(x, weight, bias).view({1, x.size(0), heads, -1});  // (1,T,heads,d)
}

// past and new keys (L,kv_heads,d) as each query head sees them: (1,heads,L,d)
Tensor for_queries(const Tensor& kv, int64_t heads) {
  const int64_t L = kv.size(0), groups = kv.size(1), d = kv.size(2);
  return kv.permute({1, 0, 2})
      .unsqueeze(1)
      .expand({groups, heads / groups, L, d})
      .reshape({1, heads, L, d});
}

// Step by step by the slow reference.
Tensor attend_sparsely(const kernels::SparseOptions& sparse, const Tensor& q, const Tensor& keys,
                       const Tensor& values, int64_t past) {
  const int64_t T = q.size(1), heads = q.size(2), kv_heads = keys.size(1);
  const int64_t serves = heads / kv_heads;
  const double scale = 1 / std::sqrt(static_cast<double>(q.size(3)));
  const Tensor y = at::empty({T, heads, q.size(3)});
  for (int64_t t = 0; t < T; ++t)
    for (int64_t h = 0; h < kv_heads; ++h) {
      const auto seen = [&](const Tensor& x) { return x.narrow(0, 0, past + t + 1).select(1, h); };
      y[t].narrow(0, h * serves, serves)
          .copy_(kernels::sparse_attention_reference(q[0][t].narrow(0, h * serves, serves),
                                                     seen(keys), seen(values), scale, sparse));
    }
  return y.reshape({T, -1});
}

Tensor attend(const Tensor& q, const Tensor& keys, const Tensor& values, int64_t past) {
  const int64_t T = q.size(1), heads = q.size(2), L = keys.size(0);
  std::optional<Tensor> mask;  // one step sees all there is
  if (T > 1) {                 // step t sees past + t + 1 tokens
    const auto whole = at::TensorOptions().dtype(at::kLong);
    mask = at::arange(L, whole).unsqueeze(0) <= at::arange(T, whole).unsqueeze(1) + past;
  }
  const Tensor y = at::scaled_dot_product_attention(q.transpose(1, 2), for_queries(keys, heads),
                                                    for_queries(values, heads), mask);
  return y.transpose(1, 2).reshape({T, -1});
}

Tensor forward_exact(const Decoder& m, const Tensor& tokens, const Tensor& stored, int64_t past,
                     int64_t last) {
  const DecoderOptions& o = m.options;
  const int64_t T = tokens.size(0);
  Tensor x = at::embedding(m.embedding, tokens);  // (T,D)
  for (int64_t i = 0; i < o.depth; ++i) {
    const DecoderBlock& b = m.blocks[static_cast<size_t>(i)];
    const Tensor n = rms_norm(x, b.attention_norm, o.norm_epsilon);
    const Tensor q = nn::rotate(m.rotary, heads_of(n, b.query, b.query_bias, o.heads), past);
    const Tensor kv = stored.select(0, i);  // (2,capacity,kv_heads,d)
    kv.select(0, 0)
        .narrow(0, past, T)
        .copy_(nn::rotate(m.rotary, heads_of(n, b.key, b.key_bias, o.kv_heads), past).squeeze(0));
    kv.select(0, 1)
        .narrow(0, past, T)
        .copy_(heads_of(n, b.value, b.value_bias, o.kv_heads).squeeze(0));
    const Tensor seen = kv.narrow(1, 0, past + T);
    const Tensor keys = seen.select(0, 0), values = seen.select(0, 1);
    const Tensor attended = m.sparse.top_k > 0 ? attend_sparsely(m.sparse, q, keys, values, past)
                                               : attend(q, keys, values, past);
    x = x + at::linear(attended, b.output);
    const Tensor f = rms_norm(x, b.feed_norm, o.norm_epsilon);
    x = x + at::linear(at::silu(at::linear(f, b.gate)) * at::linear(f, b.up), b.down);
  }
  return at::linear(rms_norm(x.narrow(0, T - last, last), m.norm, o.norm_epsilon), m.head);
}

}  // namespace

KvCache KvCache::truncated(int64_t length) const {
  require(length >= 0 && length <= length_, "cache of {} tokens, expected at least {}", length_,
          length);
  KvCache copy = *this;
  copy.length_ = length;
  return copy;
}

// Afterwards the store is long enough, and nobody else's tokens stand where ours will.
void KvCache::make_room(const DecoderOptions& o, int64_t length) {
  const int64_t capacity = store_ ? store_->values.size(2) : 0;
  // A sole owner writes over what it was truncated from.
  const bool last = store_ && (store_->used == length_ || store_.use_count() == 1);
  if (last && capacity >= length) {
    store_->used = length;
    store_->summarised = std::min(store_->summarised, length_ / kernels::kSummaryRows);
    return;
  }
  int64_t room = std::max(kFirstRoom, capacity);
  while (room < length) room *= 2;
  auto fresh = std::make_shared<Store>();
  fresh->values = at::empty({o.depth, 2, room, o.kv_heads, o.head_size});
  fresh->used = length;
  if (length_ > 0) fresh->values.narrow(2, 0, length_).copy_(store_->values.narrow(2, 0, length_));
  store_ = std::move(fresh);
}

// Means of the keys that a dense decoder, or another owner, wrote before `past`.
void KvCache::summarise(int64_t past) {
  constexpr int64_t kRows = kernels::kSummaryRows;
  Store& s = *store_;
  const int64_t depth = s.values.size(0), width = s.values.size(3) * s.values.size(4);
  if (!s.summaries.defined())
    s.summaries = at::empty({depth, s.values.size(2) / kRows, s.values.size(3), s.values.size(4)});
  for (; s.summarised < past / kRows; ++s.summarised)
    for (int64_t i = 0; i < depth; ++i)
      kernels::summarise_rows(s.values[i][0][s.summarised * kRows].const_data_ptr<float>(), width,
                              width, s.summaries[i][s.summarised].mutable_data_ptr<float>());
  s.summarised = length_ / kRows;
}

Tensor forward(const Decoder& m, const Tensor& tokens, KvCache& cache, int64_t last) {
  const DecoderOptions& o = m.options;
  kernels::check(m.sparse);
  require(tokens.dim() == 1 && tokens.size(0) >= 1, "decoder: tokens are {}, expected (T), T >= 1",
          shape_text(tokens));
  const int64_t past = cache.length(), T = tokens.size(0);
  require(past + T <= o.context, "decoder: {} tokens, expected at most {}", past + T, o.context);
  require(tokens.min().item<int64_t>() >= 0 && tokens.max().item<int64_t>() < o.vocabulary,
          "decoder: a token outside 0 .. {}", o.vocabulary - 1);
  require(last >= 1 && last <= T, "decoder: the last {} of {} tokens", last, T);
  const at::NoGradGuard no_grad;
  cache.make_room(o, past + T);
  Tensor& stored = cache.store_->values;
  cache.length_ = past + T;
  if (m.packed == nullptr) return forward_exact(m, tokens, stored, past, last);
  float* summaries = nullptr;
  if (m.sparse.top_k > 0) {
    cache.summarise(past);
    summaries = cache.store_->summaries.mutable_data_ptr<float>();
  }
  const Tensor logits = at::empty({last, o.vocabulary}), flat = tokens.to(at::kLong).contiguous();
  forward_fast(m, {flat.const_data_ptr<int64_t>(), static_cast<size_t>(T)},
               {stored.mutable_data_ptr<float>(), stored.size(2), past, summaries}, last,
               logits.mutable_data_ptr<float>());
  return logits;
}

}  // namespace offprint::models
