// Is Mamba Effective for Time Series Forecasting? Wang et al. 2024 (S-Mamba), arXiv 2403.11144: the
// selective scan's identities and speed, a ring road of many sensors and ETTh1 beside simple
// baselines and twins that differ in the mixer alone, time a step over the number of columns, and
// what the columns' order matters.
#pragma once
#include <vector>

#include "offprint/papers/paper.h"

namespace offprint::papers::s_mamba {

struct Options {
  int64_t seeds = 1;
  int64_t sensors = 32, rows = 2016;    // V, T of the ring road
  int64_t lookback = 96, horizon = 12;  // L, H there
  int64_t width = 32, depth = 2, d_state = 8, heads = 4;
  int64_t epochs = 8;
  double lr = 3e-3;
  int64_t order_seeds = 0;   // random orders of the sensors; 0: none
  int64_t etth1_epochs = 0;  // 0: not run
  int64_t etth1_horizon = 96, etth1_width = 64, etth1_seeds = 1;
  double etth1_lr = 5e-4;
  bool lookbacks = false;       // ETTh1 over lookbacks 48 .. 720
  int64_t time_columns = 1024;  // most columns of the timing
  int64_t time_width = 32, time_heads = 8;
  int64_t scan_length = 256;   // L of the scan's timing
  std::string device = "cpu";  // from the request; what trains, trains there
  void visit(auto&& field) {
    field("seeds", seeds, "runs of each method on the ring road");
    field("sensors", sensors, "sensors on the ring road");
    field("rows", rows, "rows of the ring road, a quarter of an hour each");
    field("lookback", lookback, "rows a forecast sees on the ring road");
    field("horizon", horizon, "rows to forecast on the ring road");
    field("width", width, "features D of a sensor");
    field("depth", depth, "layers");
    field("d-state", d_state, "states N of a Mamba channel");
    field("heads", heads, "heads of the attention twin");
    field("epochs", epochs, "passes over the ring road's training windows");
    field("lr", lr, "AdamW peak rate on the ring road");
    field("order-seeds", order_seeds, "random orders of the sensors, a run of each twin on each");
    field("etth1-epochs", etth1_epochs, "passes over ETTh1's training windows, 0 for no ETTh1");
    field("etth1-horizon", etth1_horizon, "hours to forecast on ETTh1");
    field("etth1-width", etth1_width, "features D of a column of ETTh1");
    field("etth1-seeds", etth1_seeds, "runs of each method on ETTh1");
    field("etth1-lr", etth1_lr, "AdamW peak rate on ETTh1");
    field("lookbacks", lookbacks, "forecast ETTh1 from 48 to 720 hours as well");
    field("time-columns", time_columns, "most columns of the timing, from an eighth of it");
    field("time-width", time_width, "features D in the timing");
    field("time-heads", time_heads, "attention heads in the timing");
    field("scan-length", scan_length, "steps in the timing of the scan");
  }
};
Options options_for(Scale scale);

std::vector<Claim> claims();
std::vector<OptionInfo> options(Scale scale);
RunCard run(const RunRequest& request, Progress& progress);

}  // namespace offprint::papers::s_mamba
