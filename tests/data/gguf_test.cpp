#include "offprint/data/gguf.h"

#include <doctest/doctest.h>

#include <cstring>

#include "offprint/core/rng.h"
#include "offprint/data/weights.h"
#include "tests/data/scratch.h"

using namespace offprint;
using namespace offprint::data;

namespace {

const Json kAbout = {{"general.architecture", "llama"},
                     {"llama.block_count", 3},
                     {"llama.rope.freq_base", 10000.5},
                     {"a.flag", true},
                     {"a.negative", -7},
                     {"tokenizer.ggml.tokens", {"<s>", "h\xC3\xA9", "\n"}},
                     {"tokenizer.ggml.scores", {0, -1.5, 2}}};

std::vector<GgufValues> some_tensors() {
  Rng rng(1);
  return {{"token_embd.weight", rng.normal({4, 64}), BlockFormat::q8_0},
          {"output_norm.weight", rng.normal({7}), BlockFormat::f32},
          {"blk.0.attn_q.weight", rng.normal({2, 3, 256}), BlockFormat::tq2_0}};
}

// The bytes of a small valid file, to be damaged.
std::string small_file(const Scratch& scratch) {
  write_gguf(scratch / "small.gguf", {{"key", "value"}},
             {{"w", at::arange(32, at::kFloat), BlockFormat::q8_0}, {"b", at::ones({2})}});
  return read_file(scratch / "small.gguf");
}

std::string said_of(const Scratch& scratch, std::string_view bytes) {
  const auto path = scratch / "damaged.gguf";
  // Not write_file: hundreds of syncs of a disk would be all that is measured.
  std::ofstream(path, std::ios::binary) << bytes;
  return message_of(scratch, [&] { Gguf file(path); });
}

std::string with(std::string bytes, size_t at, std::string_view patch) {
  return bytes.replace(at, patch.size(), patch);
}

std::string little(uint64_t value, size_t size = 8) {
  std::string bytes(size, '\0');
  std::memcpy(bytes.data(), &value, size);
  return bytes;
}

}  // namespace

TEST_CASE("gguf: what is written is read, metadata and tensors, in order and shape") {
  const Scratch scratch;
  const auto tensors = some_tensors();
  write_gguf(scratch / "m.gguf", kAbout, tensors);
  const Gguf file(scratch / "m.gguf");
  CHECK(file.metadata().at("llama.block_count") == 3);
  CHECK(file.metadata().at("a.negative") == -7);
  CHECK(file.metadata().at("a.flag") == true);
  CHECK(file.metadata().at("llama.rope.freq_base") == 10000.5);
  CHECK(file.metadata().at("tokenizer.ggml.tokens") == kAbout["tokenizer.ggml.tokens"]);
  CHECK(file.metadata().at("tokenizer.ggml.scores") == Json{0.0, -1.5, 2.0});
  REQUIRE(file.tensors().size() == 3);
  for (const GgufValues& t : tensors) {
    const GgufTensor& read = file.at(t.name);
    CHECK(read.format == t.format);
    CHECK(t.values.sizes() == at::IntArrayRef(read.shape));
    CHECK(relative_error(dequantized(read), t.values) <
          (t.format == BlockFormat::tq2_0 ? 0.9 : 0.01));
  }
  CHECK(dequantized(file.at("output_norm.weight")).equal(tensors[1].values));
  CHECK_THROWS_WITH_AS(file.at("output_norm.wieght"),
                       fmt::format("{}: no tensor 'output_norm.wieght', did you mean "
                                   "'output_norm.weight'?",
                                   file.source())
                           .c_str(),
                       Error);
}

TEST_CASE("gguf: the package's small model: shapes, formats, tokens, and weights of a sane size") {
  const auto folder = find_weights("smollm2");
  if (!folder) {
    MESSAGE("skipped: smollm2 is not here, ./start installs it");
    return;
  }
  std::filesystem::path path;
  for (const auto& entry : std::filesystem::directory_iterator(*folder))
    if (entry.path().extension() == ".gguf") path = entry.path();
  const Gguf file(path);
  CHECK(file.metadata().at("general.architecture") == "llama");
  CHECK(file.metadata().at("llama.block_count") == 30);
  CHECK(file.metadata().at("tokenizer.ggml.tokens").size() == 49152);
  const GgufTensor& embedding = file.at("token_embd.weight");
  CHECK(embedding.shape == std::vector<int64_t>{49152, 576});
  const Tensor weights = dequantized(file.at("blk.0.attn_q.weight"));
  CHECK(weights.isfinite().all().item<bool>());
  CHECK(weights.std().item<double>() > 0.01);
  CHECK(weights.std().item<double>() < 1);
}

TEST_CASE("gguf: a damaged file is one line that says what and where") {
  const Scratch scratch;
  const std::string good = small_file(scratch);
  CHECK(said_of(scratch, good) == "");
  const auto starts = [&](const std::string& bytes, const std::string& text) {
    const std::string said = said_of(scratch, bytes);
    CAPTURE(said);
    CHECK(said.find(text) != std::string::npos);
  };
  starts("", "no GGUF file");
  starts("GGUX" + good.substr(4), "no GGUF file");
  starts(with(good, 4, little(1, 4)), "GGUF version 1, expected 2 or 3");
  starts(with(good, 4, std::string("\0\0\0\3", 4)), "big endian");
  starts(with(good, 8, little(1ull << 60)), "cannot hold");
  starts(with(good, 16, little(1ull << 60)), "cannot hold");
  starts(with(good, 24, little(1ull << 60)), "ends in the middle of its metadata keys");
  starts(with(good, 35, little(99, 4)), "unknown type 99");
  starts(with(good, 39, little(~0ull)), "ends in the middle of its metadata");
  // The first tensor's entry: name (8 + 1), dimensions (4), size (8), type (4), offset (8).
  const size_t entry = 39 + 8 + 5;
  starts(with(good, entry + 9, little(9, 4)), "9 dimensions");
  starts(with(good, entry + 13, little(0)), "absurd");
  starts(with(good, entry + 13, little(1ull << 62)), "absurd");
  starts(with(good, entry + 13, little(33)), "no whole Q8_0 blocks");
  starts(with(good, entry + 13, little(1 << 20)), "ends past the file");
  starts(with(good, entry + 21, little(7777, 4)), "type 7777, which is not read");
  starts(with(good, entry + 25, little(7)), "not aligned");
  starts(with(good, entry + 25, little(1ull << 40)), "ends past the file");
  starts(with(good, entry + 33 + 25, little(0)), "overlap");
  starts(with(good, entry + 33 + 8, "w"), "two tensors 'w'");
  for (size_t cut = 4; cut + 40 < good.size(); ++cut)
    CHECK(said_of(scratch, good.substr(0, cut)) != "");
}

TEST_CASE("gguf: whatever bytes are changed, it reads or says why") {
  const Scratch scratch;
  check_survives_damage(small_file(scratch), 5, [](const auto& path) { Gguf file(path); });
}

TEST_CASE("write_gguf: what the format lacks is one line, and nothing is left on the disk") {
  const Scratch scratch;
  const auto said = [&](const Json& about, const std::vector<GgufValues>& tensors) {
    return message_of(scratch, [&] { write_gguf(scratch / "bad.gguf", about, tensors); });
  };
  CHECK(said({{"a", nullptr}}, {}).find("'a' is null") != std::string::npos);
  CHECK(said({{"a", Json::array()}}, {}) != "");
  CHECK(said({{"a", {"x", 1}}}, {}).find("'a' mixes") != std::string::npos);
  CHECK(said({{"a", {Json{1}, Json{2}}}}, {}).find("list of lists") != std::string::npos);
  const Tensor w = at::ones({2, 33});
  CHECK(said(Json::object(), {{"w", w, BlockFormat::q8_0}}).find("no whole Q8_0 blocks") !=
        std::string::npos);
  CHECK(said(Json::object(), {{"w", w}, {"w", w}}).find("two tensors 'w'") != std::string::npos);
  CHECK(said(Json::object(), {{"w", at::ones({2}, at::kLong)}}) != "");
  CHECK(said(Json::object(), {{"w", at::ones({1, 256}), BlockFormat::q6_k}})
            .find("read, not written") != std::string::npos);
  CHECK(!std::filesystem::exists(scratch / "bad.gguf"));
}
