// Video as a still content and a latent motion that follows an equation under fractional noise.
// Daems et al. 2023, arXiv 2310.12975, section 5: convolutions see the frames, a control that hears
// them steers the motion, and a decoder paints content and motion together. Without seeing, the
// equation alone goes on: prediction.
#pragma once
#include <string>

#include "offprint/models/fractional_path.h"
#include "offprint/nn/linear.h"

namespace offprint::models {

struct VideoSdeOptions {
  std::string noise = "fractional";  // brownian; none: an ordinary differential equation
  int64_t side = 16;                 // of a frame: a multiple of 4
  int64_t motion = 4;                // latent numbers D that move
  int64_t content = 16;              // that stay
  int64_t features = 32;             // of a frame
  int64_t width = 64;                // of the networks of the equation
  int64_t terms = 5;
  kernels::FbmType kind = kernels::FbmType::riemann_liouville;
  int64_t substeps = 2;  // of the equation, a frame
  double frame_time = 0.1;
  double frames_ahead = 16;  // horizon of the noise, frames
  double pixel_deviation = 0.2;
};

struct Filter2d {
  Tensor weight, bias;  // (O,I,3,3), (O)
};
void visit(Filter2d& m, auto&& param) {
  param("weight", m.weight);
  param("bias", m.bias, {.lr = {}, .weight_decay = 0.0});
}

struct VideoSde {
  VideoSdeOptions options;
  nn::FractionalDriver driver;
  Filter2d see1, see2, paint1, paint2;
  nn::Linear frame, canvas;           // 4 x 4 maps to features; latents to maps
  nn::Perceptron still, hear, start;  // content; what a frame says; x(0)
  nn::Perceptron drift, control;
  Tensor noise_in, noise_bias, noise_out, noise_level;  // (D,8), (D,8), (D,8), (D)
  Tensor start_mean, start_log_deviation;               // (D): the prior of x(0)
  Tensor hurst_raw;                                     // (D), undefined unless fractional
};
void visit(VideoSde& m, auto&& param) {
  param("see1", m.see1);
  param("see2", m.see2);
  param("paint1", m.paint1);
  param("paint2", m.paint2);
  param("frame", m.frame);
  param("canvas", m.canvas);
  param("still", m.still);
  param("hear", m.hear);
  param("start", m.start);
  param("drift", m.drift);
  param("control", m.control);
  param("noise_in", m.noise_in);
  param("noise_bias", m.noise_bias);
  param("noise_out", m.noise_out);
  param("noise_level", m.noise_level);
  param("start_mean", m.start_mean);
  param("start_log_deviation", m.start_log_deviation);
  param("hurst_raw", m.hurst_raw, {.lr = 0.02, .weight_decay = 0.0});  // one number, far to go
}
VideoSde make_video_sde(const VideoSdeOptions& options, Rng& rng);
Tensor hurst_of(const VideoSde& m);  // (D); 1/2 where the noise is not fractional

struct VideoBound {
  Tensor bound;   // (B) nats a clip, lower bound of the density of its frames
  Tensor frames;  // (B,T,side,side) as painted
};
// clips (B,T,side,side), T >= 3. One path each.
VideoBound video_bound(const VideoSde& m, const Tensor& clips, Rng& rng);

// `ahead` frames after the clips, one path each: (B,ahead,side,side). No gradients.
Tensor predict_video(const VideoSde& m, const Tensor& clips, int64_t ahead, Rng& rng);

}  // namespace offprint::models
