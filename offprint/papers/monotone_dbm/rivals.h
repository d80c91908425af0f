// What completes and names images beside the machine: an RBM, a masked autoencoder, a classifier.
#pragma once
#include <cstdint>
#include <string>

#include "offprint/core/progress.h"
#include "offprint/core/rng.h"
#include "offprint/core/tensor.h"

namespace offprint::papers::monotone_dbm {

// states (N,P+1) int64: P = side*side pixels of `levels` states and a label; -1 is a hole.
struct Images {
  Tensor states;
  int64_t side = 8, levels = 2, classes = 10;
  int64_t pixels() const { return side * side; }
};

// Probabilities of each pixel's levels (B,P,levels) and, where the rival has them, of the classes.
struct Guess {
  Tensor levels, classes;
};

struct RivalOptions {
  int64_t parameters = 40'000;  // about as many
  int64_t epochs = 40, batch = 64;
  double least_hidden = 0.2, most_hidden = 0.8;
};

// Restricted Boltzmann machine over one-hot pixels, label and binary hidden variables, contrastive
// divergence of one step (Hinton 2002), momentum 0.9; completes by naive mean field.
class Rbm {
 public:
  Rbm(const Images& train, const RivalOptions& options, Rng rng, Progress& progress);
  Guess guess(const Tensor& states) const;
  int64_t parameters() const;

 private:
  Images shape_;
  Tensor weight_, visible_, hidden_;
};

// Four 3x3 convolutions with GELU between them, from one-hot levels with holes and the mask.
Guess autoencoder_guess(const Images& train, const Tensor& test, const RivalOptions& options,
                        Rng rng, Progress& progress);
// One hidden layer, from the same.
Guess classifier_guess(const Images& train, const Tensor& test, const RivalOptions& options,
                       Rng rng, Progress& progress);

}  // namespace offprint::papers::monotone_dbm
