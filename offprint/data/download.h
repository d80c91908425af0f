// What lies in the network: a file, checked before it gets its name, or a text to be read.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "offprint/core/progress.h"

namespace offprint::data {

// Writes what `url` (https, http, file) holds to `path`: under a temporary name, renamed once its
// size and SHA-256 are as expected, so that `path` is whole or not there. Makes missing folders.
// Throws Error, one line with the URL, where it cannot be had, is longer than `bytes` or another
// file, or the disk does not take it; Stopped on request.
void fetch(const std::string& url, const std::filesystem::path& path, const std::string& sha256,
           uint64_t bytes, Progress& progress);

// What `url` (https, http) answers, at most `most_bytes`. Throws Error, one line with the URL,
// where it cannot be had or is longer; Stopped on request.
std::string fetch_text(const std::string& url, uint64_t most_bytes, Progress& progress);

struct PostOptions {
  std::vector<std::string> headers = {};  // "Authorization: Bearer ..."
  uint64_t most_bytes = 4 << 20;
  double seconds = 60;  // for all of it
};
// What `url` (https, http) answers to the JSON text `body`. Throws Error, one line with the URL,
// where it cannot be asked, answers too late or too much, or with a status of 400 or more: then
// with the beginning of what it says. Stopped on request.
std::string post_json(const std::string& url, const std::string& body, const PostOptions& options,
                      Progress& progress);

}  // namespace offprint::data
