// Implicit layers: z* = f(z*, inputs), found by iteration, differentiated at the fixed point alone.
// Bai, Kolter & Koltun 2019 (deep equilibrium models), arXiv 1909.01377, section 3; Anderson
// acceleration after Walker & Ni 2011, SIAM J. Numer. Anal. 49(4).
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "offprint/core/autograd.h"
#include "offprint/core/tensor.h"

namespace offprint::nn {

struct FixedPointOptions {
  std::string solver = "anderson";  // or "plain": z <- f(z)
  int64_t iterations = 100;         // at most
  double tolerance = 1e-5;          // of max |f(z) - z| in each row
  int64_t memory = 4;               // differences that Anderson mixes, >= 1
  void visit(auto&& field) {
    field("solver", solver, "how the fixed point is found", {"anderson", "plain"});
    field("iterations", iterations, "most iterations to the fixed point");
    field("tolerance", tolerance, "largest change of an entry at the fixed point");
    field("memory", memory, "steps that Anderson acceleration mixes");
  }
};

struct FixedPoint {
  Tensor z;                            // (B,n), no graph
  std::vector<int64_t> iterations;     // of each row until its change was within the tolerance
  double residual = 0;                 // largest change of an entry in the last iteration
  bool converged = false;              // all rows
  std::vector<double> residuals = {};  // after each iteration, the largest of all rows
};

// From `start` (B,n), rows independent of each other. Where Anderson's mixture makes a row's change
// more than twice its least so far, the row takes a plain step and forgets what it mixed. Never
// throws for want of convergence; Error on a solver of another name or sizes below 1.
FixedPoint solve_fixed_point(const std::function<Tensor(const Tensor& z)>& f, const Tensor& start,
                             const FixedPointOptions& options);

// z* (B,n) with gradients to the inputs that are of floating point: with u = g + (df/dz)^T u solved
// by the same iteration, dL/dinputs = (df/dinputs)^T u. Keeps z* and the inputs, none of the
// iterates. `f` must be of its arguments alone; `report`, where given, gets the forward solve.
Tensor implicit_layer(const std::function<Tensor(const Tensor& z, const Tensors& inputs)>& f,
                      const Tensor& start, const Tensors& inputs, const FixedPointOptions& options,
                      FixedPoint* report = nullptr);

}  // namespace offprint::nn
