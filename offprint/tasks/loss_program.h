// A loss that another program knows: a simulator, a service, an expert. It is started once and
// asked a line of JSON at a time:
//   {"call": 3, "gradient": true, "rows": [0, 4], "outputs": [[0.1, 2.0], [0.3, 1.0]]}
// and answers a line each:
//   {"loss": 0.52, "gradient": [[0.1, 0.0], [-0.2, 0.4]]}
// loss: the mean over the rows; gradient: row by row, that of this row's own loss. Where "gradient"
// is false the value alone is asked for.
#pragma once
#include <memory>
#include <string>

#include "offprint/core/child_process.h"
#include "offprint/nn/target_loss.h"

namespace offprint::tasks {

struct LossProgramOptions {
  std::string command = {};  // as a shell takes it
  double seconds = 60;       // for one answer
  double smoothness = 0;     // L of a row's loss, where it is known
  int64_t memory_mib = 0;    // of its address space; 0: no limit
};

// The program lives as long as the loss does; one thread. `examples`: rows undefined mean all of
// them. Asking throws Error, one line: it ended, took too long, said something that is no JSON, no
// loss, or a gradient of another shape.
nn::ExpensiveLoss program_loss(const LossProgramOptions& options, int64_t examples);

}  // namespace offprint::tasks
