// Online imitation: a policy acts, an expert says what it would have done in the states that were
// met, the policy learns. DAgger (Ross, Gordon & Bagnell 2011) with the learners that Lavington et
// al. 2023, arXiv 2302.02607, section 5.2, compare: what is counted is the states the expert was
// asked about.
#pragma once
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "offprint/core/progress.h"
#include "offprint/core/rng.h"
#include "offprint/nn/target_loss.h"

namespace offprint::tasks {

// A world to be imitated in: many rows side by side. States are rows of `width` doubles.
struct ImitationWorld {
  std::string name;
  int64_t width = 0, features = 0, outputs = 0, horizon = 0;
  bool classes = false;  // outputs are logits of two or more actions; else actions over `limit`
  std::function<std::vector<double>(int64_t rows, Rng rng)> start = {};
  // One step of all rows in place; rewards and 1 where a row is over.
  struct Moved {
    std::vector<double> rewards;
    std::vector<uint8_t> ended;
  };
  std::function<Moved(std::vector<double>& states, std::span<const double> actions)> step = {};
  std::function<std::vector<double>(std::span<const double> states)> expert = {};
  std::function<Tensor(std::span<const double> states)> encode = {};   // (B,features) float64
  std::function<std::vector<double>(const Tensor& outputs)> act = {};  // (B,outputs) -> actions
  std::function<Tensor(std::span<const double> actions)> label = {};   // -> (B,outputs)
};
std::vector<ImitationWorld> imitation_worlds();  // cart-pole, pendulum, acrobot

struct ImitationOptions {
  // sso: a surrogate of the newest states alone; sso-ftrl: of all surrogates so far, added up.
  // adam: one step on the newest states; adam-dagger: `inner` steps on all labels so far.
  std::string learner = "sso-ftrl";
  int64_t rounds = 100, rows = 10, steps = 10;  // rows x steps states an asking
  int64_t inner = 10;
  std::string inner_by = "lbfgs";  // of sso
  double rate = 1e-2;              // of adam
  int64_t hidden = 32;
  double goal = 0.95;        // of the way from doing nothing to the expert's return
  int64_t judged_rows = 20;  // episodes of each judgement
};

struct ImitationRun {
  std::vector<double> labels, returns;  // after each judged round: labels so far, mean return
  double expert = 0, idle = 0;          // mean returns of the expert and of no action at all
  int64_t labels_to_goal = 0;           // 0: not reached
};
// Ends when the goal was reached. Throws Error on an unknown learner and sizes below 1.
ImitationRun imitate(const ImitationWorld& world, const ImitationOptions& options, Rng rng,
                     Progress& progress);

}  // namespace offprint::tasks
