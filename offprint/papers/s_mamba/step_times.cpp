#include "offprint/papers/s_mamba/step_times.h"

#include <algorithm>

#include "offprint/core/autograd.h"
#include "offprint/core/clock.h"
#include "offprint/models/s_mamba.h"
#include "offprint/nn/parameters.h"

namespace offprint::papers::s_mamba {
namespace {

constexpr int64_t kBatch = 4, kLookback = 96, kHorizon = 96;

struct Twin {
  explicit Twin(const Options& o, const char* mixer, const Rng& rng) {
    models::SMambaOptions m{.lookback = kLookback, .horizon = kHorizon};
    m.width = m.d_ff = o.time_width, m.depth = 1, m.heads = o.time_heads, m.dropout = 0;
    m.mixer = mixer;
    model = models::make_s_mamba(m, rng);
    for (const nn::Parameter& p : nn::parameters_of(model)) weights.push_back(p.tensor);
  }
  double seconds_a_step(const Tensor& history) const {
    const Stopwatch watch;
    gradients({models::forward(model, history).square().mean()}, weights);
    return watch.seconds();
  }
  models::SMamba model;
  Tensors weights;
};

}  // namespace

StepTimes step_times(const Options& o, const Rng& rng, Progress& progress) {
  const Twin mamba(o, "two-way", rng), attention(o, "attention", rng);
  StepTimes times;
  progress.start("time a step over the columns", 4);
  for (int64_t V = std::max<int64_t>(1, o.time_columns / 8); V <= o.time_columns; V *= 2) {
    progress.throw_if_stopped();
    const Tensor history = rng.split("history").normal({kBatch, kLookback, V});
    mamba.seconds_a_step(history), attention.seconds_a_step(history);
    double of_mamba = 1e9, of_attention = 1e9;
    // The least of many: a small step is disturbed by whatever else the machine does.
    const int64_t repeats = std::clamp<int64_t>(8192 / V, 5, 40);
    for (int64_t i = 0; i < repeats; ++i) {
      of_mamba = std::min(of_mamba, mamba.seconds_a_step(history));
      of_attention = std::min(of_attention, attention.seconds_a_step(history));
    }
    times.columns.push_back(static_cast<double>(V));
    times.mamba.push_back(of_mamba), times.attention.push_back(of_attention);
    progress.at(static_cast<int64_t>(times.columns.size()));
  }
  return times;
}

}  // namespace offprint::papers::s_mamba
