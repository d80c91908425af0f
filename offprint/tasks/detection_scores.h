// How well scores find what is labelled: over all thresholds, so that none has to be chosen.
#pragma once
#include "offprint/core/tensor.h"

namespace offprint::tasks {

// Scores and labels of one shape, labels bool; equal scores stand together. Both throw Error on
// other shapes and where nothing is labelled.
// Average precision, the area under the curve of precision over recall: chance gives the share of
// the labels.
double average_precision(const Tensor& scores, const Tensor& labels);
double best_f1(const Tensor& scores, const Tensor& labels);  // at the best threshold

// (T,V): every run of labels down a column gets the largest score in it, as "point adjustment" has
// it. A single lucky row then finds a whole event: best_f1 of random scores comes close to one
// where events are long (Kim et al. 2022, arXiv 2109.05257). Never report it alone.
Tensor point_adjusted(const Tensor& scores, const Tensor& labels);

}  // namespace offprint::tasks
