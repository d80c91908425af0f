#include "offprint/tasks/pixel_sequences.h"

#include <ATen/ops/upsample_bilinear2d.h>

#include "offprint/core/error.h"

namespace offprint::tasks {

Sequences pixel_sequences(const data::LabelledImages& source, int64_t side) {
  require_dim(source.images, 3, "pixel_sequences", "images", "(N,height,width)");
  require(side >= 0 && side <= 4096, "pixel_sequences: side {}, expected 0 to 4096", side);
  Tensor images = source.images.unsqueeze(1);
  if (side > 0) images = at::upsample_bilinear2d(images, {side, side}, /*align_corners=*/false);
  Sequences out{images.flatten(1).unsqueeze(-1).contiguous(), source.labels, {}};
  const int64_t classes = source.labels.max().item<int64_t>() + 1;
  for (int64_t i = 0; i < classes; ++i) out.classes.push_back(std::to_string(i));
  return out;
}

}  // namespace offprint::tasks
