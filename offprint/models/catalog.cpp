#include "offprint/models/catalog.h"

#include <fmt/ranges.h>

#include <array>

#include "offprint/core/error.h"

namespace offprint::models {
namespace {

constexpr auto kLayers = std::to_array<SequenceLayer>({
    {"s4d", "diagonal state space as a long convolution", "s4d", make_s4d_mixer},
    {"dss", "diagonal state space with a softmax over the lags", "s4d", make_dss_mixer},
    {"s4", "normal-plus-low-rank state space from a HiPPO basis: legs, legt, fout", "hippo",
     make_s4_mixer},
    {"companion", "companion state space, which contains AR and exponential smoothing", "spacetime",
     make_companion_mixer},
    {"m2-bert", "gated long convolution, its kernel made by a network over the position",
     "monarch-mixer", make_m2_mixer},
    {"chimera", "2-D state space over groups of channels and time", "chimera", make_chimera_mixer},
    {"lstm", "long short-term memory, the recurrent baseline", "", make_lstm_mixer},
    {"cnn", "dilated causal convolutions that together reach over the sequence", "",
     make_cnn_mixer},
    {"transformer", "multi-head attention with sinusoidal positions", "", make_attention_mixer},
});

}  // namespace

std::span<const SequenceLayer> sequence_layers() { return kLayers; }

std::vector<std::string> sequence_layer_names() {
  std::vector<std::string> names;
  for (const SequenceLayer& layer : kLayers) names.emplace_back(layer.name);
  return names;
}

const SequenceLayer& find_sequence_layer(std::string_view name) {
  for (const SequenceLayer& layer : kLayers)
    if (layer.name == name) return layer;
  fail("unknown method '{}', expected {}", name, fmt::join(sequence_layer_names(), "|"));
}

}  // namespace offprint::models
