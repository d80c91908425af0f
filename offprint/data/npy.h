// NumPy's NPY (versions 1 to 3) and NPZ (a zip of them, stored or deflated).
#pragma once
#include <filesystem>
#include <string>
#include <string_view>

#include "offprint/data/safetensors.h"

namespace offprint::data {

// bool, int8 to int64, uint8 to uint64, float16 to float64, complex64, complex128, little endian,
// C or Fortran order, as a contiguous tensor. uint16 and uint32 become int32 and int64, uint64
// int64. Throws Error, one line with the source, on any other type (objects, text, records, big
// endian), a header that is none, a uint64 past 2^63, and data shorter or longer than the shape.
Tensor read_npy(const std::filesystem::path& path);
NamedTensors read_npz(const std::filesystem::path& path);  // names without ".npy"
Tensor parse_npy(std::string_view bytes, const std::string& source);

// Atomic. Throws Error on a type NumPy lacks (bfloat16), two of one name, past 4 GB (npz).
void write_npy(const std::filesystem::path& path, const Tensor& tensor);
void write_npz(const std::filesystem::path& path, const NamedTensors& tensors);

}  // namespace offprint::data
