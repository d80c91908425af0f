// The sequence layers a model can be built of, by the name that --method and saved models use.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "offprint/models/mixer.h"

namespace offprint::models {

struct SequenceLayer {
  std::string_view name;
  std::string_view summary;
  std::string_view paper;  // slug of the paper it comes from; empty for a baseline
  Mixer (*make)(const MixerOptions&, const MixerPlace&, Rng&);
};

std::span<const SequenceLayer> sequence_layers();
std::vector<std::string> sequence_layer_names();
// Throws Error "unknown method 's4e', did you mean 's4d'?" or with all names.
const SequenceLayer& find_sequence_layer(std::string_view name);

}  // namespace offprint::models
