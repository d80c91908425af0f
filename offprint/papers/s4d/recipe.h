// On the Parameterization and Initialization of Diagonal State Space Models. Gu, Gupta, Goel & Re
// 2022, arXiv 2206.11893: identities of the layer, the theorem of the normal part, the delay task
// and sequential digits over all initialisations, with S4, DSS, LSTM, CNN and Transformer beside.
#pragma once
#include <vector>

#include "offprint/papers/paper.h"

namespace offprint::papers::s4d {

struct Options {
  int64_t seeds = 1;
  int64_t delay_steps = 300;                      // optimiser steps
  int64_t delay_channels = 32, delay_state = 16;  // H, N
  int64_t delay_length = 1024, delay_lag = 100;
  double delay_band = 0.25;
  bool ablation = false;     // the delay task over rules, real parts and B as well
  int64_t digit_epochs = 0;  // 0: no digits
  int64_t digit_seeds = 1;
  int64_t long_epochs = 0, long_seeds = 1, long_batch = 16;  // of the stretched digits
  int64_t digit_side = 28;
  int64_t digit_width = 32, digit_depth = 2, digit_state = 32, digit_batch = 32;
  double digit_lr = 0.01;
  std::string device = "cpu";  // from the request; what trains, trains there
  void visit(auto&& field) {
    field("seeds", seeds, "runs of each layer on the delay task");
    field("delay-steps", delay_steps, "optimiser steps on the delay task");
    field("delay-channels", delay_channels, "channels H of the layer on the delay task");
    field("delay-state", delay_state, "state size N of the layer on the delay task");
    field("delay-length", delay_length, "steps of a sequence of the delay task");
    field("delay-lag", delay_lag, "steps the delay task remembers");
    field("delay-band", delay_band, "share of the frequencies that the delay task's noise fills");
    field("ablation", ablation, "run the delay task over rules, real parts and B as well");
    field("digit-epochs", digit_epochs, "epochs on sequential digits as they are, 0 for none");
    field("digit-seeds", digit_seeds, "runs of each model on digits");
    field("long-epochs", long_epochs, "epochs on the stretched digits, 0 for none");
    field("long-seeds", long_seeds, "runs of each model on the stretched digits");
    field("long-batch", long_batch, "sequences a step on the stretched digits");
    field("digit-side", digit_side, "stretched digits have side x side pixels");
    field("digit-width", digit_width, "channels H of the S4D model on digits");
    field("digit-depth", digit_depth, "blocks of each model on digits");
    field("digit-state", digit_state, "state size N on digits");
    field("digit-batch", digit_batch, "sequences a step on digits");
    field("digit-lr", digit_lr, "AdamW peak rate on digits");
  }
};
Options options_for(Scale scale);

std::vector<Claim> claims();
std::vector<OptionInfo> options(Scale scale);
RunCard run(const RunRequest& request, Progress& progress);

}  // namespace offprint::papers::s4d
