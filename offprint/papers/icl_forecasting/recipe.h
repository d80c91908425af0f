// Why Do Transformers Fail to Forecast Time Series In-Context? Zhou et al. 2025, arXiv 2510.09776:
// linear self-attention on Hankel windows against the linear forecast, in closed form, fitted, fed
// back, and on real series.
#pragma once
#include <string>
#include <vector>

#include "offprint/papers/paper.h"

namespace offprint::papers::icl_forecasting {

struct Options {
  int64_t theory_windows = 100'000;  // drawn of each process for the Monte Carlo gap
  int64_t windows = 40'000;          // drawn of each process; half fits, half judges
  int64_t most_lags = 3;             // AR(1) .. AR(most_lags) in the theory's table
  int64_t adam_steps = 300;          // of one layer from random weights; 0: none
  bool paper_init = false;           // those with the authors' initialisation, rate and scale
  int64_t seeds = 1;
  int64_t depth_steps = 250;  // of each layer more
  double depth_lr = 0.03;
  int64_t most_layers = 3;
  int64_t sweep_lags = 3;  // p 3, 5 .. of the random processes; 0: no sweeps
  int64_t sweep_context = 100, sweep_rows = 30'000, depth_context = 50;
  bool deep_rollout = false;  // LSA-3 and softmax fed back too
  bool random_tasks = true;
  int64_t ett_steps = 0;       // of what trains on ETTh1 and ETTh2; 0: not run
  std::string device = "cpu";  // from the request; rivals on ETT train there
  void visit(auto&& field) {
    field("theory-windows", theory_windows,
          "windows drawn of each process for the Monte Carlo gap");
    field("windows", windows, "windows drawn of each process; half fits, half judges");
    field("most-lags", most_lags, "order of the largest autoregression in the theory's table");
    field("adam-steps", adam_steps, "steps of one layer trained from random weights; 0: none");
    field("paper-init", paper_init, "those with the authors' initialisation, rate and scale");
    field("seeds", seeds, "processes drawn in the sweeps");
    field("depth-steps", depth_steps, "steps of training for each layer more");
    field("depth-lr", depth_lr, "peak rate of their training");
    field("most-layers", most_layers, "layers of the deepest model in the sweep");
    field("sweep-lags", sweep_lags, "largest order of the random processes, 3, 5, 7; 0: no sweeps");
    field("sweep-context", sweep_context, "longest context of the sweep, in columns");
    field("sweep-rows", sweep_rows, "rows of each series in the sweeps");
    field("depth-context", depth_context, "context of the sweep over layers, in columns");
    field("deep-rollout", deep_rollout, "feed back LSA-3 and softmax too");
    field("random-tasks", random_tasks, "windows that each have a process of their own");
    field("ett-steps", ett_steps, "steps of what trains on ETTh1 and ETTh2; 0: not run");
  }
};
Options options_for(Scale scale);

std::vector<Claim> claims();
std::vector<OptionInfo> options(Scale scale);
RunCard run(const RunRequest& request, Progress& progress);

}  // namespace offprint::papers::icl_forecasting
