// How sure a model's call of a tool may be held to be: what can be read off how it was written, and
// a calibrated probability made of that on tasks whose outcome is known.
#pragma once
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "offprint/core/json.h"
#include "offprint/tasks/calibration.h"
#include "offprint/tasks/generate.h"

namespace offprint::tasks {

// Signals, surer is larger.
struct CallSignals {
  double log_p = 0;      // nats, of all decisions together
  double least = 0;      // nats, of the least likely decision
  double certainty = 0;  // minus the largest entropy of a decision, nats
  double margin = 1;     // the smallest between a decision's two likeliest
  double kept = 0;       // the least log mass that the grammar left of the model's own
  double agreement = 1;  // share of further samples that say the same
  double likeness = 0;   // cosine to the nearest worked example

  static constexpr std::array<std::string_view, 7> kNames = {
      "log_p", "least", "certainty", "margin", "kept", "agreement", "likeness"};
  std::array<double, 7> values() const {
    return {log_p, least, certainty, margin, kept, agreement, likeness};
  }
};

// Of an answer written with keep_decisions, and of others to the same question drawn at a
// temperature; `likeness` is left as it is.
CallSignals signals_of(const Generated& answer, const std::vector<std::string>& samples);

// A logistic model over the signals, then Platt's sigmoid over its cross-fitted scores: what was
// fitted to a case says nothing of how far it can be trusted on that case.
struct ConfidenceModel {
  std::vector<double> mean, scale, weights;  // D, D, D + 1 with the intercept last
  PlattMap calibration;
  double operator()(const CallSignals& signals) const;
};

struct SignalCase {
  CallSignals signals;
  bool right = false;
};
// In `folds` parts, in order. Throws Error on fewer than twice as many cases as folds, and on cases
// all right or all wrong.
ConfidenceModel fit_confidence(const std::vector<SignalCase>& cases, int64_t folds = 5);

Json to_json(const ConfidenceModel& model);
ConfidenceModel confidence_from_json(const Json& json, std::string_view source);

}  // namespace offprint::tasks
