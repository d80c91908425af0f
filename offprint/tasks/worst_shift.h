// The intervention functions under which a predictor does worst: small networks from the parents of
// each mutable variable into its observed range, by gradient ascent through the mechanisms, many
// starts at once. Liu et al. 2023, arXiv 2107.01876, algorithm 1. Ours besides: half of the starts
// begin near the best reply, the value of the range that is worst for rows with such parents.
#pragma once
#include <vector>

#include "offprint/tasks/mechanism_shift.h"

namespace offprint::tasks {

struct ShiftSearch {
  int64_t starts = 6, steps = 120, hidden = 12, rows = 500;
  double rate = 0.08;  // of Adam
};

struct ShiftLayer {  // of one mutable variable, R networks
  Tensor w1, b1;     // (R,K,H), (R,1,H)
  Tensor w2, b2;     // (R,H,1), (R,1,1)
};
void visit(ShiftLayer& m, auto&& param) {
  param("w1", m.w1), param("b1", m.b1), param("w2", m.w2), param("b2", m.b2);
}

struct ShiftNetworks {
  std::vector<int> variables;  // mutable ones, ascending
  std::vector<ShiftLayer> layers;
  int64_t count() const { return layers.empty() ? 0 : layers.front().b2.size(0); }
};
void visit(ShiftNetworks& m, auto&& param) { param("layers", m.layers); }

// From gentle to steep ones.
ShiftNetworks random_shifts(const Mechanisms& mechanisms, int64_t count, int64_t hidden, Rng rng);
// As one intervention with R versions of each row; the mechanisms must outlive it.
Shift shift_of(const ShiftNetworks& networks, const Mechanisms& mechanisms);
ShiftNetworks joined(const ShiftNetworks& a, const ShiftNetworks& b);  // a may be empty
ShiftNetworks only(const ShiftNetworks& networks, int64_t which);

// What is worst for each row of all values on a grid of the range, by the risk of rows with the
// same parents, or of rows with such parents (smoothed) where most have parents of their own; one
// mutable variable after the other in causal order: (N,P), the data elsewhere.
Tensor best_reply(const Mechanisms& mechanisms, const StablePredictor& predictor, const Rng& rng);

struct WorstShift {
  double risk = 0;
  ShiftNetworks networks;  // one
};
WorstShift worst_shift(const Mechanisms& mechanisms, const StablePredictor& predictor,
                       const ShiftSearch& options, const Rng& rng);

}  // namespace offprint::tasks
