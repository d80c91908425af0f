// What finds strange values in a series: methods that learn from rows taken as normal and say of
// every value how far it is from what they expect of it.
#pragma once
#include <span>
#include <string_view>

#include "offprint/core/progress.h"
#include "offprint/core/rng.h"
#include "offprint/core/tensor.h"

namespace offprint::tasks {

// Options of all methods together; each takes what is its.
struct AuditModelOptions {
  int64_t lookback = 32;
  int64_t epochs = 10, batch = 32;
  double lr = 1e-2;
  int64_t width = 16, depth = 1, states = 4;
  double explained = 0.9;  // PCA
  std::string device = "cpu";
  void visit(auto&& field) {
    field("lookback", lookback, "rows that chimera and ar look back to expect the next");
    field("epochs", epochs, "passes of chimera over the normal rows");
    field("batch", batch, "windows a step of chimera");
    field("lr", lr, "AdamW peak rate of chimera");
    field("width", width, "features of a cell of chimera");
    field("depth", depth, "blocks of chimera");
    field("states", states, "states of chimera along each axis, a channel");
    field("explained", explained, "share of the variance that pca's components keep");
    field("device", device, "cpu, cuda, cuda:1");
  }
};

// Rows before `train` teach; all are judged.
struct AuditRows {
  Tensor values;  // (T,V) float64, standardised, whole
  int64_t train = 0;
};

struct AuditMethod {
  std::string_view name;
  std::string_view summary;
  std::string_view paper;  // slug of the paper it comes from; empty for a baseline
  // Squared distance of each value from what was expected of it (T,V); zero where a method has
  // nothing to go by, in its first `lookback` rows.
  Tensor (*distances)(const AuditRows&, const AuditModelOptions&, const Rng&, Progress&);
};

std::span<const AuditMethod> audit_methods();
// Throws Error "no auditing method 'chimara', did you mean 'chimera'?".
const AuditMethod& find_audit_method(std::string_view name);

}  // namespace offprint::tasks
