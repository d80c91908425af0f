// Labelled images as readers give them.
#pragma once
#include "offprint/core/tensor.h"

namespace offprint::data {

struct LabelledImages {
  Tensor images;  // (N,height,width) float32 in [0, 1]
  Tensor labels;  // (N) int64
};

}  // namespace offprint::data
