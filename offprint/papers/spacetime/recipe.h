// Effectively Modeling Time Series with Simple Discrete State Spaces. Zhang et al. 2023
// (SpaceTime), arXiv 2303.09489: the filter of a companion matrix, processes that it holds exactly,
// and forecasts of synthetic series and ETTh1 beside simple rivals on the same windows.
#pragma once
#include <string>
#include <vector>

#include "offprint/papers/paper.h"

namespace offprint::papers::spacetime {

struct Options {
  int64_t filter_steps = 4096;  // l where the filter is timed
  int64_t seeds = 1;
  int64_t ar_rows = 6000, ar_epochs = 5, copy_steps = 1500;
  double copy_lr = 0.02;
  std::string ett_horizons;         // hours, with commas between; empty: no ETTh1
  std::string ett_centre = "mean";  // of a window, subtracted before the networks: last, mean
  int64_t ett_lookback = 336, ett_steps = 200, ett_batch = 32;
  int64_t width = 16, depth = 2, states = 32;
  double lr = 3e-3, dropout = 0.1;
  int64_t race_steps = 0;      // optimiser steps of each model in the race; 0: no race
  bool rivals = false;         // S4D, LSTM and Transformer on ETTh1 as well
  std::string device = "cpu";  // from the request; what trains, trains there
  void visit(auto&& field) {
    field("filter-steps", filter_steps, "length of the filter that is timed");
    field("seeds", seeds, "runs of what trains or is drawn");
    field("ar-rows", ar_rows, "rows of each autoregressive process");
    field("ar-epochs", ar_epochs, "epochs of each network on autoregressive processes");
    field("copy-steps", copy_steps, "steps of the one state space that copies a process");
    field("copy-lr", copy_lr, "peak rate of the one state space that copies a process");
    field("ett-horizons", ett_horizons, "hours ahead on ETTh1, with commas between; empty: none");
    field("ett-centre", ett_centre, "what networks subtract from a window", {"last", "mean"});
    field("ett-lookback", ett_lookback, "hours of ETTh1 that a forecast sees");
    field("ett-steps", ett_steps, "steps of each network on ETTh1");
    field("ett-batch", ett_batch, "windows a step on ETTh1");
    field("width", width, "channels of SpaceTime");
    field("depth", depth, "companion layers of SpaceTime, the closed loop included");
    field("states", states, "state size of each companion state space");
    field("lr", lr, "AdamW peak rate of the networks");
    field("dropout", dropout, "dropout of the networks on ETTh1");
    field("race-steps", race_steps, "steps of each model in the race to one error; 0: no race");
    field("rivals", rivals, "train S4D, LSTM and Transformer on ETTh1 too");
  }
};
Options options_for(Scale scale);
std::vector<int64_t> ett_horizons(const Options& options);  // Error where they are no numbers >= 1

std::vector<Claim> claims();
std::vector<OptionInfo> options(Scale scale);
RunCard run(const RunRequest& request, Progress& progress);

}  // namespace offprint::papers::spacetime
