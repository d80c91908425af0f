#include "offprint/feed/neighbours.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <mutex>
#include <shared_mutex>

#include "offprint/core/error.h"
#include "offprint/core/file.h"
#include "offprint/core/json.h"
#include "offprint/core/tensor.h"
#include "offprint/data/sha256.h"
#include "offprint/feed/inner_product.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wold-style-cast"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#include <hnswlib/hnswlib.h>
#pragma GCC diagnostic pop

namespace offprint::feed {
namespace {

// Links a node, width of the search while building and while searching: recall of the ten nearest
// above 0.95 on abstracts.
constexpr size_t kLinks = 16, kBuildWidth = 100, kSearchWidth = 100;
constexpr size_t kFirstRoom = 1024;
constexpr int64_t kGrain = 16;

float distance(const void* a, const void* b, const void* width) {
  float scale_a, scale_b;
  std::memcpy(&scale_a, a, sizeof(float));
  std::memcpy(&scale_b, b, sizeof(float));
  const int32_t product = inner_product(static_cast<const int8_t*>(a) + sizeof(float),
                                        static_cast<const int8_t*>(b) + sizeof(float),
                                        *static_cast<const size_t*>(width));
  return 1.0f - scale_a * scale_b * static_cast<float>(product);
}

// hnswlib asks for a mutable pointer to the width.
class PackedSpace final : public hnswlib::SpaceInterface<float> {
 public:
  explicit PackedSpace(int64_t width) : width_(static_cast<size_t>(width)) {}
  size_t get_data_size() override { return sizeof(float) + width_; }
  hnswlib::DISTFUNC<float> get_dist_func() override { return distance; }
  void* get_dist_func_param() override { return &width_; }
  size_t width() const { return width_; }

 private:
  size_t width_;
};

}  // namespace

std::string pack_vector(std::span<const float> vector) {
  float largest = 0;
  for (const float x : vector) largest = std::max(largest, std::abs(x));
  const float scale = largest > 0 ? largest / 127.0f : 1.0f;
  std::string bytes(sizeof(float) + vector.size(), '\0');
  std::memcpy(bytes.data(), &scale, sizeof(float));
  for (size_t i = 0; i < vector.size(); ++i)
    bytes[sizeof(float) + i] = static_cast<char>(std::lround(vector[i] / scale));
  return bytes;
}

std::vector<float> unpack_vector(std::string_view bytes) {
  require(bytes.size() > sizeof(float), "vector of {} bytes, expected a scale and components",
          bytes.size());
  float scale;
  std::memcpy(&scale, bytes.data(), sizeof(float));
  std::vector<float> vector;
  for (const char c : bytes.substr(sizeof(float)))
    vector.push_back(scale * static_cast<float>(static_cast<int8_t>(c)));
  return vector;
}

struct Neighbours::Graph {
  PackedSpace space;
  std::unique_ptr<hnswlib::HierarchicalNSW<float>> nodes;
  mutable std::shared_mutex mutex;

  explicit Graph(int64_t width) : space(width) {
    nodes =
        std::make_unique<hnswlib::HierarchicalNSW<float>>(&space, kFirstRoom, kLinks, kBuildWidth);
    nodes->setEf(kSearchWidth);
  }
};

Neighbours::Neighbours(int64_t width) : graph_(std::make_unique<Graph>(width)) {}
Neighbours::~Neighbours() = default;

void Neighbours::add(std::span<const int64_t> keys, std::span<const std::string> vectors) {
  const size_t bytes = graph_->space.get_data_size();
  for (const std::string& vector : vectors)
    require(vector.size() == bytes, "neighbours: a vector of {} bytes, expected {}", vector.size(),
            bytes);
  const std::unique_lock lock(graph_->mutex);
  auto& nodes = *graph_->nodes;
  const size_t needed = nodes.cur_element_count + keys.size();
  if (needed > nodes.max_elements_) nodes.resizeIndex(std::max(needed, 2 * nodes.max_elements_));
  const auto put = [&](size_t i) {
    nodes.addPoint(vectors[i].data(), static_cast<size_t>(keys[i]));
  };
  // New nodes come in at once, but the first is the entrance and must stand before; and those that
  // are there already move one by one: hnswlib takes their links apart without a lock.
  std::vector<size_t> fresh;
  for (size_t i = 0; i < keys.size(); ++i) {
    const bool known = nodes.label_lookup_.contains(static_cast<size_t>(keys[i]));
    if (known || nodes.cur_element_count == 0)
      put(i);
    else
      fresh.push_back(i);
  }
  at::parallel_for(0, static_cast<int64_t>(fresh.size()), kGrain, [&](int64_t begin, int64_t end) {
    for (auto n = static_cast<size_t>(begin); n < static_cast<size_t>(end); ++n) put(fresh[n]);
  });
}

std::vector<Neighbour> Neighbours::nearest(std::span<const float> vector, int64_t count) const {
  require(vector.size() == graph_->space.width(), "neighbours: a vector of {}, expected {}",
          vector.size(), graph_->space.width());
  const std::string packed = pack_vector(vector);
  const std::shared_lock lock(graph_->mutex);
  std::vector<Neighbour> found;
  if (graph_->nodes->cur_element_count == 0 || count <= 0) return found;
  // A width below the count would cut the answer short.
  auto heap = graph_->nodes->searchKnn(packed.data(), static_cast<size_t>(count));
  for (; !heap.empty(); heap.pop())
    found.push_back({static_cast<int64_t>(heap.top().second), 1.0 - double{heap.top().first}});
  std::ranges::reverse(found);
  return found;
}

int64_t Neighbours::size() const {
  const std::shared_lock lock(graph_->mutex);
  return static_cast<int64_t>(graph_->nodes->cur_element_count);
}

int64_t Neighbours::width() const { return static_cast<int64_t>(graph_->space.width()); }

namespace {

std::filesystem::path label_of(const std::filesystem::path& path) {
  return path.string() + ".json";
}

}  // namespace

// The label is written last and names the bytes it belongs to, so that a crash between the two
// leaves a graph that load() takes for damaged.
void Neighbours::save(const std::filesystem::path& path, int64_t stamp,
                      const std::string& model) const {
  const std::filesystem::path temporary = fmt::format("{}.{}", path.string(), getpid());
  {
    const std::shared_lock lock(graph_->mutex);
    graph_->nodes->saveIndex(temporary.string());
  }
  const std::string sum = data::sha256_of_file(temporary);
  std::error_code code;
  std::filesystem::rename(temporary, path, code);
  require(!code, "neighbours: cannot write {}: {}", path.string(), code.message());
  write_json(label_of(path),
             Json{{"stamp", stamp}, {"model", model}, {"width", width()}, {"sha256", sum}});
}

int64_t Neighbours::load(const std::filesystem::path& path, const std::string& model) {
  try {
    const Json label = read_json(label_of(path));
    const std::string source = label_of(path).string();
    if (json_get<std::string>(label, "model", source) != model ||
        json_get<int64_t>(label, "width", source) != width() ||
        json_get<std::string>(label, "sha256", source) != data::sha256_of_file(path))
      return -1;
    auto nodes = std::make_unique<hnswlib::HierarchicalNSW<float>>(&graph_->space, path.string());
    nodes->setEf(kSearchWidth);
    const std::unique_lock lock(graph_->mutex);
    graph_->nodes = std::move(nodes);
    return json_get<int64_t>(label, "stamp", source);
  } catch (const std::exception&) {  // missing, or written by another version: built anew
    return -1;
  }
}

}  // namespace offprint::feed
