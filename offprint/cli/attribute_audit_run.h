// `audit --method counterfactual`: what a language model writes of a person, with one attribute
// changed.
#pragma once
#include <filesystem>

#include "offprint/cli/context.h"
#include "offprint/tasks/attribute_audit.h"

namespace offprint::cli {

struct AttributeAuditRun {
  std::filesystem::path model, prompt;
  tasks::AttributeAuditOptions options;
  uint64_t seed = 1;
  std::filesystem::path out, plot;  // JSON, SVG
  bool json = false;
};
void add_attribute_audit_flags(CLI::App& verb, AttributeAuditRun& given);
void run_attribute_audit(const AttributeAuditRun& given, Context& context);

}  // namespace offprint::cli
