// SpaceTime: companion state spaces under a closed loop, one model for any horizon. Zhang et al.
// 2023, arXiv 2303.09489, section 3.2 and the authors' repository.
//   x less its centre -> preprocessing heads -> map to H channels
//   -> blocks x { + companion SSM, + map to 2H, GELU, dropout, map to H }
//   -> closed loop -> map to one value, plus the centre
#pragma once
#include <string>
#include <vector>

#include "offprint/core/rng.h"
#include "offprint/core/tensor.h"
#include "offprint/nn/companion_ssm.h"
#include "offprint/nn/linear.h"

namespace offprint::models {

struct SpaceTimeOptions {
  int64_t lookback = 336;          // L the windows of the averages are made for
  int64_t width = 32, blocks = 1;  // H
  int64_t states = 64;             // d of every state space
  int64_t orders = 4,
          averages = 4;  // preprocessing: differences up to, moving averages from 4 to L
  double dropout = 0.25;
  std::string centre = "mean";  // of the history, subtracted and added again: mean, last
  void visit(auto&& field) {
    field("width", width, "channels H inside the model");
    field("blocks", blocks, "companion layers before the closed loop");
    field("states", states, "state size d of each companion state space");
    field("orders", orders, "highest order of the fixed difference heads");
    field("averages", averages, "fixed heads of moving average residuals");
    field("dropout", dropout, "share of activations dropped in training");
    field("centre", centre, "what of the history is subtracted before and added after",
          {"mean", "last"});
  }
};

struct SpaceTimeBlock {
  nn::CompanionSsm ssm;
  nn::Linear up, down;  // H -> 2H -> H
};
void visit(SpaceTimeBlock& m, auto&& param) {
  param("ssm", m.ssm);
  param("up", m.up);
  param("down", m.down);
}

struct SpaceTime {
  SpaceTimeOptions options;
  nn::Linear input;  // heads -> H
  std::vector<SpaceTimeBlock> blocks;
  nn::ClosedLoop loop;  // of H channels
  nn::Linear output;    // H -> 1
};
void visit(SpaceTime& m, auto&& param) {
  param("input", m.input);
  param("blocks", m.blocks);
  param("loop", m.loop);
  param("output", m.output);
}

// Throws Error on sizes that are not positive and an unknown centre.
SpaceTime make_spacetime(const SpaceTimeOptions& options, Rng& rng);

// history (B,L) -> the `horizon` values after it (B,horizon), any horizon.
Tensor forecast(const SpaceTime& m, const Tensor& history, int64_t horizon);

// Of windows (B,L+horizon), whose last `horizon` values are the future: root mean square errors of
// the horizon, of each value of the history from those before it (the loop open), and of the inputs
// that the closed loop puts in for itself. Only targets see the future. The training loss is their
// sum. A null rng turns dropout off.
struct SpaceTimeErrors {
  Tensor horizon, history, inputs;
};
SpaceTimeErrors errors(const SpaceTime& m, const Tensor& windows, int64_t horizon, Rng* dropout);

}  // namespace offprint::models
