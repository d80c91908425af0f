#include "offprint/models/video_sde.h"

#include <ATen/ops/conv2d.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "offprint/core/error.h"

namespace offprint::models {
namespace {

constexpr int64_t kSeen = 16, kDeep = 32, kNoiseWidth = 8;

Filter2d make_filter(int64_t inputs, int64_t outputs, Rng& rng) {
  const double scale = std::sqrt(2.0 / (9.0 * static_cast<double>(inputs)));
  return {rng.normal({outputs, inputs, 3, 3}) * scale, at::zeros({outputs})};
}

Tensor forward(const Filter2d& m, const Tensor& x, int64_t stride) {
  return at::conv2d(x, m.weight, m.bias, stride, 1);
}

Tensor twice_as_large(const Tensor& x) {  // (N,C,H,W), every pixel as two by two
  const int64_t h = x.size(2), w = x.size(3);
  return x.unsqueeze(3)
      .unsqueeze(5)
      .expand({-1, -1, h, 2, w, 2})
      .reshape({x.size(0), x.size(1), 2 * h, 2 * w});
}

struct Heard {
  Tensor h;                    // (B,T,F)
  Tensor content;              // (B,C)
  Tensor mean, log_deviation;  // (B,D) of x(0)
};

Heard hear(const VideoSde& m, const Tensor& clips) {
  require_dim(clips, 4, "video", "clips", "(B,T,side,side)");
  require(clips.size(1) >= 3 && clips.size(2) == m.options.side && clips.size(3) == m.options.side,
          "video: clips are {}, expected (B,T,{},{}) with T >= 3", shape_text(clips),
          m.options.side, m.options.side);
  const int64_t B = clips.size(0), T = clips.size(1);
  const Tensor pixels = clips.reshape({B * T, 1, m.options.side, m.options.side});
  const Tensor maps = at::silu(forward(m.see2, at::silu(forward(m.see1, pixels, 2)), 2));
  const Tensor f = at::silu(nn::forward(m.frame, maps.flatten(1))).view({B, T, -1});
  const Tensor before = at::cat({f.slice(1, 0, 1), f.slice(1, 0, T - 1)}, 1);
  const Tensor after = at::cat({f.slice(1, 1), f.slice(1, T - 1)}, 1);
  Heard out;
  out.h = nn::forward(m.hear, at::cat({before, f, after}, 2));
  out.content = nn::forward(m.still, f).mean(1);
  const Tensor start = nn::forward(m.start, f.slice(1, 0, 3).flatten(1));
  out.mean = start.slice(1, 0, m.options.motion);
  out.log_deviation = start.slice(1, m.options.motion) - 1;
  return out;
}

Tensor paint(const VideoSde& m, const Tensor& content, const Tensor& x) {  // x (T,B,D)
  const int64_t T = x.size(0), B = x.size(1), small = m.options.side / 4;
  const Tensor both = at::cat({content.expand({T, B, content.size(1)}), x}, 2).flatten(0, 1);
  const Tensor maps = at::silu(nn::forward(m.canvas, both)).view({T * B, kDeep, small, small});
  const Tensor middle = at::silu(forward(m.paint1, twice_as_large(maps), 1));
  const Tensor out = at::sigmoid(forward(m.paint2, twice_as_large(middle), 1));
  return out.view({T, B, m.options.side, m.options.side}).transpose(0, 1);
}

FractionalEquation equation_of(const VideoSde& m) {
  FractionalEquation e;
  e.driver = m.driver;
  e.weights =
      m.hurst_raw.defined() ? kernels::mfbm_weights(hurst_of(m), m.driver.shape) : at::ones({1});
  e.drift = [&m](double, const Tensor& x) { return nn::forward(m.drift, x); };
  if (m.options.noise == "none")
    e.diffusion = [](const Tensor& x) { return at::zeros_like(x); };
  else
    e.diffusion = [&m](const Tensor& x) {
      const Tensor bent = at::tanh(x.unsqueeze(2) * m.noise_in + m.noise_bias);
      return at::softplus((bent * m.noise_out).sum(2) + m.noise_level);
    };
  e.stratonovich = true;
  return e;
}

// The control hears the frames up to the last one, between them a straight mix of both.
Control control_of(const VideoSde& m, const Tensor& h) {
  if (m.options.noise == "none") return {};
  std::vector<double> scale;
  const bool from_zero = m.driver.shape.type == kernels::FbmType::riemann_liouville;
  for (const double rate : m.driver.shape.rates)  // a term's spread, after a while or from ever
    scale.push_back(std::sqrt(2 * (from_zero ? std::max(rate, 0.5) : rate)));
  const Tensor y_scale = at::tensor(scale, at::kDouble).to(at::kFloat);
  return [&m, h, y_scale](int64_t i, const Tensor& x, const Tensor& y) -> Steering {
    const int64_t frame = i / m.options.substeps;
    if (frame >= h.size(1) - 1) return {at::zeros_like(x), {}};
    const double share =
        static_cast<double>(i % m.options.substeps) / static_cast<double>(m.options.substeps);
    const Tensor now = (1 - share) * h.select(1, frame) + share * h.select(1, frame + 1);
    return {nn::forward(m.control, at::cat({x, (y * y_scale).flatten(1), now}, 1)), {}};
  };
}

Rolled roll(const VideoSde& m, const Heard& heard, const Tensor& x, int64_t frames,
            const Rng& rng) {
  return roll_out(equation_of(m), control_of(m, heard.h), x,
                  {.steps = frames * m.options.substeps, .keep_every = m.options.substeps}, rng);
}

}  // namespace

VideoSde make_video_sde(const VideoSdeOptions& o, Rng& rng) {
  require(o.side % 4 == 0 && o.side >= 8, "video: side {}, expected a multiple of 4", o.side);
  require(o.noise == "fractional" || o.noise == "brownian" || o.noise == "none",
          "video: unknown noise '{}', expected fractional|brownian|none", o.noise);
  VideoSde m;
  m.options = o;
  const double horizon = o.frame_time * o.frames_ahead;
  const kernels::MarkovFbm shape =
      o.noise == "fractional"
          ? kernels::make_mfbm(0.5, static_cast<int>(o.terms), horizon, {.type = o.kind})
          : kernels::make_brownian(horizon);
  m.driver = nn::make_driver(shape, o.frame_time / static_cast<double>(o.substeps), at::kFloat);
  const int64_t D = o.motion, F = o.features, cells = kDeep * (o.side / 4) * (o.side / 4);
  m.see1 = make_filter(1, kSeen, rng), m.see2 = make_filter(kSeen, kDeep, rng);
  m.frame = nn::make_linear(cells, F, rng);
  m.still = nn::make_perceptron({F, F, o.content}, rng);
  m.hear = nn::make_perceptron({3 * F, F, F}, rng);
  m.start = nn::make_perceptron({3 * F, o.width, 2 * D}, rng);
  m.canvas = nn::make_linear(o.content + D, cells, rng);
  m.paint1 = make_filter(kDeep, kSeen, rng), m.paint2 = make_filter(kSeen, 1, rng);
  m.paint2.bias.fill_(-2);  // most of a frame is dark
  m.drift = nn::make_perceptron({D, o.width, D}, rng);
  // The noise differs between the twins, and so do the draws of nothing else.
  Rng own = rng.split("noise");
  m.control = nn::make_perceptron({D * (1 + m.driver.terms()) + F, o.width, D}, own, true);
  if (o.noise != "none") {
    m.noise_in = own.normal({D, kNoiseWidth}), m.noise_bias = own.normal({D, kNoiseWidth});
    m.noise_out = at::zeros({D, kNoiseWidth}), m.noise_level = at::full({D}, -0.5);
  }
  m.start_mean = at::zeros({D}), m.start_log_deviation = at::zeros({D});
  if (o.noise == "fractional") m.hurst_raw = at::zeros({D});
  return m;
}

Tensor hurst_of(const VideoSde& m) {
  if (!m.hurst_raw.defined()) return at::full({m.options.motion}, 0.5);
  return 0.02 + 0.96 * at::sigmoid(m.hurst_raw);
}

VideoBound video_bound(const VideoSde& m, const Tensor& clips, Rng& rng) {
  const Heard heard = hear(m, clips);
  const Tensor deviation = heard.log_deviation.exp();
  const Tensor x = heard.mean + deviation * rng.normal(heard.mean.sizes());
  const Rolled rolled = roll(m, heard, x, clips.size(1) - 1, rng.split(rng.bits()));
  VideoBound out;
  out.frames = paint(m, heard.content, rolled.x);
  const double s = m.options.pixel_deviation;
  const Tensor seen = -0.5 / (s * s) * (out.frames - clips).pow(2).sum({1, 2, 3}) -
                      0.5 * std::log(2 * std::numbers::pi * s * s) *
                          static_cast<double>(clips.numel() / clips.size(0));
  const Tensor ratio = (heard.log_deviation - m.start_log_deviation).exp();
  const Tensor off = (heard.mean - m.start_mean) / m.start_log_deviation.exp();
  const Tensor start = 0.5 * (ratio.pow(2) + off.pow(2) - 1 - 2 * ratio.log()).sum(1);
  out.bound = seen - start - rolled.cost;
  return out;
}

Tensor predict_video(const VideoSde& m, const Tensor& clips, int64_t ahead, Rng& rng) {
  const at::NoGradGuard none;
  const Heard heard = hear(m, clips);
  const Tensor x = heard.mean + heard.log_deviation.exp() * rng.normal(heard.mean.sizes());
  const int64_t T = clips.size(1);
  const Rolled rolled = roll(m, heard, x, T - 1 + ahead, rng.split(rng.bits()));
  return paint(m, heard.content, rolled.x.slice(0, T)).contiguous();
}

}  // namespace offprint::models
