// `audit --method predictive-multiplicity`: how far models nearly as good as the best disagree on
// the people of a table.
#pragma once
#include <filesystem>

#include "offprint/cli/context.h"
#include "offprint/tasks/multiplicity_audit.h"

namespace offprint::cli {

struct MultiplicityRun {
  tasks::MultiplicityRequest request;
  std::filesystem::path plot, epsilon_plot;  // SVG, may be empty
  bool json = false;
};
void add_multiplicity_flags(CLI::App& verb, MultiplicityRun& given);
void run_multiplicity(const MultiplicityRun& given, Context& context);

}  // namespace offprint::cli
