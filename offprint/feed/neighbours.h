// Nearest neighbours among unit vectors, approximate and fast: a navigable small world graph
// (Malkov & Yashunin 2016, arXiv 1603.09320; hnswlib) over vectors kept as 8-bit integers with one
// scale each.
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace offprint::feed {

// A vector in a quarter of the room: float scale, then one int8 a component. Off by less than
// 0.5 % of its largest component.
std::string pack_vector(std::span<const float> vector);
std::vector<float> unpack_vector(std::string_view bytes);

struct Neighbour {
  int64_t key = 0;
  double similarity = 0;  // cosine
};

// Used from any number of threads; adding waits for searches and they for it.
class Neighbours {
 public:
  explicit Neighbours(int64_t width);
  ~Neighbours();

  // Packed vectors by key; one that is there is replaced. Throws Error on bytes of another width.
  void add(std::span<const int64_t> keys, std::span<const std::string> vectors);
  // At most `count`, most similar first.
  std::vector<Neighbour> nearest(std::span<const float> vector, int64_t count) const;
  int64_t size() const;
  int64_t width() const;

  // Keeps the graph in a file, with `stamp` (the store's newest vector in it) and `model` beside
  // it; the file is the old one or whole and new.
  void save(const std::filesystem::path& path, int64_t stamp, const std::string& model) const;
  // The stamp of what was read, -1 where there is no such file of this width and model or it is
  // damaged: then nothing changes.
  int64_t load(const std::filesystem::path& path, const std::string& model);

 private:
  struct Graph;
  std::unique_ptr<Graph> graph_;
};

}  // namespace offprint::feed
