// A language model held to a grammar: of the next token only those may be drawn with which the text
// can still become whole.
#pragma once
#include <memory>

#include "offprint/data/json_schema.h"
#include "offprint/data/token_masks.h"
#include "offprint/tasks/generate.h"

namespace offprint::tasks {

// The masks of this model's tokens; special tokens are no text.
std::shared_ptr<data::TokenMasks> guide(const LanguageModelFile& model, data::GrammarRule rule);

// logits (V) with minus infinity where the token may not be drawn; none where no token may.
std::optional<Tensor> masked(const Tensor& logits, std::span<const uint64_t> allowed);

}  // namespace offprint::tasks
