// Latent video of moving digits: noise with memory, Brownian noise and none, trained alike.
#pragma once
#include <string>
#include <vector>

#include "offprint/core/progress.h"
#include "offprint/core/rng.h"
#include "offprint/data/images.h"
#include "offprint/papers/run_card.h"

namespace offprint::papers::fractional_sde {

struct VideoOptions {
  int64_t train_steps = 600, batch = 24;
  int64_t clips = 2000, judged = 192;  // to learn from, to judge with; digits of neither are shared
  int64_t frames = 10, ahead = 6;      // seen, and then to foretell
  int64_t samples = 64;                // predictions that are averaged; the bound takes eight
  double lr = 2e-3;
};

struct VideoRun {
  std::string noise;           // fractional, brownian, none
  double bound = 0;            // nats a clip, clips that were not learnt from
  double psnr = 0;             // dB, mean prediction of the frames ahead
  double seen_psnr = 0;        // dB, frames that were seen, as painted
  std::vector<double> hurst;   // of each latent number
  std::vector<double> bounds;  // while it learnt, mean of each twentieth
  Tensor sheet;                // (clips,frames+ahead,side,side): painted, then one prediction
  Tensor truth;                // the same clips
};

// All three from one seed: the same clips, batches and starting weights where they share them.
std::vector<VideoRun> run_videos(const data::LabelledImages& digits, const VideoOptions& options,
                                 Rng rng, Progress& progress);

// Rows of frames, a clip after the other: truth, then each run.
Figure sheet_figure(const std::vector<VideoRun>& runs, const VideoOptions& options);

}  // namespace offprint::papers::fractional_sde
