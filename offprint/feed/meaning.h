// What papers mean: their vectors, made by a text encoder, kept in the store, and found again by
// nearness.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "offprint/core/progress.h"
#include "offprint/feed/neighbours.h"
#include "offprint/store/database.h"
#include "offprint/store/paper.h"

namespace offprint::feed {

// Texts to vectors of length 1.
struct Encoder {
  std::string name;  // vectors of another name are made anew
  int64_t width = 0;
  // Row by row, width floats a text. Called from several threads.
  std::function<std::vector<float>(std::span<const std::string>)> embed;
  std::function<int64_t(const std::string&)> tokens = {};  // that it reads of a text
};

// MiniLM-L6-v2 on this machine. Throws Error where its weights are missing, naming what gets them.
Encoder minilm_encoder();

// Used from any number of threads.
class Meaning {
 public:
  // Takes what the store and the file `index` hold; nothing is embedded yet. A store whose vectors
  // another encoder made forgets them. `index` may be missing, and is without a name not kept.
  Meaning(store::Database& database, Encoder encoder, std::filesystem::path index = {});

  // Embeds papers that lack a vector, at most `most`, and returns how many it did. Reports progress
  // and stops on request with what it has.
  int64_t embed_new(Progress& progress, int64_t most = INT64_MAX);
  void save() const;  // the index, where it has a file

  std::vector<Neighbour> nearest(const std::string& text, int64_t count) const;
  // Without the paper itself; nothing where it has no vector yet.
  std::vector<Neighbour> similar(int64_t key, int64_t count) const;
  int64_t size() const { return neighbours_.size(); }

 private:
  void take_from_store(int64_t after);

  store::Database& database_;
  Encoder encoder_;
  std::filesystem::path index_;
  Neighbours neighbours_;
  std::mutex embedding_;
  int64_t stamp_ = 0;  // the newest vector in neighbours_, guarded by embedding_ once built
};

// What is embedded of a paper.
std::string text_of(const store::Paper& paper);

}  // namespace offprint::feed
