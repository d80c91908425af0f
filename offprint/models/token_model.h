// Models over tokens or image patches in one shell, so that a comparison changes nothing but what
// mixes the sequence and what mixes the features:
//   embedding + positions -> depth x { norm, mixer, + ; norm, feed-forward, + } -> norm -> head
// Sequence mixers: attention (a GPT, BERT or ViT), Monarch Mixer's gated long convolution, and its
// learned Monarch products. Feed-forward: dense, or block-diagonal as Monarch Mixer has it.
// Fu et al. 2023, arXiv 2310.12109, section 4.
#pragma once
#include <string>
#include <variant>
#include <vector>

#include "offprint/core/rng.h"
#include "offprint/nn/attention.h"
#include "offprint/nn/block_linear.h"
#include "offprint/nn/learned_monarch.h"
#include "offprint/nn/linear.h"
#include "offprint/nn/monarch_mixer.h"
#include "offprint/nn/norm.h"

namespace offprint::models {

struct TrunkOptions {
  int64_t length = 128, width = 128, depth = 4;  // L at most, D
  int64_t expand = 4;                            // features inside the feed-forward, times D
  bool causal = true;
  std::string mixer = "m2";    // attention, m2, m2-residual, monarch (learned factors)
  std::string feed = "block";  // dense, block
  int64_t heads = 4;           // of attention
  int64_t blocks = 4;          // of the block-diagonal feed-forward
  double dropout = 0;
  void visit(auto&& field) {
    field("length", length, "tokens of a sequence");
    field("width", width, "features D of a token");
    field("depth", depth, "blocks");
    field("expand", expand, "features inside the feed-forward, a multiple of the width");
    field("heads", heads, "attention heads");
    field("blocks", blocks, "blocks of a block-diagonal feed-forward");
    field("dropout", dropout, "share of activations dropped in training");
  }
};

struct TokenMixer {
  std::variant<nn::Attention, nn::MonarchMixer, nn::LearnedMonarch, nn::LearnedCausalMonarch> layer;
};
void visit(TokenMixer& m, auto&& param) {
  std::visit([&](auto& layer) { visit(layer, param); }, m.layer);
}

struct FeedMap {
  std::variant<nn::Linear, nn::BlockLinear> layer;
};
void visit(FeedMap& m, auto&& param) {
  std::visit([&](auto& layer) { visit(layer, param); }, m.layer);
}

struct TokenBlock {
  nn::LayerNorm before_mixer, before_feed;
  TokenMixer mixer;
  FeedMap expand, contract;
};
void visit(TokenBlock& m, auto&& param) {
  param("before_mixer", m.before_mixer);
  param("mixer", m.mixer);
  param("before_feed", m.before_feed);
  param("expand", m.expand);
  param("contract", m.contract);
}

struct Trunk {
  TrunkOptions options;
  Tensor positions;  // (L,D)
  std::vector<TokenBlock> blocks;
  nn::LayerNorm norm;
};
void visit(Trunk& m, auto&& param) {
  param("positions", m.positions, {.lr = {}, .weight_decay = 0.0});
  param("blocks", m.blocks);
  param("norm", m.norm);
}

// Throws Error on sizes that are not positive and on unknown names.
Trunk make_trunk(const TrunkOptions& options, Rng& rng);
// (B,L,D) -> (B,L,D). A null rng turns dropout off. Throws Error on more tokens than it was made
// for (learned factors that are not causal take exactly that many).
Tensor forward(const Trunk& m, const Tensor& x, Rng* dropout = nullptr);

struct TokenModel {
  Tensor embedding;  // (V,D), also the head
  Trunk trunk;
};
void visit(TokenModel& m, auto&& param) {
  param("embedding", m.embedding, {.lr = {}, .weight_decay = 0.0});
  param("trunk", m.trunk);
}
TokenModel make_token_model(int64_t vocabulary, const TrunkOptions& options, Rng& rng);
Tensor features(const TokenModel& m, const Tensor& tokens, Rng* dropout = nullptr);  // (B,L,D)
// tokens (B,L) int64 -> logits (B,L,V)
Tensor forward(const TokenModel& m, const Tensor& tokens, Rng* dropout = nullptr);

// One output a sequence: of tokens, whose mean feature the head sees, or of image patches.
struct TokenClassifier {
  TokenModel model;
  nn::Linear head;  // D -> K
};
void visit(TokenClassifier& m, auto&& param) {
  param("model", m.model);
  param("head", m.head);
}
Tensor forward(const TokenClassifier& m, const Tensor& tokens, Rng* dropout = nullptr);  // (B,K)

struct PatchModel {
  int64_t patch = 4;  // side
  nn::Linear input;   // patch^2 -> D
  Trunk trunk;
  nn::Linear head;  // D -> K
};
void visit(PatchModel& m, auto&& param) {
  param("input", m.input);
  param("trunk", m.trunk);
  param("head", m.head);
}
// Square images of `side` pixels, a multiple of the patch; options.length is set from them.
PatchModel make_patch_model(int64_t side, int64_t patch, int64_t classes, TrunkOptions options,
                            Rng& rng);
Tensor forward(const PatchModel& m, const Tensor& images,
               Rng* dropout = nullptr);  // (B,S,S)->(B,K)

// The width (a multiple of heads and blocks) whose token model has the number of trainable
// parameters nearest to `parameters`.
int64_t trunk_width_for(int64_t vocabulary, TrunkOptions options, int64_t parameters);

}  // namespace offprint::models
