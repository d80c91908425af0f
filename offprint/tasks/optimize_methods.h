// The verb `optimize` by method: a model fitted to a loss that only another program can answer,
// with as few askings as it takes.
#pragma once
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "offprint/tasks/outcome.h"
#include "offprint/tasks/sso.h"

namespace offprint::tasks {

struct OptimizeOptions {
  SsoOptions sso = {};
  std::string model = "linear";  // linear, perceptron
  int64_t outputs = 1, hidden = 32;
  double smoothness = 0, loss_seconds = 60;
  void visit(auto&& field) {
    field("model", model, "what maps a row to its outputs", {"linear", "perceptron"});
    field("outputs", outputs, "numbers a row that the loss is asked about");
    field("hidden", hidden, "width of the perceptron");
    field("smoothness", smoothness, "L of a row's loss in its outputs; 0: not known");
    field("loss-seconds", loss_seconds, "for one answer of the program");
    sso.visit(field);
  }
};

struct OptimizeRequest {
  std::filesystem::path data = {};
  std::string loss_command = {};          // see loss_program.h
  std::vector<std::string> without = {};  // columns that are no features
  std::string method = "sso";
  uint64_t seed = 1;
  OptimizeOptions options = {};
};

using OptimizeMethod = Method<OptimizeRequest>;
std::span<const OptimizeMethod> optimize_methods();
// Throws Error, one line, on an unknown method, data or a program that cannot be used.
Outcome optimize(const OptimizeRequest& request, Progress& progress);

}  // namespace offprint::tasks
