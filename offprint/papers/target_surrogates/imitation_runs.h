// How many states an expert has to be asked about, by learner and world.
#pragma once
#include <string>
#include <vector>

#include "offprint/tasks/imitation.h"

namespace offprint::papers::target_surrogates {

struct ImitationSettings {
  int64_t rounds = 60, seeds = 3, inner = 50;
  std::vector<double> rates = {0.03, 0.1};  // of Adam
};

struct Imitators {  // all seeds of one learner in one world
  std::string world = {}, learner = {};
  double rate = 0;  // the best of those tried; of Adam
  int64_t reached = 0;
  double labels = 0;  // median over seeds; whoever did not get there counts all it was given
  double expert = 0, idle = 0;
  tasks::ImitationRun shown = {};  // of the first seed
};
// By world: sso-ftrl, sso (newest states alone), adam (newest states, one step), adam-dagger-1 (all
// labels, one step an asking), adam-dagger (all labels, as many steps as sso).
std::vector<Imitators> run_imitations(const ImitationSettings& settings, const Rng& rng,
                                      const Progress& progress);

}  // namespace offprint::papers::target_surrogates
