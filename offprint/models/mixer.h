// What mixes along time in a block of the sequence model, chosen by name: the state space layers
// and the baselines beside them.
#pragma once
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "offprint/core/rng.h"
#include "offprint/nn/attention.h"
#include "offprint/nn/causal_conv.h"
#include "offprint/nn/companion_ssm.h"
#include "offprint/nn/dss.h"
#include "offprint/nn/grid_mamba.h"
#include "offprint/nn/lstm.h"
#include "offprint/nn/monarch_mixer.h"
#include "offprint/nn/s4.h"
#include "offprint/nn/s4d.h"

namespace offprint::models {

struct MixerOptions {
  std::string kind = "s4d";
  int64_t heads = 4;           // of attention; variates of chimera's grid
  std::string basis = "legs";  // of s4
  nn::S4DOptions s4d = {};     // dss and s4 take from it what they share; d_model is the width
  void visit(auto&& field) {
    field("heads", heads, "attention heads of the transformer, groups of channels of chimera");
    field("basis", basis, "HiPPO basis of s4", {"legs", "legt", "fout", "foud", "lagt"});
    s4d.visit([&](const char* name, auto& value, const char* help,
                  std::vector<std::string> choices = {}) {
      if (std::string_view(name) != "d-model") field(name, value, help, choices);
    });
  }
};

// Where the mixer sits: what its making depends on besides its options.
struct MixerPlace {
  int64_t width = 0;              // H
  int64_t length = 0;             // L, 0 if unknown
  int64_t block = 0, blocks = 1;  // its block and how many there are
  bool causal = false;            // may not see later steps
};

struct Mixer {
  std::variant<nn::S4D, nn::Dss, nn::S4, nn::Lstm, nn::CausalConv, nn::Attention, nn::CompanionSsm,
               nn::MonarchMixer, nn::GridMamba>
      layer;
  bool causal = false;
};
void visit(Mixer& m, auto&& param) {
  std::visit([&](auto& layer) { visit(layer, param); }, m.layer);
}

// Throws Error on an unknown kind, with the known ones (see catalog.h).
Mixer make_mixer(const MixerOptions& options, const MixerPlace& place, Rng& rng);
Tensor forward(const Mixer& m, const Tensor& u);  // (B,H,L) -> (B,H,L)

// What the catalog's rows name.
Mixer make_s4d_mixer(const MixerOptions& options, const MixerPlace& place, Rng& rng);
Mixer make_dss_mixer(const MixerOptions& options, const MixerPlace& place, Rng& rng);
Mixer make_s4_mixer(const MixerOptions& options, const MixerPlace& place, Rng& rng);
Mixer make_companion_mixer(const MixerOptions& options, const MixerPlace& place, Rng& rng);
Mixer make_m2_mixer(const MixerOptions& options, const MixerPlace& place, Rng& rng);
Mixer make_chimera_mixer(const MixerOptions& options, const MixerPlace& place, Rng& rng);
Mixer make_lstm_mixer(const MixerOptions& options, const MixerPlace& place, Rng& rng);
Mixer make_cnn_mixer(const MixerOptions& options, const MixerPlace& place, Rng& rng);
Mixer make_attention_mixer(const MixerOptions& options, const MixerPlace& place, Rng& rng);

}  // namespace offprint::models
