// The handwritten digits that scikit-learn's package ships (UCI Optical Recognition of Handwritten
// Digits, test part, CC BY 4.0): 1797 images of 8 x 8, so that a real set is there without a
// download.
#pragma once
#include <filesystem>
#include <optional>

#include "offprint/data/images.h"

namespace offprint::data {

// digits.csv or digits.csv.gz: 64 pixels of 0 .. 16 and a label a row. Error "path:row: ..." on
// anything else.
LabelledImages read_digits(const std::filesystem::path& path);

// Where the catalog's set "digits" lies on this machine (public_file.h says where it looks).
std::optional<std::filesystem::path> find_digits();

}  // namespace offprint::data
