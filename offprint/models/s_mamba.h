// Forecasting with a token a variate: the whole history of a column is embedded at once, a mixer
// runs over the columns, a feed-forward layer over each column's features. Wang et al. 2024
// (S-Mamba), arXiv 2403.11144, section 4; the shell is that of Liu et al. 2023 (iTransformer),
// arXiv 2310.06625. Twins differ in the mixer alone:
//   two-way    Mamba(x) + flip(Mamba'(flip(x))), two blocks of their own: S-Mamba
//   one-way    Mamba(x): a column sees those before it
//   attention  multi-head, without positions: iTransformer
//   none       columns do not meet
#pragma once
#include <string>
#include <variant>
#include <vector>

#include "offprint/core/rng.h"
#include "offprint/nn/attention.h"
#include "offprint/nn/linear.h"
#include "offprint/nn/mamba.h"
#include "offprint/nn/norm.h"

namespace offprint::models {

struct SMambaOptions {
  int64_t lookback = 96, horizon = 24;         // L, H
  int64_t width = 128, depth = 2, d_ff = 128;  // D features of a column
  int64_t heads = 4;                           // of attention
  double dropout = 0.1;
  std::string mixer = "two-way";
  nn::MambaOptions mamba = {.d_state = 16, .expand = 1, .taps = 2};  // d_model is the width
};

struct TwoWayMamba {
  nn::Mamba forward, backward;
};
void visit(TwoWayMamba& m, auto&& param) {
  param("forward", m.forward);
  param("backward", m.backward);
}
struct NoMixer {};
void visit(NoMixer&, auto&&) {}

struct VariateMixer {
  std::variant<NoMixer, nn::Mamba, TwoWayMamba, nn::Attention> layer;
};
void visit(VariateMixer& m, auto&& param) {
  std::visit([&](auto& layer) { visit(layer, param); }, m.layer);
}

struct VariateLayer {
  VariateMixer mixer;
  nn::LayerNorm mixed, fed;     // after each sum
  nn::Linear expand, contract;  // D -> d_ff -> D
};
void visit(VariateLayer& m, auto&& param) {
  param("mixer", m.mixer);
  param("mixed", m.mixed);
  param("expand", m.expand);
  param("contract", m.contract);
  param("fed", m.fed);
}

struct SMamba {
  SMambaOptions options;
  nn::Linear embedding;  // L -> D
  std::vector<VariateLayer> layers;
  nn::LayerNorm norm;
  nn::Linear head;  // D -> H
};
void visit(SMamba& m, auto&& param) {
  param("embedding", m.embedding);
  param("layers", m.layers);
  param("norm", m.norm);
  param("head", m.head);
}

// Twins made from the same rng begin with the same weights outside the mixer. Throws Error on sizes
// that are not positive and on an unknown mixer.
SMamba make_s_mamba(const SMambaOptions& options, const Rng& rng);

// history (B,L,V) -> (B,H,V) for any V. Each window and column is standardised by its own mean and
// standard deviation before and back after. A null rng turns dropout off.
Tensor forward(const SMamba& model, const Tensor& history, Rng* dropout = nullptr);

}  // namespace offprint::models
