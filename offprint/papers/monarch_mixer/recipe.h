// Monarch Mixer: A Simple Sub-Quadratic GEMM-Based Architecture. Fu et al. 2023, arXiv 2310.12109:
// the products' identities, causality and cost, and the three forms (masked text, running text,
// images) beside their attention twins, with associative recall as the known hard case.
#pragma once
#include <vector>

#include "offprint/papers/paper.h"

namespace offprint::papers::monarch_mixer {

struct Options {
  int64_t longest = 65536;  // N of the largest product that is timed
  int64_t attention_steps = 8192, attention_width = 256;
  int64_t seeds = 1;
  int64_t language_steps = 0;  // optimiser steps a language model; 0: none
  int64_t language_length = 128, language_width = 128, language_depth = 4, language_batch = 16;
  double language_lr = 2e-3;
  int64_t tune_steps = 0;  // of fine-tuning on sentence pairs and tweets
  int64_t recall_steps = 300, recall_pairs = 16, recall_keys = 8, recall_width = 64;
  int64_t image_epochs = 6, image_seeds = 1, image_width = 64, image_depth = 3;
  double image_lr = 3e-3;
  void visit(auto&& field) {
    field("longest", longest, "entries of the largest Monarch product that is timed");
    field("attention-steps", attention_steps, "steps of the sequence timed beside attention");
    field("attention-width", attention_width, "its features");
    field("seeds", seeds, "runs of each language model");
    field("language-steps", language_steps, "optimiser steps of a language model, 0 for none");
    field("language-length", language_length, "bytes of a window");
    field("language-width", language_width, "features of the Transformer's tokens");
    field("language-depth", language_depth, "blocks of a language model");
    field("language-batch", language_batch, "windows a step");
    field("language-lr", language_lr, "AdamW peak rate of language models");
    field("tune-steps", tune_steps, "steps of fine-tuning on each downstream set, 0 for none");
    field("recall-steps", recall_steps, "optimiser steps on associative recall, 0 for none");
    field("recall-pairs", recall_pairs, "pairs of key and value in a sequence");
    field("recall-keys", recall_keys, "different keys, and as many values");
    field("recall-width", recall_width, "features of the Transformer there");
    field("image-epochs", image_epochs, "passes over the digits, 0 for none");
    field("image-seeds", image_seeds, "runs of each image model");
    field("image-width", image_width, "features of a patch in the ViT");
    field("image-depth", image_depth, "blocks of an image model");
    field("image-lr", image_lr, "AdamW peak rate on images");
  }
};
Options options_for(Scale scale);

std::vector<Claim> claims();
std::vector<OptionInfo> options(Scale scale);
RunCard run(const RunRequest& request, Progress& progress);

}  // namespace offprint::papers::monarch_mixer
