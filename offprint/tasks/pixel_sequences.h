// Images read pixel by pixel: the long-range classification task of sequential digits and CIFAR.
#pragma once
#include "offprint/data/digits.h"
#include "offprint/tasks/classify.h"

namespace offprint::tasks {

// Rows one after the other, (N,side^2,1), classes "0" .. ; images of another size are resized
// bilinearly, which for the 8 x 8 digits stretches every dependency by (side/8)^2 steps without
// adding information. side 0 keeps the size.
Sequences pixel_sequences(const data::LabelledImages& images, int64_t side = 0);

}  // namespace offprint::tasks
