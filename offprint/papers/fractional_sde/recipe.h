// Variational inference for equations driven by fractional noise. Daems, Opper, Crevecoeur & Birdal
// 2023, arXiv 2310.12975: five to eight Markov terms stand for noise with memory, a control fits
// paths to what was seen, and the Hurst index is learnt.
#pragma once
#include <string>
#include <vector>

#include "offprint/papers/paper.h"

namespace offprint::papers::fractional_sde {

struct Options {
  int64_t least_squares_paths = 2000;  // that the closed-form weights are fitted anew to
  int64_t bridge_steps = 400;          // of the optimiser, a bridge
  int64_t bridge_paths = 64;           // each
  int64_t series_steps = 512;          // of the series whose index is sought
  int64_t seeds = 3;                   // of each series
  int64_t terms = 9;                   // Markov terms of the fit to a series
  int64_t adjoint_steps = 1000;        // of the path that is differentiated both ways
  int64_t speed_repeats = 5;
  int64_t video_seeds = 0;     // 0: no video
  int64_t video_steps = 600;   // of the optimiser, each
  int64_t video_batch = 24;    // clips
  int64_t video_samples = 64;  // predictions that are averaged
  void visit(auto&& field) {
    field("least-squares-paths", least_squares_paths,
          "paths that the closed-form weights are fitted anew to");
    field("bridge-steps", bridge_steps, "optimiser steps of a bridge");
    field("bridge-paths", bridge_paths, "paths of each of those steps");
    field("series-steps", series_steps, "steps of the series whose index is sought");
    field("seeds", seeds, "series of each index");
    field("terms", terms, "Markov terms of the fit to a series");
    field("adjoint-steps", adjoint_steps, "steps of the path that is differentiated both ways");
    field("speed-repeats", speed_repeats, "repeats of the timing");
    field("video-seeds", video_seeds, "seeds of the video models; 0: none are trained");
    field("video-steps", video_steps, "optimiser steps of each video model");
    field("video-batch", video_batch, "clips of each of those steps");
    field("video-samples", video_samples, "predictions of a clip that are averaged");
  }
};
Options options_for(Scale scale);

std::vector<Claim> claims();
std::vector<OptionInfo> options(Scale scale);
RunCard run(const RunRequest& request, Progress& progress);

}  // namespace offprint::papers::fractional_sde
