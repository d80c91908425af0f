// Images: Monarch Mixer's ViT form beside a ViT, on the handwritten digits.
#pragma once
#include <string>
#include <vector>

#include "offprint/core/rng.h"
#include "offprint/data/images.h"
#include "offprint/papers/monarch_mixer/recipe.h"

namespace offprint::papers::monarch_mixer {

struct ImageRun {
  std::string name;
  int64_t parameters = 0;
  std::vector<double> accuracies, seconds;  // %, a seed each
};

// The ViT, and the M2 form of the same depth and the largest width that has at most 55 % of its
// parameters. A fifth of the images is kept apart, drawn anew for each seed.
std::vector<ImageRun> run_images(const data::LabelledImages& images, const Options& options,
                                 const Rng& rng, Progress& progress);
TextTable image_table(const std::vector<ImageRun>& runs);

}  // namespace offprint::papers::monarch_mixer
