// How to Train Your HiPPO. Gu, Johnson, Timalsina, Rudra & Re 2022, arXiv 2206.12037: bases in
// closed form, their orthogonality, online reconstruction of signals and a real series, the
// timescale law on the delay task, the variance of the state, and sequential digits with S4 from
// three bases.
#pragma once
#include <vector>

#include "offprint/papers/paper.h"

namespace offprint::papers::hippo {

struct Options {
  int64_t seeds = 3;            // signals and noise are drawn anew for each
  int64_t order = 64;           // N of reconstructions
  int64_t window = 1000;        // steps of the window that is reconstructed
  double cycles = 4;            // highest frequency of the signal, cycles a window
  int64_t series_window = 720;  // of the real series, its rows are hours
  int64_t delay_lag = 100, delay_length = 600, delay_order = 64;
  double delay_band = 0.1;
  int64_t train_steps = 100;  // of all parameters of S4 on the delay task, 0 for none
  int64_t train_seeds = 3;
  double train_lr = 1e-3;
  int64_t digit_epochs = 0;  // 0: no digits
  int64_t digit_seeds = 2;
  int64_t digit_side = 16, digit_width = 32, digit_depth = 2, digit_state = 32;
  double digit_lr = 0.01;
  void visit(auto&& field) {
    field("seeds", seeds, "draws of signals and of the delay task's noise");
    field("order", order, "coefficients N of the reconstructions");
    field("window", window, "steps of the window that is reconstructed");
    field("cycles", cycles, "highest frequency of the signals, cycles a window");
    field("series-window", series_window, "window on the real series, rows");
    field("delay-lag", delay_lag, "steps the delay task remembers");
    field("delay-length", delay_length, "steps of a sequence of the delay task");
    field("delay-order", delay_order, "state size N on the delay task");
    field("delay-band", delay_band, "share of the frequencies that the delay task's noise fills");
    field("train-steps", train_steps, "optimiser steps on all of S4 on the delay task, 0 for none");
    field("train-seeds", train_seeds, "seeds of that training");
    field("train-lr", train_lr, "AdamW peak rate of that training");
    field("digit-epochs", digit_epochs, "epochs on sequential digits, 0 for none");
    field("digit-seeds", digit_seeds, "runs of each model on digits");
    field("digit-side", digit_side, "digits are resized to side x side pixels");
    field("digit-width", digit_width, "channels H of the models on digits");
    field("digit-depth", digit_depth, "blocks of the models on digits");
    field("digit-state", digit_state, "state size N on digits");
    field("digit-lr", digit_lr, "AdamW peak rate on digits");
  }
};
Options options_for(Scale scale);

std::vector<Claim> claims();
std::vector<OptionInfo> options(Scale scale);
RunCard run(const RunRequest& request, Progress& progress);

}  // namespace offprint::papers::hippo
