// Sequential digits: the S4D initialisations and the baselines at equal parameters.
#pragma once
#include <string>
#include <vector>

#include "offprint/core/progress.h"
#include "offprint/core/rng.h"
#include "offprint/papers/s4d/recipe.h"
#include "offprint/tasks/classify.h"

namespace offprint::papers::s4d {

struct DigitCase {
  std::string name;    // "S4D-LegS"
  std::string method;  // a sequence layer's name
  std::string init = "legs";
  double epochs_share = 1;  // of the epochs S4D gets, so that training takes about as long
  bool on_long = false;     // also on the stretched digits, where a run takes minutes
};

struct DigitRun {
  DigitCase setting;
  int64_t width = 0, parameters = 0, epochs = 0;
  std::vector<double> accuracies;  // %, a seed each

  double mean() const;
};

std::vector<DigitCase> digit_cases();
std::vector<DigitCase> long_cases();  // those with on_long

// Test rows are a fifth of each class, drawn anew for each seed and the same for all models.
std::vector<DigitRun> run_digits(const std::vector<DigitCase>& cases, const tasks::Sequences& data,
                                 const Options& options, const Rng& rng, Progress& progress);

}  // namespace offprint::papers::s4d
