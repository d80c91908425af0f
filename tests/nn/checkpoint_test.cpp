#include "offprint/nn/checkpoint.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "offprint/core/error.h"
#include "offprint/core/file.h"
#include "offprint/core/rng.h"

using namespace offprint;
using nn::Parameters;

namespace {

struct Folder {
  std::filesystem::path path = std::filesystem::temp_directory_path() / "offprint_checkpoint_test";
  Folder() { std::filesystem::remove_all(path); }
  ~Folder() { std::filesystem::remove_all(path); }
};

Parameters sample(uint64_t seed) {
  Rng rng(seed);
  return {{"w", rng.normal({3, 2}), {}},
          {"z", at::view_as_complex(rng.normal({4, 2}, at::kDouble)), {}},
          {"count", rng.integers({5}, 1000), {}},
          {"half", rng.normal({3}).to(at::kHalf), {}},
          {"scalar", at::full({}, 7.5f), {}},
          {"empty", at::zeros({0, 4}), {}}};
}

}  // namespace

TEST_CASE("checkpoint: every type and shape comes back bit for bit with its description") {
  const Folder folder;
  const auto file = folder.path / "deep" / "c.safetensors";
  const Parameters saved = sample(1), other = sample(2);
  nn::save_checkpoint(file, {{"step", 12}, {"text", "naïve"}}, nn::add_prefix(saved, "model."));
  const nn::Checkpoint loaded = nn::load_checkpoint(file);
  CHECK(loaded.about == Json{{"step", 12}, {"text", "naïve"}});
  nn::restore(other, loaded, "model.");
  for (size_t i = 0; i < saved.size(); ++i) {
    CAPTURE(saved[i].name);
    CHECK(saved[i].tensor.equal(other[i].tensor));
  }
}

TEST_CASE("checkpoint: saving over an old one replaces it and leaves no other file") {
  const Folder folder;
  const auto file = folder.path / "c.safetensors";
  nn::save_checkpoint(file, {{"step", 1}}, sample(1));
  nn::save_checkpoint(file, {{"step", 2}}, sample(2));
  CHECK(nn::load_checkpoint(file).about["step"] == 2);
  const auto files = std::filesystem::directory_iterator(folder.path);
  CHECK(std::distance(begin(files), end(files)) == 1);
}

TEST_CASE("checkpoint: cut short at any byte it is an error, never a crash or a wrong tensor") {
  const Folder folder;
  const auto file = folder.path / "c.safetensors";
  nn::save_checkpoint(file, {{"step", 1}}, sample(1));
  const std::string whole = read_file(file);
  for (size_t size = 0; size < whole.size(); ++size) {
    write_file(file, std::string_view(whole).substr(0, size));
    CHECK_THROWS_AS(nn::load_checkpoint(file), Error);
  }
}

TEST_CASE("checkpoint: one flipped bit anywhere is an error") {
  const Folder folder;
  const auto file = folder.path / "c.safetensors";
  nn::save_checkpoint(file, {{"step", 1}}, sample(1));
  const std::string whole = read_file(file);
  Rng rng(3);
  for (size_t i = 0; i < whole.size(); ++i) {
    std::string flipped = whole;
    flipped[i] = static_cast<char>(flipped[i] ^ (1 << rng.integer(8)));
    if (whole[i] == ' ') continue;  // the padding of the header means nothing
    write_file(file, flipped);
    CAPTURE(i);
    CHECK_THROWS_AS(nn::load_checkpoint(file), Error);
  }
}

TEST_CASE("checkpoint: a foreign or missing file is named in one line") {
  const Folder folder;
  std::filesystem::create_directories(folder.path);
  const auto file = folder.path / "c.safetensors";
  CHECK_THROWS_AS(nn::load_checkpoint(file), Error);
  const std::string header = "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}";
  std::string bytes(8, '\0');
  bytes[0] = static_cast<char>(header.size());
  write_file(file, bytes + header + std::string(4, '\0'));
  const std::string message =
      file.string() + ": a safetensors file, but not one of ours: it has no description";
  CHECK_THROWS_WITH_AS(nn::load_checkpoint(file), message.c_str(), Error);
}

TEST_CASE("restore: missing, left over, misshapen and mistyped tensors are named, nothing copied") {
  const Folder folder;
  const auto file = folder.path / "c.safetensors";
  nn::save_checkpoint(file, Json::object(),
                      {{"m.a", at::ones({2}), {}}, {"m.b", at::ones({3}), {}}});
  const nn::Checkpoint loaded = nn::load_checkpoint(file);
  const Tensor a = at::zeros({2});
  const auto error = [&](const Parameters& into) {
    try {
      nn::restore(into, loaded, "m.");
    } catch (const Error& e) {
      return std::string(e.what()).substr(file.string().size());
    }
    return std::string("no error");
  };
  CHECK(error({{"a", a, {}}, {"c", a, {}}}) == ": m.c is missing");
  CHECK(error({{"a", a, {}}}) == ": m.b has no place in this model");
  CHECK(error({{"a", a, {}}, {"b", at::zeros({4}), {}}}) == ": m.b is (3), expected (4)");
  CHECK(error({{"a", a, {}}, {"b", at::zeros({3}, at::kDouble), {}}}) ==
        ": m.b is Float, expected Double");
  CHECK(a.equal(at::zeros({2})));
}

TEST_CASE("save_checkpoint: a folder that cannot be made is an error") {
  CHECK_THROWS_AS(nn::save_checkpoint("/proc/nowhere/c.safetensors", {}, {}), Error);
}
