// Where a diagonal state space starts. Gu et al. 2022 (S4D), arXiv 2206.11893, sections 4 and 5.2.
#pragma once
#include <string>
#include <vector>

#include "offprint/core/rng.h"
#include "offprint/core/tensor.h"

namespace offprint::nn {

// One of each conjugate pair, n = 0 .. N/2-1, for H channels.
struct DiagonalSsm {
  Tensor A, B;  // (H,N/2), (H,N/2) complex128
};

// "legs"  eigenvalues of the normal part of HiPPO-LegS with its B in the same coordinates, entries
//         limited to |B| <= 2 and without the theorem's factor 1/2 (so the authors' repository)
// "inv"   -1/2 + i (N/pi)(N/(2n+1) - 1)     "lin"   -1/2 + i pi n
// "quad"  -1/2 + i (2n+1)^2/pi              "real"  -(n+1)
// "rand"  -1/2 + i exp(N(0,1)), drawn for every channel
// B is 1 but for legs. Imaginary parts are multiplied by imag_scale. N even and >= 2, else Error;
// Error on an unknown name.
DiagonalSsm make_diagonal_ssm(const std::string& init, int64_t channels, int64_t N, Rng& rng,
                              double imag_scale = 1.0);
const std::vector<std::string>& diagonal_inits();  // the names above

// Log-uniform steps in [dt_min, dt_max]: log dt (H), float64. Error unless 0 < dt_min <= dt_max.
Tensor make_log_dt(int64_t channels, double dt_min, double dt_max, Rng& rng);

}  // namespace offprint::nn
