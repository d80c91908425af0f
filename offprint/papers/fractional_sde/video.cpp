#include "offprint/papers/fractional_sde/video.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "offprint/core/numbers.h"
#include "offprint/models/video_sde.h"
#include "offprint/nn/optimizer.h"
#include "offprint/worlds/moving_digits.h"

namespace offprint::papers::fractional_sde {
namespace {

constexpr int64_t kSheetClips = 2;

struct Clips {
  Tensor train, judged;
};

Clips make_clips(const data::LabelledImages& digits, const VideoOptions& o, Rng rng) {
  const int64_t apart = digits.images.size(0) / 5;
  const int64_t all = digits.images.size(0);
  const worlds::MovingDigitsOptions moving{.frames = o.frames + o.ahead};
  return {worlds::moving_digits(digits.images.slice(0, 0, all - apart), o.clips, moving, rng),
          worlds::moving_digits(digits.images.slice(0, all - apart), o.judged, moving, rng)};
}

double psnr(const Tensor& a, const Tensor& b) {
  return -10 * std::log10((a - b).pow(2).mean().item<double>());
}

void learn(models::VideoSde& m, const Tensor& clips, const VideoOptions& o, Rng rng, VideoRun& out,
           Progress& progress) {
  nn::Optimizer optimizer(nn::parameters_of(m), {.kind = "adam", .lr = o.lr, .weight_decay = 0});
  const int64_t part = std::max<int64_t>(1, o.train_steps / 20);
  double sum = 0;
  for (int64_t step = 0; step < o.train_steps; ++step) {
    Rng own = rng.split(static_cast<uint64_t>(step));
    const Tensor rows = own.integers({o.batch}, clips.size(0));
    optimizer.zero_gradients();
    const Tensor loss =
        -models::video_bound(m, clips.index_select(0, rows).slice(1, 0, o.frames), own)
             .bound.mean();
    loss.backward();
    optimizer.clip_gradients(2000);
    const double share = static_cast<double>(step) / static_cast<double>(o.train_steps);
    optimizer.step(std::min(1.0, static_cast<double>(step + 1) / 50) * 0.5 *
                   (1 + std::cos(std::numbers::pi * share)));
    sum -= loss.item<double>();
    if ((step + 1) % part == 0) out.bounds.push_back(sum / static_cast<double>(part)), sum = 0;
    progress.at(step + 1, {{"bound", -loss.item<double>()}});
    progress.throw_if_stopped();
  }
}

void judge(const models::VideoSde& m, const Tensor& clips, const VideoOptions& o, Rng rng,
           VideoRun& out, Progress& progress) {
  const at::NoGradGuard none;
  const Tensor seen = clips.slice(1, 0, o.frames), ahead = clips.slice(1, o.frames);
  Tensor mean = at::zeros_like(ahead), one;
  Tensor painted;
  constexpr int64_t kBounds = 8;
  for (int64_t i = 0; i < kBounds; ++i) {
    const models::VideoBound b = models::video_bound(m, seen, rng);
    out.bound += b.bound.mean().item<double>() / kBounds;
    painted = b.frames;
  }
  // A mean of few predictions is punished for their spread, which noise with memory has more of.
  for (int64_t i = 0; i < o.samples; ++i) {
    one = models::predict_video(m, seen, o.ahead, rng);
    mean = mean + one / static_cast<double>(o.samples);
    progress.throw_if_stopped();
  }
  out.psnr = psnr(mean, ahead), out.seen_psnr = psnr(painted, seen);
  out.hurst = numbers(models::hurst_of(m));
  out.sheet = at::cat({painted, one}, 1).slice(0, 0, kSheetClips).contiguous();
  out.truth = clips.slice(0, 0, kSheetClips).contiguous();
}

}  // namespace

std::vector<VideoRun> run_videos(const data::LabelledImages& digits, const VideoOptions& o, Rng rng,
                                 Progress& progress) {
  const Clips clips = make_clips(digits, o, rng.split("clips"));
  std::vector<VideoRun> out;
  for (const char* noise : {"fractional", "brownian", "none"}) {
    progress.start(fmt::format("video, {} noise", noise), o.train_steps);
    VideoRun run;
    run.noise = noise;
    models::VideoSdeOptions options;
    options.noise = noise;
    options.frames_ahead = static_cast<double>(o.frames + o.ahead);
    Rng init = rng.split("init");
    models::VideoSde m = models::make_video_sde(options, init);
    learn(m, clips.train, o, rng.split("learn"), run, progress);
    judge(m, clips.judged, o, rng.split("judge"), run, progress);
    out.push_back(std::move(run));
  }
  return out;
}

Figure sheet_figure(const std::vector<VideoRun>& runs, const VideoOptions& o) {
  Plot plot{.title = fmt::format("{} frames seen, then {} foretold", o.frames, o.ahead),
            .x_label = "pixel, frame after frame",
            .y_label = "truth, then each noise"};
  std::vector<std::vector<double>> rows;
  for (int64_t clip = 0; clip < kSheetClips; ++clip) {
    std::vector<Tensor> strips = {runs.front().truth[clip]};
    for (const VideoRun& run : runs) strips.push_back(run.sheet[clip]);
    for (const Tensor& strip : strips) {  // (frames,side,side) to one row of frames
      const Tensor wide = strip.permute({1, 0, 2}).flatten(1);
      for (int64_t y = 0; y < wide.size(0); ++y) rows.push_back(numbers(wide[y]));
    }
  }
  plot.heat_map.push_back({.values = std::move(rows), .label = "grey"});
  return {
      "Two clips. In each, from the top: the truth, noise with memory, Brownian noise, none. "
      "Frames to the left were seen and are painted; those to the right are one prediction.",
      plot};
}

}  // namespace offprint::papers::fractional_sde
