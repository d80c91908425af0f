// What `generate` keeps of an answer, and the answer replayed with a word changed.
#pragma once
#include <filesystem>
#include <string>

#include "offprint/cli/context.h"
#include "offprint/tasks/generate.h"

namespace offprint::cli {

// JSON: the model's file and size, and what tasks/counterfactual.h needs of an answer.
void save_run(const std::filesystem::path& path, const std::filesystem::path& model,
              const tasks::Generated& said, const tasks::GenerateOptions& options);

struct Replay {
  std::filesystem::path run, model;  // model: empty for the one in the run
  std::string replace;               // "this=that"; empty: the same again
  bool json = false;
};
// Prints both texts beside each other, or JSON. Throws Error on a run of another model, and where
// nothing was replaced and the model says something else now.
void replay_run(const Replay& given, Context& context);

}  // namespace offprint::cli
