// --speculate and --drafts, of the verbs that write with a language model.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "offprint/tasks/generate.h"

namespace CLI {
class App;
}

namespace offprint::cli {

struct SpeculationFlags {
  std::string from;  // "ngram", a GGUF file, or empty: no speculation
  int64_t drafts = tasks::Speculation{}.drafts;
};
void add_speculation_flags(CLI::App& verb, SpeculationFlags& flags);

// Throws Error where `drafts` makes no sense; before a model is read.
void check(const SpeculationFlags& flags);

// The option for `model`; a draft model that was read lies in `drafter`, which must outlive it.
// Throws Error where its tokens are others than the model's.
std::optional<tasks::Speculation> speculation(const SpeculationFlags& flags,
                                              const tasks::LanguageModelFile& model,
                                              std::optional<tasks::LanguageModelFile>& drafter);

}  // namespace offprint::cli
