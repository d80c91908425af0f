// How far off the inferred reward is on average when somebody departs from the model in a known way
// by a known amount: the paper proves what can happen, these curves show what does.
#pragma once
#include <string>
#include <vector>

#include "offprint/core/progress.h"
#include "offprint/core/rng.h"
#include "offprint/worlds/decision_process.h"

namespace offprint::papers::irl_misspecification {

struct Setting {
  std::string name;  // "random", "gridworld", "chain"
  worlds::DecisionProcesses world;
};
std::vector<Setting> settings(int64_t processes, int64_t states, const Rng& rng);

// Distances over the processes.
struct Spread {
  double median = 0, low = 0, high = 0;  // low and high: the middle 80 %
};
// `worst`: of all rewards with the behaviour of the true one, by a wrong discount or transition.
Spread sensitivity(const Setting& setting, const std::string& model, const std::string& deviation,
                   double amount, const Rng& rng);
Spread worst_sensitivity(const Setting& setting, const std::string& deviation, double amount,
                         const Rng& rng);

struct Curve {
  std::string deviation;
  std::vector<double> amounts;
};
const std::vector<Curve>& curves();  // discount, transition, noise, ..

}  // namespace offprint::papers::irl_misspecification
