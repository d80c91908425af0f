// Faults put into a series whose rows are otherwise as they should be, with labels.
#pragma once
#include <array>
#include <string>

#include "offprint/core/rng.h"
#include "offprint/core/tensor.h"

namespace offprint::papers::chimera {

enum class Fault {
  spike,        // one row, five standard deviations off
  level_shift,  // two standard deviations off
  frozen,       // the first value stands still
  decoupled,    // what the same column showed at another time: alone it looks as ever
};
inline constexpr std::array kFaults = {Fault::spike, Fault::level_shift, Fault::frozen,
                                       Fault::decoupled};
std::string fault_name(Fault fault);

struct FaultySeries {
  Tensor values;  // (T,V)
  Tensor labels;  // (T,V) bool
  Tensor kind;  // (T) int64: place in kFaults of the only fault near this row, -1 before the first
};
// The rows from `from` on are cut into 4 `events` stretches; each gets one fault of `length` rows
// (a spike: one) in a column of its own, the kinds in turn. Decoupled rows come from before `from`,
// whole multiples of `season` rows away. Throws Error where the events do not fit.
FaultySeries with_faults(const Tensor& values, int64_t from, int64_t events, int64_t length,
                         int64_t season, Rng rng);

}  // namespace offprint::papers::chimera
