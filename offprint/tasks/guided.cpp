#include "offprint/tasks/guided.h"

#include <algorithm>
#include <limits>

#include "offprint/core/error.h"

namespace offprint::tasks {

std::shared_ptr<data::TokenMasks> guide(const LanguageModelFile& m, data::GrammarRule rule) {
  std::vector<std::string> bytes(static_cast<size_t>(m.tokens.size()));
  for (int64_t id = 0; id < m.tokens.size(); ++id)
    bytes[static_cast<size_t>(id)] = m.tokens.decode(std::vector{id});
  for (const std::string& special : m.tokens.specials())
    for (const int64_t id : m.tokens.encode(special)) bytes[static_cast<size_t>(id)].clear();
  return std::make_shared<data::TokenMasks>(data::GrammarStates(std::move(rule.grammar), rule.rule),
                                            std::move(bytes), m.ends);
}

std::optional<Tensor> masked(const Tensor& logits, std::span<const uint64_t> allowed) {
  require_dim(logits, 1, "masking", "logits", "(V)");
  if (std::ranges::all_of(allowed, [](uint64_t word) { return word == 0; })) return std::nullopt;
  Tensor out = logits.to(at::kFloat).contiguous().clone();
  float* value = out.mutable_data_ptr<float>();
  for (int64_t id = 0; id < out.size(0); ++id)
    if ((allowed[static_cast<size_t>(id) / 64] >> (static_cast<size_t>(id) % 64) & 1) == 0)
      value[id] = -std::numeric_limits<float>::infinity();
  return out;
}

}  // namespace offprint::tasks
