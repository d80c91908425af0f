#include "offprint/data/public_file.h"

#include <algorithm>
#include <cstdlib>

#include "offprint/core/error.h"
#include "offprint/core/suggest.h"
#include "offprint/data/download.h"
#include "offprint/data/sha256.h"

namespace offprint::data {
namespace {

namespace fs = std::filesystem;

// An environment variable; empty counts as unset.
std::optional<fs::path> variable(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

bool holds(const fs::path& folder, const PublicSet& set) {
  return std::ranges::all_of(set.files, [&](const PublicFile& file) {
    std::error_code ignored;
    return fs::is_regular_file(folder / file.name, ignored);
  });
}

std::optional<fs::path> in_environment(const fs::path& venv, const PublicSet& set) {
  std::error_code ignored;
  for (const auto& python : fs::directory_iterator(venv / "lib", ignored))
    if (const fs::path folder = python.path() / "site-packages" / set.package; holds(folder, set))
      return folder;
  return std::nullopt;
}

std::optional<fs::path> in_packages(const PublicSet& set) {
  if (set.package.empty()) return std::nullopt;
  if (const auto venv = variable("OFFPRINT_VENV")) return in_environment(*venv, set);
  std::error_code ignored;
  for (const fs::path& start :
       {fs::read_symlink("/proc/self/exe", ignored), fs::current_path(ignored) / "here"})
    for (fs::path root = start.parent_path();; root = root.parent_path()) {
      if (const auto folder = in_environment(root / ".venv", set)) return folder;
      if (!root.has_relative_path()) break;
    }
  return std::nullopt;
}

std::string kind_of(const PublicSet& set) { return set.weights ? "weights" : "data set"; }

}  // namespace

fs::path cache_folder(const PublicSet& set) {
  const auto cache = variable("XDG_CACHE_HOME"), home = variable("HOME");
  require(cache || home, "no folder for downloads: neither XDG_CACHE_HOME nor HOME is set");
  return (cache ? *cache : *home / ".cache") / "offprint" / (set.weights ? "weights" : "data") /
         set.name;
}

std::optional<fs::path> find(const PublicSet& set) {
  if (const auto root = variable("OFFPRINT_DATA"); root && holds(*root / set.name, set))
    return *root / set.name;
  if (variable("XDG_CACHE_HOME") || variable("HOME"))
    if (const fs::path folder = cache_folder(set); holds(folder, set)) return folder;
  return in_packages(set);
}

fs::path require_found(const PublicSet& set, const std::string& given) {
  if (!given.empty()) {
    std::error_code ignored;
    require(fs::exists(given, ignored), "cannot read {}: No such file or directory", given);
    return given;
  }
  const auto folder = find(set);
  require(folder.has_value(), "{} '{}' is not on this machine: offprint data get {}", kind_of(set),
          set.name, set.name);
  return *folder;
}

fs::path get(const PublicSet& set, Progress& progress) {
  if (const auto folder = find(set)) return *folder;
  for (const PublicFile& file : set.files)
    require(!file.url.empty(), "{} '{}' cannot be downloaded: {}", kind_of(set), set.name, set.how);
  const fs::path folder = cache_folder(set);
  for (const PublicFile& file : set.files) {
    std::error_code ignored;
    const fs::path path = folder / file.name;
    if (fs::is_regular_file(path, ignored) && sha256_of_file(path) == file.sha256) continue;
    fetch(std::string(file.url), path, std::string(file.sha256), file.bytes, progress);
  }
  return folder;
}

Json to_json(const PublicSet& set) {
  uint64_t bytes = 0;
  Json files = Json::array();
  for (const PublicFile& file : set.files) {
    bytes += file.bytes;
    Json row = {{"name", file.name}, {"bytes", file.bytes}, {"sha256", file.sha256}};
    if (!file.url.empty()) row["url"] = file.url;
    files.push_back(std::move(row));
  }
  const auto folder = find(set);
  return {{"name", set.name},     {"kind", kind_of(set)},
          {"what", set.what},     {"licence", set.licence},
          {"origin", set.origin}, {"bytes", bytes},
          {"files", files},       {"folder", folder ? Json(folder->string()) : Json()}};
}

const PublicSet& named(std::span<const PublicSet> sets, std::string_view name,
                       std::string_view kind) {
  const auto found = std::ranges::find(sets, name, &PublicSet::name);
  if (found != sets.end()) return *found;
  std::vector<std::string> known;
  for (const PublicSet& set : sets) known.emplace_back(set.name);
  std::string hint = did_you_mean(name, known);
  if (hint.empty()) hint = fmt::format(", expected one of {}", fmt::join(known, ", "));
  fail("no {} '{}'{}", kind, name, hint);
}

}  // namespace offprint::data
