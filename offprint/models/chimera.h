// Forecasting a table as a grid of cells, a column's patch of rows each: blocks of 2-D state
// spaces, then a map from a column's cells to the horizon, or a closed loop that goes on for any
// horizon. Behrouz et al. 2024 (Chimera), arXiv 2406.04320, section 4; the loop is SpaceTime's
// (Zhang et al. 2023, arXiv 2303.09489, section 3.2). Twins differ in the options of the block
// alone.
//   window scale -> patches -> map to D -> depth x { + grid Mamba, dropout } -> decoder
// Without the paper's norms: over the features of a cell of few rows they leave its direction and
// take its size, which is what is to be forecast.
#pragma once
#include <string>
#include <vector>

#include "offprint/core/rng.h"
#include "offprint/nn/companion_ssm.h"
#include "offprint/nn/grid_mamba.h"
#include "offprint/nn/linear.h"

namespace offprint::models {

struct ChimeraOptions {
  int64_t lookback = 96, horizon = 24;  // rows; the closed loop serves any horizon
  int64_t width = 32, depth = 2;        // D features of a cell
  int64_t patch = 4;                    // rows of a cell
  int64_t season = 1;                   // rows until the pattern repeats; 1: none
  int64_t loop_states = 32;             // of the closed loop's companion matrix, a feature
  std::string decoder = "linear";       // linear, closed-loop
  std::string centre = "mean";          // see nn/window_scale.h
  double dropout = 0.1;
  nn::GridMambaOptions block = {};  // its width and period follow from the above
};

struct Chimera {
  ChimeraOptions options;
  nn::Linear embedding;  // patch -> D
  std::vector<nn::GridMamba> blocks;
  nn::Linear head;      // linear: cells D -> horizon; closed loop: D -> patch
  nn::ClosedLoop loop;  // of D features, or undefined
};
void visit(Chimera& m, auto&& param) {
  param("embedding", m.embedding);
  param("blocks", m.blocks);
  param("head", m.head);
  param("loop", m.loop);
}

// The head for the season is there where a season is at least two cells and fits twice into the
// lookback. Throws Error on sizes that are not positive and an unknown decoder.
Chimera make_chimera(const ChimeraOptions& options, const Rng& rng);

// history (B,L,V) -> (B,horizon,V) for any V; any horizon with the closed loop, else Error. A null
// rng turns dropout off.
Tensor forecast(const Chimera& m, const Tensor& history, int64_t horizon, Rng* dropout = nullptr);

// The training loss over windows (B,L+horizon,V): squared error of the horizon; with the closed
// loop the sum of root mean square errors of the horizon, of each cell of the history from those
// before it, and of the inputs the loop puts in, as SpaceTime has it. Only targets see the future.
Tensor training_loss(const Chimera& m, const Tensor& windows, int64_t horizon, Rng* dropout);

// With the closed loop and patches of one row: rows (B,T,V) -> for each row what the rows up to it
// say of the next (B,T,V), without a window scale. Throws Error with other options.
Tensor next_rows(const Chimera& m, const Tensor& rows, Rng* dropout = nullptr);

// Rows of a cell that leave a lookback of 24 cells or more, and divide the season if there is one.
int64_t patch_for(int64_t lookback, int64_t season);

}  // namespace offprint::models
