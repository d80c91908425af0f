// IDX, the format of MNIST and its relatives: a type, sizes and big-endian values, plain or gzip.
#pragma once
#include <filesystem>

#include "offprint/data/images.h"

namespace offprint::data {

// uint8, int8, int16, int32, float32 or float64. Throws Error, one line with the path, on another
// first word, more than 8 dimensions, and data shorter or longer than the sizes say.
Tensor read_idx(const std::filesystem::path& path);

// A file of images (N,height,width) of bytes and one of N labels. Throws Error also where the two
// do not fit each other.
LabelledImages read_idx_images(const std::filesystem::path& images,
                               const std::filesystem::path& labels);

void write_idx(const std::filesystem::path& path, const Tensor& tensor);  // atomic, not packed

}  // namespace offprint::data
