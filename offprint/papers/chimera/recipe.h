// Chimera: Effectively Modeling Multivariate Time Series with 2-Dimensional State Space Models.
// Behrouz, Santacatterina & Zabih 2024, arXiv 2406.04320: the scan over a grid and its reductions,
// series that are a two-dimensional recurrence, seasons with trends, ETTh1 beside S-Mamba, and
// faults that only show across columns.
#pragma once
#include <string>
#include <vector>

#include "offprint/papers/paper.h"

namespace offprint::papers::chimera {

struct Options {
  int64_t seeds = 1;
  int64_t loop_variates = 16, loop_steps = 64;  // of the double loop that is timed
  int64_t columns = 8, rows = 2400;             // V, T of the recurrence
  int64_t lookback = 16, epochs = 8;            // there
  int64_t width = 16, depth = 1, d_state = 4;   // of the networks
  double lr = 1e-2;
  int64_t season_columns = 6, season_rows = 2400, season_epochs = 5;
  int64_t season_lookback = 96, season_horizon = 24;
  int64_t fault_events = 6, fault_rows = 24;  // of each kind
  int64_t audit_epochs = 6, smooth = 12;
  bool ablations = false;  // twins and orders of the columns, on the seasons
  int64_t etth1_steps = 0, etth1_width = 16, etth1_depth = 2;
  double etth1_lr = 2e-3;
  std::string device = "cpu";  // from the request; what trains, trains there
  void visit(auto&& field) {
    field("seeds", seeds, "runs of what trains");
    field("loop-variates", loop_variates, "variates of the grid on which the double loop is timed");
    field("loop-steps", loop_steps, "steps of the grid on which the double loop is timed");
    field("columns", columns, "columns of the two-dimensional recurrence");
    field("rows", rows, "rows of the two-dimensional recurrence");
    field("lookback", lookback, "rows a forecast of the recurrence sees");
    field("epochs", epochs, "passes over the recurrence's training windows");
    field("width", width, "features D of a cell, of generated series");
    field("depth", depth, "blocks, of generated series");
    field("d-state", d_state, "states N of a channel along each axis");
    field("lr", lr, "AdamW peak rate on generated series");
    field("season-columns", season_columns, "columns of the seasons");
    field("season-rows", season_rows, "rows of the seasons");
    field("season-epochs", season_epochs, "passes over the seasons' training windows");
    field("season-lookback", season_lookback, "rows a forecast of the seasons sees");
    field("season-horizon", season_horizon, "rows to forecast of the seasons");
    field("fault-events", fault_events, "faults of each kind");
    field("fault-rows", fault_rows, "rows of a fault");
    field("audit-epochs", audit_epochs, "passes of the audit over its normal rows");
    field("smooth", smooth, "rows that a score of the audit is the mean of");
    field("ablations", ablations, "one way, fixed matrices and other orders on the seasons");
    field("etth1-steps", etth1_steps, "steps of each network on ETTh1, 0 for no ETTh1");
    field("etth1-width", etth1_width, "features D of a cell of ETTh1");
    field("etth1-depth", etth1_depth, "blocks on ETTh1");
    field("etth1-lr", etth1_lr, "AdamW peak rate on ETTh1");
  }
};
Options options_for(Scale scale);

std::vector<Claim> claims();
std::vector<OptionInfo> options(Scale scale);
RunCard run(const RunRequest& request, Progress& progress);

}  // namespace offprint::papers::chimera
