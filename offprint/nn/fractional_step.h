// One step of dX = b dt + s(X) dB, B Markov fractional Brownian motion, on tensors with gradients:
// the equation's driver, its noise and the two calculi. Daems et al. 2023, arXiv 2310.12975, eqs. 7
// and 10.
#pragma once
#include <functional>

#include "offprint/core/rng.h"
#include "offprint/kernels/markov_fbm.h"

namespace offprint::nn {

// What is fixed along a path: rates and step (float64 inside, `type` outside).
struct FractionalDriver {
  kernels::MarkovFbm shape;
  double dt = 0;
  Tensor decay, push, root;  // (K), (K), (K,R): the terms move by root times R normals
  Tensor start_root;         // (K,K): Y(0) = start_root times normals
  int64_t terms() const { return decay.size(0); }
  int64_t normals() const { return root.size(1); }
};
FractionalDriver make_driver(const kernels::MarkovFbm& shape, double dt, at::ScalarType type);

// Normals of step i for `paths` paths of D numbers, (paths,D,R): path p's are the same whatever the
// number of paths.
Tensor step_normals(const FractionalDriver& driver, int64_t paths, int64_t dims, int64_t i,
                    const Rng& rng);
// What Y(0) is made of, (paths,D,K): Y(0) = start_normals start_root^T.
Tensor start_normals(const FractionalDriver& driver, int64_t paths, int64_t dims, const Rng& rng);

// What B moves by over a step, and Y after it. y (P,D,K), normals (P,D,R), weights (D,K) or (K);
// control u (P,D) adds u dt to dW, undefined: none.
struct Moved {
  Tensor y, b;  // (P,D,K), (P,D)
};
Moved move_terms(const FractionalDriver& driver, const Tensor& weights, const Tensor& y,
                 const Tensor& normals, const Tensor& control);

// X after the step. Ito: Euler and Maruyama. Stratonovich: Milstein's step for diagonal noise,
// without derivatives (Kloeden & Platen 1992, 11.1.7). All (P,D).
using Diffusion = std::function<Tensor(const Tensor& x)>;
Tensor euler_maruyama(const Tensor& x, const Tensor& drift, const Diffusion& diffusion,
                      const Tensor& b_moved, double dt);
Tensor stratonovich_milstein(const Tensor& x, const Tensor& drift, const Diffusion& diffusion,
                             const Tensor& b_moved, double dt);

}  // namespace offprint::nn
