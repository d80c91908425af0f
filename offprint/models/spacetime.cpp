#include "offprint/models/spacetime.h"

#include <algorithm>
#include <cmath>

#include "offprint/core/error.h"
#include "offprint/nn/dropout.h"
#include "offprint/nn/losses.h"

namespace offprint::models {
namespace {

// From 4 rows to the lookback, evenly in their logarithm.
std::vector<int64_t> average_windows(const SpaceTimeOptions& o) {
  std::vector<int64_t> windows;
  const double longest = static_cast<double>(std::max<int64_t>(4, o.lookback));
  for (int64_t i = 0; i < o.averages; ++i) {
    const double place =
        o.averages == 1 ? 0 : static_cast<double>(i) / static_cast<double>(o.averages - 1);
    windows.push_back(std::llround(4 * std::pow(longest / 4, place)));
  }
  return windows;
}

Tensor centre_of(const SpaceTime& m, const Tensor& history) {  // (B,L) -> (B,1)
  return m.options.centre == "last" ? history.slice(1, -1) : history.mean(1, true);
}

// (B,L) -> (B,H,L), causal.
Tensor encode(const SpaceTime& m, const Tensor& x, Rng* dropout) {
  const SpaceTimeOptions& o = m.options;
  Tensor z =
      nn::forward_channels(m.input, nn::preprocess(x.unsqueeze(1), o.orders, average_windows(o)));
  for (const SpaceTimeBlock& block : m.blocks) {
    z = z + nn::convolve(block.ssm, z);
    const Tensor wide = at::gelu(nn::forward_channels(block.up, z));
    z = z + nn::forward_channels(block.down, nn::dropout(wide, o.dropout, dropout));
  }
  return z;
}

Tensor read_out(const SpaceTime& m, const Tensor& y) {  // (B,H,L) -> (B,L)
  return nn::forward_channels(m.output, y).squeeze(1);
}

}  // namespace

SpaceTime make_spacetime(const SpaceTimeOptions& o, Rng& rng) {
  require(o.width >= 1 && o.blocks >= 0 && o.states >= 1 && o.averages >= 0 && o.lookback >= 1,
          "spacetime: width {}, {} blocks, {} states, {} averages, lookback {}, expected positive "
          "sizes",
          o.width, o.blocks, o.states, o.averages, o.lookback);
  require(o.centre == "mean" || o.centre == "last", "--centre: '{}', expected mean|last", o.centre);
  SpaceTime m;
  m.options = o;
  m.input = nn::make_linear(1 + o.orders + o.averages, o.width, rng);
  for (int64_t i = 0; i < o.blocks; ++i) {
    m.blocks.push_back({nn::make_companion_ssm(o.width, o.states, rng),
                        nn::make_linear(o.width, 2 * o.width, rng),
                        nn::make_linear(2 * o.width, o.width, rng)});
    m.blocks.back().ssm.D = Tensor();  // the block goes round its state space itself
  }
  m.loop = nn::make_closed_loop(o.width, o.states, rng);
  m.output = nn::make_linear(o.width, 1, rng);
  return m;
}

Tensor forecast(const SpaceTime& m, const Tensor& history, int64_t horizon) {
  require_dim(history, 2, "spacetime", "history", "(B,L)");
  const Tensor centre = centre_of(m, history);
  const Tensor z = encode(m, history - centre, nullptr);
  return read_out(m, nn::roll_out(m.loop, z, horizon).outputs) + centre;
}

SpaceTimeErrors errors(const SpaceTime& m, const Tensor& windows, int64_t horizon, Rng* dropout) {
  require(windows.dim() == 2 && horizon >= 1 && windows.size(1) > horizon,
          "spacetime: windows are {}, expected (B,L+{})", shape_text(windows), horizon);
  const int64_t L = windows.size(1) - horizon;
  const Tensor x = windows - centre_of(m, windows.slice(1, 0, L));
  const Tensor z = encode(m, x, dropout), past = z.slice(2, 0, L);
  const nn::RollOut ahead = nn::roll_out(m.loop, past, horizon);
  const Tensor open = read_out(m, nn::convolve(m.loop.ssm, past));  // of the next value each
  return {nn::root_mean_squared_error(read_out(m, ahead.outputs), x.slice(1, L)),
          nn::root_mean_squared_error(open, x.slice(1, 1, L + 1)),
          nn::root_mean_squared_error(ahead.inputs, z.slice(2, L))};
}

}  // namespace offprint::models
