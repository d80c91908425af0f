#include "offprint/cli/speculation_flags.h"

#include <CLI/CLI.hpp>

#include "offprint/core/error.h"
#include "offprint/tasks/speculation.h"

namespace offprint::cli {

void add_speculation_flags(CLI::App& verb, SpeculationFlags& flags) {
  CLI::Option* from = verb.add_option("--speculate", flags.from,
                                      "guess tokens ahead, the text stays the same: ngram (from "
                                      "the text), or a smaller GGUF model");
  verb.add_option("--drafts", flags.drafts, "most tokens guessed at once")
      ->capture_default_str()
      ->needs(from);
}

void check(const SpeculationFlags& flags) {
  require(flags.drafts >= 1, "--drafts: {}, expected at least 1", flags.drafts);
}

std::optional<tasks::Speculation> speculation(const SpeculationFlags& flags,
                                              const tasks::LanguageModelFile& model,
                                              std::optional<tasks::LanguageModelFile>& drafter) {
  if (flags.from.empty()) return std::nullopt;
  tasks::Speculation options{.drafts = flags.drafts};
  if (flags.from != "ngram") {
    drafter = tasks::load_language_model(flags.from);
    tasks::check_drafter(*drafter, model);
    options.model = &*drafter;
  }
  return options;
}

}  // namespace offprint::cli
