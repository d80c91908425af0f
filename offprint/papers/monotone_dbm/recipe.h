// Monotone deep Boltzmann machines. Feng, Winston & Kolter 2023, arXiv 2307.04990: the mean field
// exists once, is found from anywhere, is differentiated at its fixed point, and one machine both
// completes and names an image.
#pragma once
#include <string>
#include <vector>

#include "offprint/papers/paper.h"
#include "offprint/tasks/complete.h"

namespace offprint::papers::monotone_dbm {

struct Options {
  int64_t prox_groups = 2000;  // random groups of each size and step in the check of the prox
  int64_t starts = 100;        // of the one mean field
  int64_t small_models = 10;   // of 16 variables, against enumeration
  int64_t seeds = 1;           // of all that trains
  int64_t levels = 2;          // grey levels of a pixel
  int64_t rival_epochs = 40;   // of the classifier, the autoencoder and the RBM
  int64_t speed_repeats = 3;
  tasks::CompleteOptions fill = {};
  void visit(auto&& field) {
    field("prox-groups", prox_groups,
          "random groups of each size and step in the check of the prox");
    field("starts", starts, "starts of the one mean field");
    field("small-models", small_models, "machines of 16 variables that are enumerated");
    field("seeds", seeds, "seeds of all that trains");
    field("levels", levels, "grey levels of a pixel");
    field("rival-epochs", rival_epochs,
          "epochs of classifier and autoencoder; of the RBM, 40 at most");
    field("speed-repeats", speed_repeats, "repeats of the timing");
    fill.visit(field);  // curvature is 1 and 2 in turn
  }
};
Options options_for(Scale scale);

std::vector<Claim> claims();
std::vector<OptionInfo> options(Scale scale);
RunCard run(const RunRequest& request, Progress& progress);

}  // namespace offprint::papers::monotone_dbm
