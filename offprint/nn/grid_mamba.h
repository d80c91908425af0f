// A gated block over a grid of variates and steps: Mamba's, with 2-D state spaces for heads, one
// with small steps for the trend and one that goes from season to season. Behrouz et al. 2024
// (Chimera), arXiv 2406.04320, sections 3.3 and 4.
//   (x, z) = W_in u,  x <- SiLU(conv along time(x)),  out = W_out (sum of heads(x) * SiLU(z))
// With one head, one way and no couplings it is the Mamba block (nn/mamba.h) on every variate.
#pragma once
#include <string>
#include <vector>

#include "offprint/nn/causal_conv.h"
#include "offprint/nn/mamba.h"
#include "offprint/nn/ssm2d.h"

namespace offprint::nn {

struct GridMambaOptions {
  MambaOptions mamba = {.d_model = 32, .d_state = 8, .expand = 1, .taps = 2};
  int64_t period = 1;   // steps of a season; 1: no head for it
  bool two_way = true;  // from both ends of the variates
  bool scalar = false;  // 2-D Mamba-2 instead of 2-D Mamba
  bool selective = true;
};

struct GridMamba {
  Linear input;                      // D -> 2E, no bias
  CausalConv conv;                   // E
  std::vector<Ssm2d> trend, season;  // one or two ways; season may be empty
  Linear output;                     // E -> D, no bias
};
void visit(GridMamba& m, auto&& param) {
  param("input", m.input);
  param("conv", m.conv);
  param("trend", m.trend);
  param("season", m.season);
  param("output", m.output);
}

GridMamba make_grid_mamba(const GridMambaOptions& options, Rng& rng);
Tensor forward(const GridMamba& m, const Tensor& u);  // (B,V,L,D) -> (B,V,L,D), causal in time

// The paper's special cases. The same block with couplings and the way past the state along the
// variates at zero, and, of one head and one way, the Mamba block that it then is on every variate.
GridMamba uncoupled(GridMamba m);
Mamba along_time(const GridMamba& m);

}  // namespace offprint::nn
