// What must hold of any machine, trained or not.
#pragma once
#include "offprint/papers/monotone_dbm/recipe.h"

namespace offprint::papers::monotone_dbm {

Measurement prox_residual(int64_t groups, const Rng& rng);
Measurement gradient_gap(const Rng& rng);
Measurement start_gap(const models::MonotoneDbm& model, int64_t starts, Rng rng);

// Where plain parallel mean field q <- softmax(Phi q + b) ends on a machine without the cap.
struct Ends {
  int64_t fixed_points = 0, cycles = 0, unsettled = 0;  // different ones; starts that reached none
  std::vector<std::vector<double>> changes;             // of some starts, by iteration
};
Ends plain_ends(const models::MonotoneDbm& like, int64_t starts, Rng rng);

// Of each machine of 16 variables: KL(exact || q) of our mean field and of the naive one of least
// free energy among 50 starts.
struct SmallModel {
  double ours = 0, naive = 0, coupling = 0;
};
std::vector<SmallModel> small_models(int64_t count, const Rng& rng);

// Loss and gradient on a batch of `states` by the implicit layer, against tensor operations with
// autograd through as many iterations.
Measurement speed(const models::MonotoneDbm& model, const Tensor& states, int64_t repeats);

}  // namespace offprint::papers::monotone_dbm
