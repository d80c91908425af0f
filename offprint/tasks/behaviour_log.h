// A person's log of somebody's decisions: which states there are, what was done in each, where it
// led.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "offprint/data/table.h"
#include "offprint/worlds/decision_process.h"

namespace offprint::tasks {

struct BehaviourLog {
  std::vector<std::string> states, actions;  // in order of appearance
  worlds::Steps steps;                       // next is -1 where the log does not say
  int64_t trajectories = 0;
  Tensor transition;               // (S,A,S): from the file of transitions, or as seen
  std::vector<std::string> notes;  // what was made up where the log is silent
};

// Columns: trajectory (may be missing: one trajectory), state, action, and next (may be missing:
// the state of the trajectory's following row). An empty next is an end: a state of its own,
// "(end)", that is never left. Where no table of transitions (state, action, next, probability) is
// given they are estimated: shares seen; for an action never seen in a state what its other actions
// do; a state never left stays. Throws Error, one line with the place, on columns or cells that are
// missing, and on a log of one action or more than 2000 states.
BehaviourLog read_behaviour_log(const std::filesystem::path& log,
                                const std::filesystem::path& transitions);

}  // namespace offprint::tasks
