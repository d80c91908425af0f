#include "offprint/models/chimera.h"

#include <algorithm>

#include "offprint/core/error.h"
#include "offprint/nn/dropout.h"
#include "offprint/nn/losses.h"
#include "offprint/nn/window_scale.h"

namespace offprint::models {
namespace {

int64_t cells_of(int64_t rows, int64_t patch) { return (rows + patch - 1) / patch; }

int64_t period_of(const ChimeraOptions& o) {
  const int64_t period = (o.season + o.patch / 2) / o.patch;
  return period >= 2 && 2 * period <= cells_of(o.lookback, o.patch) ? period : 1;
}

// (B,T,V) -> (B,V,cells,patch), the first row repeated before the start where T is no multiple.
Tensor patches(const Tensor& x, int64_t patch) {
  const int64_t missing = cells_of(x.size(1), patch) * patch - x.size(1);
  const Tensor first = x.slice(1, 0, 1).expand({x.size(0), missing, x.size(2)});
  return at::cat({first, x}, 1).transpose(1, 2).reshape({x.size(0), x.size(2), -1, patch});
}

// (B,V,cells,patch) -> (B,V,cells,D), causal in time.
Tensor encode(const Chimera& m, const Tensor& cells, Rng* dropout) {
  Tensor z = nn::forward(m.embedding, cells);
  for (const nn::GridMamba& block : m.blocks)
    z = z + nn::dropout(nn::forward(block, z), m.options.dropout, dropout);
  return z;
}

// (B,V,cells,D) <-> the closed loop's (B V,D,cells).
Tensor to_loop(const Tensor& z) { return z.flatten(0, 1).transpose(1, 2); }
Tensor from_loop(const Tensor& y, const Tensor& z) {
  return y.transpose(1, 2).reshape({z.size(0), z.size(1), -1, z.size(3)});
}

// (B,V,cells,D) -> (B,cells patch,V)
Tensor rows_of(const Chimera& m, const Tensor& z) {
  return nn::forward(m.head, z).flatten(2, 3).transpose(1, 2);
}

Tensor decode(const Chimera& m, const Tensor& z, int64_t horizon) {
  const ChimeraOptions& o = m.options;
  if (o.decoder == "linear") {
    require(horizon == o.horizon, "Chimera: horizon {}, expected {} with the linear decoder",
            horizon, o.horizon);
    return nn::forward(m.head, z.flatten(2, 3)).transpose(1, 2);
  }
  const nn::RollOut ahead = nn::roll_out(m.loop, to_loop(z), cells_of(horizon, o.patch));
  return rows_of(m, from_loop(ahead.outputs, z)).slice(1, 0, horizon);
}

// What each cell says of the one after it, the loop open: (B,V,cells,D).
Tensor next_cells(const Chimera& m, const Tensor& z) {
  return from_loop(nn::convolve(m.loop.ssm, to_loop(z)), z);
}

void check_history(const Chimera& m, const Tensor& history) {
  require(history.dim() == 3 && history.size(1) == m.options.lookback,
          "Chimera: history is {}, expected (B,{},V)", shape_text(history), m.options.lookback);
}

// Of scaled windows; see the header.
Tensor closed_loop_loss(const Chimera& m, const Tensor& x, int64_t horizon, Rng* dropout) {
  const int64_t L = m.options.lookback, P = m.options.patch, whole = horizon / P;
  const Tensor past = patches(x.slice(1, 0, L), P);
  const int64_t seen = past.size(2);
  const Tensor future = patches(x.slice(1, L, L + whole * P), P);
  const Tensor z = encode(m, whole > 0 ? at::cat({past, future}, 2) : past, dropout);
  const Tensor before = z.slice(2, 0, seen);
  const nn::RollOut ahead = nn::roll_out(m.loop, to_loop(before), cells_of(horizon, P));
  const Tensor guess = rows_of(m, from_loop(ahead.outputs, z)).slice(1, 0, horizon);
  Tensor loss = nn::root_mean_squared_error(guess, x.slice(1, L));
  if (seen > 1)
    loss = loss +
           nn::root_mean_squared_error(
               nn::forward(m.head, next_cells(m, before.slice(2, 0, seen - 1))), past.slice(2, 1));
  if (whole == 0) return loss;
  const Tensor inputs = from_loop(ahead.inputs, z).slice(2, 0, whole);
  return loss + nn::root_mean_squared_error(inputs, z.slice(2, seen));
}

}  // namespace

Chimera make_chimera(const ChimeraOptions& o, const Rng& rng) {
  require(
      o.lookback > 0 && o.horizon > 0 && o.width > 0 && o.depth > 0 && o.patch > 0 && o.season > 0,
      "Chimera: lookback {}, horizon {}, width {}, depth {}, patch {}, season {}, expected "
      "positive sizes",
      o.lookback, o.horizon, o.width, o.depth, o.patch, o.season);
  require(o.decoder == "linear" || o.decoder == "closed-loop",
          "--decoder: '{}', expected linear|closed-loop", o.decoder);
  Rng embedding = rng.split("embedding"), head = rng.split("head"), loop = rng.split("loop");
  const bool linear = o.decoder == "linear";
  const int64_t cells = cells_of(o.lookback, o.patch);
  Chimera m;
  m.options = o;
  m.embedding = nn::make_linear(o.patch, o.width, embedding);
  nn::GridMambaOptions block = o.block;
  block.mamba.d_model = o.width, block.period = period_of(o);
  for (int64_t i = 0; i < o.depth; ++i) {
    Rng layer = rng.split("blocks").split(static_cast<uint64_t>(i));
    m.blocks.push_back(nn::make_grid_mamba(block, layer));
  }
  m.head = linear ? nn::make_linear(cells * o.width, o.horizon, head)
                  : nn::make_linear(o.width, o.patch, head);
  if (!linear) m.loop = nn::make_closed_loop(o.width, o.loop_states, loop);
  return m;
}

Tensor forecast(const Chimera& m, const Tensor& history, int64_t horizon, Rng* dropout) {
  check_history(m, history);
  const nn::WindowScale scale = nn::window_scale(history, m.options.centre);
  const Tensor cells = patches(nn::scaled(scale, history), m.options.patch);
  return nn::unscaled(scale, decode(m, encode(m, cells, dropout), horizon));
}

Tensor training_loss(const Chimera& m, const Tensor& windows, int64_t horizon, Rng* dropout) {
  require(windows.dim() == 3 && horizon >= 1 && windows.size(1) == m.options.lookback + horizon,
          "Chimera: windows are {}, expected (B,{}+{},V)", shape_text(windows), m.options.lookback,
          horizon);
  const Tensor history = windows.slice(1, 0, m.options.lookback);
  if (m.options.decoder == "linear")
    return nn::mean_squared_error(forecast(m, history, horizon, dropout),
                                  windows.slice(1, m.options.lookback));
  const nn::WindowScale scale = nn::window_scale(history, m.options.centre);
  return closed_loop_loss(m, nn::scaled(scale, windows), horizon, dropout);
}

Tensor next_rows(const Chimera& m, const Tensor& rows, Rng* dropout) {
  require(m.options.decoder == "closed-loop" && m.options.patch == 1,
          "Chimera: decoder {} of patches of {}, expected closed-loop of 1 row", m.options.decoder,
          m.options.patch);
  require_dim(rows, 3, "Chimera", "rows", "(B,T,V)");
  return rows_of(m, next_cells(m, encode(m, patches(rows, 1), dropout)));
}

int64_t patch_for(int64_t lookback, int64_t season) {
  constexpr int64_t kCells = 24;
  const int64_t largest = std::max<int64_t>(1, lookback / kCells);
  for (int64_t patch = largest; patch > 1 && season > 1; --patch)
    if (season % patch == 0) return patch;
  return season > 1 ? 1 : largest;
}

}  // namespace offprint::models
