// Races to a fixed loss: how many askings for a gradient each method needs, at its best rate.
#pragma once
#include <string>
#include <vector>

#include "offprint/core/progress.h"
#include "offprint/papers/target_surrogates/problems.h"

namespace offprint::papers::target_surrogates {

struct RaceOptions {
  int64_t seeds = 5, most_calls = 400;
  int64_t grid = 1;  // rates a decade
};

// Who runs: "sso" with its inner steps, or a gradient method with a rate.
struct Entrant {
  std::string kind;    // sso or one of tasks::gradient_methods
  double rate = 0;     // of the gradient method
  int64_t inner = 10;  // of sso
  std::string inner_by = "lbfgs", rule = "smooth", divergence = "euclid";
};

// Until the goal, or all of most_calls. Calls are batches whose gradient was asked for.
struct Race {
  bool reached = false;
  double calls = 0, values = 0, evaluations = 0;  // values: batches; evaluations of the model
  double modelled_time(double c) const { return c * calls + evaluations; }
  std::vector<double> at, losses;  // what was seen on the way
};
Race run_race(const Problem& problem, const Entrant& entrant, int64_t most_calls, Rng rng,
              const Progress& progress);

struct Field {  // all seeds of one entrant
  Entrant entrant;
  std::vector<Race> races;
  double median_calls() const;
  double median_time(double c) const;
  int64_t reached() const;
};
// One field an entrant, side by side over threads.
std::vector<Field> run_fields(const Problem& problem, const std::vector<Entrant>& entrants,
                              const RaceOptions& options, const Rng& rng, const Progress& progress);
// All rates of a method's grid: 1e-3 .. 1e2, Adam 1e-4 .. 1; sls needs none.
std::vector<Entrant> grid_of(const std::string& kind, int64_t a_decade);
// The field of least median calls, of those of one kind.
const Field& best_of(const std::vector<Field>& fields, const std::string& kind);

}  // namespace offprint::papers::target_surrogates
