// A folder for a benchmark's files that vanishes with it.
#pragma once
#include <stdlib.h>

#include <filesystem>
#include <string>

#include "offprint/core/error.h"

namespace offprint::benchmarks {

struct ScratchFolder {
  std::filesystem::path path;
  ScratchFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "offprint-bench-XXXXXX").string();
    require(mkdtemp(name.data()) != nullptr, "no temporary folder at {}", name);
    path = name;
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder() { std::filesystem::remove_all(path); }
};

}  // namespace offprint::benchmarks
