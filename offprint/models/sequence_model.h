// One shell for all sequence layers, so that a comparison of layers changes nothing else:
//   input map -> depth x { norm, mixer, GELU, dropout, position-wise map to 2H and GLU, + } -> head
// as in Gu et al. 2022 (S4D), arXiv 2206.11893, appendix on experiments. Signals stay (B,H,L)
// inside: mixers convolve along L, the position-wise maps are batched products, nothing is
// transposed.
#pragma once
#include <string>
#include <vector>

#include "offprint/core/rng.h"
#include "offprint/models/mixer.h"
#include "offprint/nn/linear.h"
#include "offprint/nn/norm.h"

namespace offprint::models {

struct SequenceOptions {
  int64_t channels = 1, outputs = 1;  // C and K (or O)
  int64_t length = 0;                 // L the model is made for; a longer input is allowed
  int64_t width = 64, depth = 4;      // H
  bool prenorm = true;        // norm before the mixer (and once at the end), or after the sum
  bool every_step = false;    // outputs at each step, (B,L,O), instead of one a sequence
  std::string pool = "mean";  // mean, last: over the steps, where there is one output
  double dropout = 0.1;
  MixerOptions mixer = {};
  void visit(auto&& field) {
    field("width", width, "channels H inside the model");
    field("depth", depth, "residual blocks");
    field("prenorm", prenorm, "normalise before each mixer instead of after each sum");
    field("pool", pool, "how the steps become one output", {"mean", "last"});
    field("dropout", dropout, "share of activations dropped in training");
    mixer.visit(field);
  }
};

struct SequenceBlock {
  nn::LayerNorm norm;  // (H)
  Mixer mixer;
  nn::Linear gate;  // H -> 2H
};
void visit(SequenceBlock& m, auto&& param) {
  param("norm", m.norm);
  param("mixer", m.mixer);
  param("gate", m.gate);
}

struct SequenceModel {
  SequenceOptions options;
  nn::Linear input;  // C -> H
  std::vector<SequenceBlock> blocks;
  nn::LayerNorm norm;  // (H), undefined without prenorm
  nn::Linear head;     // H -> K
};
void visit(SequenceModel& m, auto&& param) {
  param("input", m.input);
  param("blocks", m.blocks);
  param("norm", m.norm);
  param("head", m.head);
}

// Throws Error on sizes that are not positive and on unknown names.
SequenceModel make_sequence_model(const SequenceOptions& options, Rng& rng);

// x (B,L,C) -> (B,K), or (B,L,O) with every_step. A null rng turns dropout off.
Tensor forward(const SequenceModel& model, const Tensor& x, Rng* dropout = nullptr);

// The width whose model has the number of trainable parameters nearest to `parameters`, all other
// options kept (a multiple of the heads for attention and chimera). For baselines at an equal
// budget.
int64_t width_for_budget(SequenceOptions options, int64_t parameters);

}  // namespace offprint::models
