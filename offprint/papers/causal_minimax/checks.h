// What is exact: separations, classes of subsets and their growth, the whole stable set's optimum,
// the example in which it is not optimal, and the worst shift against enumeration.
#pragma once
#include "offprint/papers/causal_minimax/recipe.h"
#include "offprint/papers/recipe_run.h"
#include "offprint/tasks/mechanism_shift.h"
#include "offprint/worlds/additive_model.h"

namespace offprint::papers::causal_minimax {

using Bench = papers::Bench<Options>;

void check_graphs(Bench& b);       // d-separation, do, equivalence
void check_whole_set(Bench& b);    // where the condition holds
void check_search(Bench& b);       // against all subsets
void measure_growth(Bench& b);     // classes over variables
void check_example(Bench& b);      // where the whole set is not optimal
void check_worst_shift(Bench& b);  // against enumeration

// y uniform on 21 points, y -> m, x = |y - m| + noise: a shift of m folds y where it likes.
struct FoldExample {
  kernels::TransferProblem problem;
  worlds::AdditiveModel model;
  Tensor draw(int64_t rows, const Rng& rng) const;  // (N,3): y, m, x
};
FoldExample fold_example();
// The mechanisms of a model, as regeneration takes them.
std::vector<tasks::MechanismMean> true_means(const worlds::AdditiveModel& model);

}  // namespace offprint::papers::causal_minimax
