// Target-based surrogates. Lavington, Vaswani, Babanezhad, Schmidt & Le Roux 2023, arXiv
// 2302.02607: gradients that are expensive in the space of a model's outputs, frozen into
// surrogates on which many cheap steps follow.
#pragma once
#include <string>
#include <vector>

#include "offprint/papers/paper.h"

namespace offprint::papers::target_surrogates {

struct Options {
  int64_t points = 20'000;                             // of the bound
  int64_t descent_steps = 64;                          // outer steps of each descent
  int64_t stationary = 800;                            // steps in the neighbourhood
  int64_t examples = 300, seeds = 3, most_calls = 60;  // of the races
  double batch_share = 0.25, goal_share = 0.05;
  int64_t grid = 1;         // rates a decade
  bool all_rivals = false;  // Adagrad, SVRG and SAG too
  int64_t imitation_rounds = 30, imitation_seeds = 3, imitation_inner = 50;
  void visit(auto&& field) {
    field("points", points, "random parameters at which the bound is looked at");
    field("descent-steps", descent_steps, "askings of each of the 20 descents");
    field("stationary", stationary, "steps over which a neighbourhood is measured");
    field("examples", examples, "examples of each race");
    field("seeds", seeds, "orders of batches of each race");
    field("most-calls", most_calls, "askings after which a race is given up");
    field("batch-share", batch_share, "share of the examples in an asking");
    field("goal-share", goal_share, "how near the goal lies to the best loss known");
    field("grid", grid, "rates a decade that each rival tries");
    field("all-rivals", all_rivals, "Adagrad, SVRG and SAG too");
    field("imitation-rounds", imitation_rounds, "askings of the expert, 50 states each");
    field("imitation-seeds", imitation_seeds, "seeds of each imitation");
    field("imitation-inner", imitation_inner, "steps on each sum of surrogates");
  }
};
Options options_for(Scale scale);

std::vector<Claim> claims();
std::vector<OptionInfo> options(Scale scale);
RunCard run(const RunRequest& request, Progress& progress);

}  // namespace offprint::papers::target_surrogates
