// The stable mechanisms of a table and what its rows would be under other mutable ones: equations
// with additive noise, the noise of each row kept, everything below a mutable variable made anew.
// Liu et al. 2023, arXiv 2107.01876, section 4 (regeneration); Pearl 2009, Causality, section 7.1.
#pragma once
#include <functional>
#include <vector>

#include "offprint/core/rng.h"
#include "offprint/kernels/feature_ridge.h"
#include "offprint/kernels/stable_subsets.h"

namespace offprint::tasks {

// What a variable is of its parents, without noise: (...,N,K), ascending, -> (...,N).
using MechanismMean = std::function<Tensor(const Tensor& parents)>;

struct Mechanisms {
  kernels::TransferProblem problem;
  Tensor data;                      // (N,P) float64
  Tensor low, high;                 // (P) what interventions are clipped to
  Tensor centre, scale;             // (P) of the data
  std::vector<MechanismMean> mean;  // P; unset where nothing above is mutable
  Tensor residual;                  // (N,P), 0 where the mean is unset
};

// Equations by feature_ridge with `units` units, on all rows: stable mechanisms are the same in
// every environment. The range of a variable is its quantiles at 0.5 and 99.5 %. Throws Error on
// data that is no (N,P) of the graph.
Mechanisms fit_mechanisms(const kernels::TransferProblem& problem, const Tensor& data,
                          int64_t units, const Rng& rng);
// The same with equations that are known.
Mechanisms known_mechanisms(const kernels::TransferProblem& problem, const Tensor& data,
                            std::vector<MechanismMean> mean);
// At most `rows` of the rows, drawn without replacement.
Mechanisms some_rows(const Mechanisms& mechanisms, int64_t rows, Rng rng);

// Of each variable its values: (N), or (R,N) below a shift that gives R versions at once.
using Columns = std::vector<Tensor>;
using Shift = std::function<Tensor(int variable, const Tensor& parents)>;  // (...,N,K) -> (...,N)
// Mutable variables by the shift, clipped to their ranges; stable ones below them by their
// equations and their rows' noise; the rest as it is. Differentiable in the shift.
Columns regenerate(const Mechanisms& mechanisms, const Shift& shift);

// `copies` of the rows with every mutable variable uniform on its range, independent of all else:
// the table in which regression on (x_S', x_M) gives E[Y | x_S', do(x_M)].
Columns do_table(const Mechanisms& mechanisms, int64_t copies, Rng rng);

// The chosen columns side by side: (...,N,K).
Tensor beside(const Columns& columns, const std::vector<int>& of, int64_t rows);

// f_S'(x) = E[Y | x_S', do(x_M)].
struct StablePredictor {
  kernels::NodeSet subset = 0;
  std::vector<int> inputs;  // the subset and the mutable variables, ascending
  kernels::FeatureRidge fit;
};
StablePredictor fit_stable_predictor(const kernels::TransferProblem& problem, const Columns& table,
                                     kernels::NodeSet subset, int64_t units, const Rng& rng);
Tensor predict(const StablePredictor& predictor, const Columns& columns);  // (...,N)
// Mean squared errors of it, one a version: (...).
Tensor risk(const StablePredictor& predictor, const Columns& columns, int outcome);

Columns columns_of(const Tensor& data);  // of (N,P)

}  // namespace offprint::tasks
