// A folder that vanishes, the message an Error carries, and damage as it happens to files.
#pragma once
#include <doctest/doctest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "offprint/core/error.h"
#include "offprint/core/file.h"
#include "offprint/core/rng.h"

namespace offprint::data {

struct Scratch {
  std::filesystem::path folder;
  Scratch() {
    std::string name = (std::filesystem::temp_directory_path() / "offprint-data-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    folder = name;
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() { std::filesystem::remove_all(folder); }

  std::filesystem::path operator/(const std::string& name) const { return folder / name; }
  std::filesystem::path write(const std::string& name, std::string_view contents) const {
    write_file(folder / name, contents);
    return folder / name;
  }
};

// The message of the Error that work throws, with the folder's path cut out; "" if it throws none.
template <class Work>
std::string message_of(const Scratch& scratch, Work&& work) {
  try {
    work();
  } catch (const Error& error) {
    std::string text = error.what();
    const std::string prefix = scratch.folder.string() + "/";
    for (size_t at; (at = text.find(prefix)) != text.npos;) text.erase(at, prefix.size());
    CHECK_MESSAGE(text.find('\n') == text.npos, "more than one line: ", text);
    return text;
  }
  return "";
}

// `whole` cut at a random place, or with one to eight bits flipped, or both.
inline std::string damaged(const std::string& whole, Rng& rng) {
  std::string out = whole;
  const int64_t kind = rng.integer(3);
  if (kind != 1) out.resize(static_cast<size_t>(rng.integer(static_cast<int64_t>(out.size()) + 1)));
  if (kind != 0 && !out.empty())
    for (int64_t flips = rng.integer(8) + 1; flips > 0; --flips) {
      const auto at = static_cast<size_t>(rng.integer(static_cast<int64_t>(out.size())));
      out[at] = static_cast<char>(out[at] ^ (1 << rng.integer(8)));
    }
  return out;
}

// Each of 2000 damaged copies of a valid file is read or refused with one clear Error. A crash, a
// sanitizer's report or any other exception ends the test.
template <class Read>
void check_survives_damage(const std::string& whole, uint64_t seed, Read&& read) {
  const Scratch scratch;
  Rng rng(seed);
  int refused = 0;
  for (int i = 0; i < 2000; ++i) {
    CAPTURE(i);
    // Not write_file: two thousand syncs of a disk would be all that is measured.
    const auto path = scratch / "damaged";
    {
      std::ofstream out(path, std::ios::binary);
      out << damaged(whole, rng);
    }
    try {
      read(path);
    } catch (const Error& error) {
      ++refused;
      const std::string text = error.what();
      CHECK(text.find('\n') == text.npos);
      CHECK(text.size() < 1000);
    }
  }
  CHECK(refused > 0);
}

}  // namespace offprint::data
