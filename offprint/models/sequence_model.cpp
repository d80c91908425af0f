#include "offprint/models/sequence_model.h"

#include <ATen/ops/glu.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "offprint/core/error.h"
#include "offprint/nn/dropout.h"
#include "offprint/nn/parameters.h"

namespace offprint::models {
namespace {

Tensor block_forward(const SequenceBlock& block, const Tensor& x, const SequenceOptions& o,
                     Rng* rng) {
  Tensor y = o.prenorm ? nn::forward_channels(block.norm, x) : x;
  y = nn::dropout(at::gelu(forward(block.mixer, y)), o.dropout, rng);
  y = x + at::glu(nn::forward_channels(block.gate, y), 1);
  return o.prenorm ? y : nn::forward_channels(block.norm, y);
}

}  // namespace

SequenceModel make_sequence_model(const SequenceOptions& o, Rng& rng) {
  require(o.channels > 0 && o.outputs > 0 && o.width > 0 && o.depth > 0,
          "sequence model: {} channels, {} outputs, width {}, depth {}, expected positive sizes",
          o.channels, o.outputs, o.width, o.depth);
  require(o.pool == "mean" || o.pool == "last", "--pool: '{}', expected mean|last", o.pool);
  SequenceModel m{o, nn::make_linear(o.channels, o.width, rng), {}, {}, {}};
  for (int64_t i = 0; i < o.depth; ++i) {
    // Only step-wise outputs promise not to see the future; a pooled one may look both ways.
    const MixerPlace place{o.width, o.length, i, o.depth, o.every_step};
    m.blocks.push_back({nn::make_layer_norm(o.width), make_mixer(o.mixer, place, rng),
                        nn::make_linear(o.width, 2 * o.width, rng)});
  }
  if (o.prenorm) m.norm = nn::make_layer_norm(o.width);
  m.head = nn::make_linear(o.width, o.outputs, rng);
  return m;
}

Tensor forward(const SequenceModel& m, const Tensor& x, Rng* dropout) {
  const SequenceOptions& o = m.options;
  require(x.dim() == 3 && x.size(1) > 0 && x.size(2) == o.channels,
          "sequence model: x is {}, expected (B,L,{})", shape_text(x), o.channels);
  Tensor y = nn::forward_channels(m.input, x.transpose(1, 2));  // (B,H,L)
  for (const SequenceBlock& block : m.blocks) y = block_forward(block, y, o, dropout);
  if (o.prenorm) y = nn::forward_channels(m.norm, y);
  if (o.every_step) return nn::forward_channels(m.head, y).transpose(1, 2);
  return nn::forward(m.head, o.pool == "mean" ? y.mean(2) : y.select(2, y.size(2) - 1));
}

int64_t width_for_budget(SequenceOptions options, int64_t parameters) {
  const std::string& kind = options.mixer.kind;
  const int64_t unit = kind == "transformer" || kind == "chimera" ? options.mixer.heads : 1;
  const auto count = [&](int64_t units) {
    options.width = units * unit;
    Rng rng(0);
    SequenceModel model = make_sequence_model(options, rng);
    return nn::parameter_count(nn::parameters_of(model));
  };
  int64_t high = 1;
  while (count(high) < parameters) {
    high *= 2;
    require(high * unit <= 1 << 14, "width_for_budget: {} parameters need a width above 16384",
            parameters);
  }
  int64_t low = high / 2;
  while (high - low > 1) {
    const int64_t middle = (low + high) / 2;
    (count(middle) < parameters ? low : high) = middle;
  }
  if (low == 0) return unit * high;
  const bool below = parameters - count(low) < count(high) - parameters;
  return unit * (below ? low : high);
}

}  // namespace offprint::models
