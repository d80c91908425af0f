// Public sets and weights: what each is, where from, and where it lies on this machine. Nothing of
// them is part of the project. The rows stand in catalog.cpp and weights.cpp.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "offprint/core/json.h"
#include "offprint/core/progress.h"

namespace offprint::data {

struct PublicFile {
  std::string_view name, sha256;
  uint64_t bytes = 0;
  std::string_view url = "";  // of the origin; empty where none is known
};

struct PublicSet {
  std::string_view name, what, licence;
  std::string_view origin;        // in words, for the page and the message
  std::string_view how = "";      // one line: what the user does where no file has a URL
  std::string_view package = "";  // folder below site-packages that ships the files
  std::span<const PublicFile> files;
  bool weights = false;  // else data
};

// $XDG_CACHE_HOME or ~/.cache, then offprint/data/<name> or offprint/weights/<name>: where
// `get` puts files. Throws Error where neither variable names a folder.
std::filesystem::path cache_folder(const PublicSet& set);

// The folder that holds all files of the set, looked for in $OFFPRINT_DATA/<name>, the cache, and
// the installed packages ($OFFPRINT_VENV, else the .venv nearest above this program or the current
// folder). Nothing where it is not on this machine.
std::optional<std::filesystem::path> find(const PublicSet& set);

// The path itself where one is given (Error if it does not exist), else find; or Error "data set
// 'ett' is not on this machine: offprint data get ett".
std::filesystem::path require_found(const PublicSet& set, const std::string& given = "");

// Downloads what is missing or differs into the cache, checking each SHA-256, and returns the
// folder; a set found elsewhere stays there. Throws Error with `how` where a file has no URL.
std::filesystem::path get(const PublicSet& set, Progress& progress);

// {"name", "kind", "what", "licence", "origin", "bytes", "files", "folder" (null if not here)}
Json to_json(const PublicSet& set);

// The row of that name, or Error "no data set 'et', did you mean 'ett'?".
const PublicSet& named(std::span<const PublicSet> sets, std::string_view name,
                       std::string_view kind);

}  // namespace offprint::data
