#include "offprint/feed/neighbours.h"

#include <algorithm>
#include <cmath>
#include <thread>

#include "offprint/feed/inner_product.h"
#include "tests/data/scratch.h"

using namespace offprint;
using namespace offprint::feed;

namespace {

using Vectors = std::vector<std::vector<float>>;

Vectors unit_vectors(int64_t count, int64_t width, uint64_t seed) {
  Rng rng(seed);
  Vectors vectors;
  for (int64_t i = 0; i < count; ++i) {
    std::vector<float> v;
    double square = 0;
    for (int64_t j = 0; j < width; ++j) {
      v.push_back(static_cast<float>(rng.normal()));
      square += double{v.back()} * double{v.back()};
    }
    for (float& x : v) x /= static_cast<float>(std::sqrt(square));
    vectors.push_back(std::move(v));
  }
  return vectors;
}

void add_all(Neighbours& neighbours, const Vectors& vectors) {
  std::vector<int64_t> keys;
  std::vector<std::string> packed;
  for (size_t i = 0; i < vectors.size(); ++i) {
    keys.push_back(static_cast<int64_t>(i) * 3);
    packed.push_back(pack_vector(vectors[i]));
  }
  neighbours.add(keys, packed);
}

double dot(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += double{a[i]} * double{b[i]};
  return sum;
}

std::vector<int64_t> nearest_by_force(const Vectors& vectors, const std::vector<float>& to,
                                      size_t count) {
  std::vector<int64_t> keys;
  for (size_t i = 0; i < vectors.size(); ++i) keys.push_back(static_cast<int64_t>(i) * 3);
  const auto similarity = [&](int64_t key) { return -dot(vectors[key / 3], to); };
  std::ranges::sort(keys, {}, similarity);
  keys.resize(count);
  return keys;
}

}  // namespace

TEST_CASE("inner product: equals the sum, at every length and at the extremes") {
  Rng rng(3);
  for (size_t size = 0; size < 200; ++size) {
    std::vector<int8_t> a, b;
    int32_t sum = 0;
    for (size_t i = 0; i < size; ++i) {
      a.push_back(i % 3 == 0 ? int8_t{-127} : static_cast<int8_t>(rng.integer(255) - 127));
      b.push_back(i % 3 == 0 ? int8_t{-127} : static_cast<int8_t>(rng.integer(255) - 127));
      sum += a.back() * b.back();
    }
    REQUIRE(inner_product(a.data(), b.data(), size) == sum);
  }
}

TEST_CASE("packed vectors: near to what was packed, zero included") {
  for (const auto& vector : unit_vectors(20, 384, 1)) {
    const auto back = unpack_vector(pack_vector(vector));
    CHECK(pack_vector(vector).size() == 388);
    CHECK(dot(back, vector) / std::sqrt(dot(back, back)) > 0.9999);
  }
  CHECK(unpack_vector(pack_vector(std::vector<float>(3))) == std::vector<float>(3));
  CHECK_THROWS_AS(unpack_vector("abc"), Error);
}

TEST_CASE("neighbours: nine of the ten nearest by force are found, similarities are cosines") {
  const Vectors vectors = unit_vectors(3000, 48, 2), queries = unit_vectors(50, 48, 3);
  Neighbours neighbours(48);
  CHECK(neighbours.nearest(queries[0], 5).empty());
  add_all(neighbours, vectors);
  CHECK(neighbours.size() == 3000);
  int hits = 0;
  for (const auto& query : queries) {
    const auto found = neighbours.nearest(query, 10);
    REQUIRE(found.size() == 10);
    for (const int64_t key : nearest_by_force(vectors, query, 10))
      hits += std::ranges::any_of(found, [&](const Neighbour& n) { return n.key == key; }) ? 1 : 0;
    for (const Neighbour& n : found)
      CHECK(n.similarity == doctest::Approx(dot(vectors[n.key / 3], query)).epsilon(0.03));
    CHECK(std::ranges::is_sorted(found, std::greater{}, &Neighbour::similarity));
  }
  CHECK(hits >= 450);
}

TEST_CASE("neighbours: a key that comes again is replaced, widths are checked") {
  Neighbours neighbours(2);
  const std::vector<int64_t> key = {7};
  const std::vector<float> right = {1, 0}, up = {0, 1};
  neighbours.add(key, std::vector<std::string>{pack_vector(right)});
  neighbours.add(key, std::vector<std::string>{pack_vector(up)});
  CHECK(neighbours.size() == 1);
  CHECK(neighbours.nearest(up, 3)[0].similarity == doctest::Approx(1));
  CHECK_THROWS_AS(neighbours.nearest(std::vector<float>(3), 1), Error);
  CHECK_THROWS_AS(neighbours.add(key, std::vector<std::string>{"abc"}), Error);
}

TEST_CASE("neighbours: a saved graph answers the same; damaged, foreign or none is not taken") {
  const data::Scratch scratch;
  const Vectors vectors = unit_vectors(500, 16, 4);
  Neighbours neighbours(16);
  add_all(neighbours, vectors);
  neighbours.save(scratch / "graph", 77, "toy");
  Neighbours again(16);
  CHECK(again.load(scratch / "none", "toy") == -1);
  CHECK(again.load(scratch / "graph", "other") == -1);
  CHECK(again.load(scratch / "graph", "toy") == 77);
  CHECK(again.size() == 500);
  for (const auto& vector : unit_vectors(20, 16, 5))
    CHECK(again.nearest(vector, 1)[0].key == neighbours.nearest(vector, 1)[0].key);
  add_all(again, unit_vectors(600, 16, 6));  // it goes on growing
  CHECK(again.size() == 600);
  std::string bytes = read_file(scratch / "graph");
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  scratch.write("graph", bytes);
  Neighbours damaged(16);
  CHECK(damaged.load(scratch / "graph", "toy") == -1);
  CHECK(damaged.size() == 0);
}

TEST_CASE("neighbours: threads search while others add") {
  const Vectors vectors = unit_vectors(800, 16, 8);
  Neighbours neighbours(16);
  add_all(neighbours, {vectors.begin(), vectors.begin() + 10});
  std::thread adding([&] {
    for (size_t n = 20; n <= vectors.size(); n += 20)
      add_all(neighbours, {vectors.begin(), vectors.begin() + static_cast<std::ptrdiff_t>(n)});
  });
  for (int i = 0; i < 300; ++i) REQUIRE(!neighbours.nearest(vectors[5], 3).empty());
  adding.join();
  CHECK(neighbours.nearest(vectors[5], 1)[0].key == 15);
}
