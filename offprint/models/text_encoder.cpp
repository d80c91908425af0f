#include "offprint/models/text_encoder.h"

#include <ATen/ops/linalg_vector_norm.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "offprint/core/error.h"
#include "offprint/core/json.h"

namespace offprint::models {
namespace {

namespace fs = std::filesystem;

using Ids = std::vector<int64_t>;

// Tokens worked on together: enough to fill the products, few enough for the caches.
constexpr size_t kTokensTogether = 1024;

fs::path vocabulary_in(const fs::path& folder) {
  std::error_code ignored;
  const fs::path json = folder / "tokenizer.json";
  return fs::exists(json, ignored) ? json : folder / "vocab.txt";
}

int64_t token_limit(const fs::path& folder, int64_t positions) {
  const fs::path path = folder / "sentence_bert_config.json";
  std::error_code ignored;
  if (!fs::exists(path, ignored)) return positions;
  const auto limit = json_get<int64_t>(read_json(path), "max_seq_length", path.string());
  require(limit >= 2 && limit <= positions, "{}: 'max_seq_length' is {}, expected 2 to {}",
          path.string(), limit, positions);
  return limit;
}

void require_mean_pooling(const fs::path& folder) {
  const fs::path path = folder / "1_Pooling" / "config.json";
  std::error_code ignored;
  if (!fs::exists(path, ignored)) return;
  const Json pooling = read_json(path);
  for (const auto& [key, value] : pooling.items())
    if (key.starts_with("pooling_mode_"))
      require(value == (key == "pooling_mode_mean_tokens"),
              "{}: '{}' is {}, expected pooling by the mean over tokens", path.string(), key,
              json_text(value));
}

// Places of the texts by length, so that neighbours have equal work and share attention.
std::vector<size_t> by_length(const std::vector<Ids>& texts) {
  std::vector<size_t> order(texts.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::stable_sort(order, {}, [&](size_t i) { return texts[i].size(); });
  return order;
}

Tensor scaled_to_one(const Tensor& x) {
  return x / at::linalg_vector_norm(x, 2, -1, true).clamp_min(1e-12);
}

}  // namespace

TextEncoder::TextEncoder(const fs::path& folder, BertPrecision precision)
    : tokens_(vocabulary_in(folder)),
      bert_(read_bert(data::read_safetensors(folder / "model.safetensors"),
                      read_bert_options(folder / "config.json"), precision)),
      most_tokens_(token_limit(folder, bert_.options.positions)) {
  require_mean_pooling(folder);
  require(tokens_.size() <= bert_.options.vocabulary,
          "{}: the tokeniser has {} pieces, but the model {}", folder.string(), tokens_.size(),
          bert_.options.vocabulary);
}

Tensor TextEncoder::embed(std::span<const std::string> texts) const {
  const at::NoGradGuard no_grad;
  std::vector<Ids> ids(texts.size());
  at::parallel_for(0, static_cast<int64_t>(texts.size()), 16, [&](int64_t begin, int64_t end) {
    for (auto i = static_cast<size_t>(begin); i < static_cast<size_t>(end); ++i)
      ids[i] = tokens_.encode(texts[i], static_cast<size_t>(most_tokens_));
  });
  const std::vector<size_t> order = by_length(ids);
  const Tensor out = at::empty({static_cast<int64_t>(texts.size()), width()});
  for (size_t first = 0, last = 0; first < order.size(); first = last) {
    Ids packed, lengths;
    for (; last < order.size(); ++last) {
      const Ids& text = ids[order[last]];
      if (last > first && packed.size() + text.size() > kTokensTogether) break;
      packed.insert(packed.end(), text.begin(), text.end());
      lengths.push_back(static_cast<int64_t>(text.size()));
    }
    const Tensor hidden = forward(bert_, at::tensor(packed), lengths);
    int64_t at = 0;
    for (size_t i = first; i < last; at += lengths[i++ - first])
      out[static_cast<int64_t>(order[i])].copy_(hidden.narrow(0, at, lengths[i - first]).mean(0));
  }
  return scaled_to_one(out);
}

Tensor TextEncoder::embed(std::string_view text) const {
  const std::string one(text);
  return embed(std::span(&one, 1))[0];
}

}  // namespace offprint::models
