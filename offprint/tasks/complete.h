// Rows of discrete values with holes: what stands in them, by one monotone Boltzmann machine that
// learns to fill any holes from any rest. Feng, Winston & Kolter 2023, arXiv 2307.04990, section 4.
#pragma once
#include <vector>

#include "offprint/models/monotone_dbm.h"
#include "offprint/tasks/train.h"

namespace offprint::tasks {

struct CompleteOptions {
  models::MonotoneDbmOptions model = {};
  int64_t epochs = 20, batch = 64;
  double lr = 1e-2;
  double least_hidden = 0.2, most_hidden = 0.8;  // share of a row's groups hidden in training
  double last_weight = 1;  // of the last group's loss (a label), against the mean of the others
  void visit(auto&& field) {
    model.visit(field);
    field("fill-epochs", epochs, "passes over the rows");
    field("fill-batch", batch, "rows a step");
    field("fill-lr", lr, "peak rate of AdamW");
    field("least-hidden", least_hidden, "least share of a row that is hidden in training");
    field("most-hidden", most_hidden, "largest share of a row that is hidden in training");
    field("last-weight", last_weight, "weight of the last column's loss beside the others' mean");
  }
};
// Throws Error on sizes below 1 and shares that are no range in [0, 1].
void check(const CompleteOptions& options);

// A copy of `states` (B,G) int64 with a random share of each row, uniform in [least, most], at -1.
Tensor with_holes(const Tensor& states, double least, double most, Rng& rng);

struct Completer {
  models::MonotoneDbm model;
  TrainResult training = {};
  double least_margin = 0;  // least eigenvalue of c I - Phi less m, over all steps of training
};
// states (N,G) int64, -1 for a hole: it is learnt from what is there. `seen`: states of each group.
// The margin is looked at after every `margin_every` steps, 0: never (NaN).
Completer fit_completer(const Tensor& states, const std::vector<int64_t>& seen,
                        const CompleteOptions& options, Rng rng, Progress& progress,
                        int64_t margin_every = 0);

// Log marginals of the visible groups (B, sum of states); a known group's are what it would have
// been without being known.
struct Completion {
  Tensor log_marginals;
  std::vector<int64_t> iterations;  // to the mean field, a row each
};
Completion complete(const Completer& completer, const Tensor& states, int64_t batch = 256);

// Of each group the likeliest state where `states` has a hole, else what stands there. (B,G) int64
Tensor filled(const Completer& completer, const Tensor& states);

}  // namespace offprint::tasks
