#include "offprint/data/safetensors.h"

#include <cstring>
#include <limits>

#include "tests/data/scratch.h"

using namespace offprint;
using namespace offprint::data;

namespace {

NamedTensors sample(Rng& rng) {
  return {{"f64", rng.normal({3, 2}, at::kDouble)},
          {"flags", rng.normal({5}) > 0},
          {"f32", rng.normal({4})},
          {"half", rng.normal({3}).to(at::kHalf)},
          {"brain", rng.normal({7}).to(at::kBFloat16)},
          {"i64", rng.integers({2, 2}, 1'000'000'000'000)},
          {"i32", rng.integers({3}, 1000).to(at::kInt)},
          {"i16", rng.integers({3}, 1000).to(at::kShort)},
          {"i8", rng.integers({3}, 100).to(at::kChar)},
          {"u8", rng.integers({3}, 200).to(at::kByte)},
          {"z", at::view_as_complex(rng.normal({4, 3, 2}))},
          {"strided", rng.normal({4, 6}).t()},
          {"scalar", at::full({}, 7.5f)},
          {"empty", at::zeros({0, 4})}};
}

// A file with this header, unpadded, and this many bytes of data.
std::string file_of(const std::string& header, size_t data, uint64_t length_error = 0) {
  const uint64_t length = header.size() + length_error;
  std::string out(sizeof length, '\0');
  std::memcpy(out.data(), &length, sizeof length);
  return out + header + std::string(data, '\x02');
}

}  // namespace

TEST_CASE("safetensors: every type, shape and stride comes back bit for bit") {
  const Scratch scratch;
  Rng rng(1);
  const NamedTensors saved = sample(rng);
  write_safetensors(scratch / "m.safetensors", saved, {{"step", "12"}, {"text", "naïve"}});
  const Safetensors file = read_safetensors(scratch / "m.safetensors");
  REQUIRE(file.tensors.size() == saved.size());
  for (size_t i = 0; i < saved.size(); ++i) {
    CAPTURE(saved[i].first);
    CHECK(file.tensors[i].first == saved[i].first);
    CHECK((file.tensors[i].second.scalar_type() == saved[i].second.scalar_type()));
    CHECK(file.tensors[i].second.equal(saved[i].second));
  }
  CHECK(file.metadata == std::map<std::string, std::string>{{"step", "12"}, {"text", "naïve"}});
}

TEST_CASE("safetensors: a conjugated view is stored as the numbers it stands for") {
  const Scratch scratch;
  Rng rng(2);
  const Tensor z = at::view_as_complex(rng.normal({5, 2}));
  write_safetensors(scratch / "z", {{"z", z.conj()}});
  CHECK(read_safetensors(scratch / "z").at("z").equal(z.conj().resolve_conj()));
}

TEST_CASE("safetensors: tensors are views of the map that outlive the file's name") {
  const Scratch scratch;
  Rng rng(3);
  const Tensor a = rng.normal({1000}), b = rng.normal({10}, at::kDouble);
  write_safetensors(scratch / "m", {{"a", a}, {"b", b}});
  Tensor view;
  {
    const Safetensors file = read_safetensors(scratch / "m");
    view = file.at("a");
    const auto* one = static_cast<const char*>(view.const_data_ptr());
    const auto* other = static_cast<const char*>(file.at("b").const_data_ptr());
    CHECK(one - other == 80);  // as in the file, by descending element size: nothing was copied
  }
  std::filesystem::remove(scratch / "m");
  CHECK(view.equal(a));
}

TEST_CASE("safetensors: writing into a view changes memory, never the file") {
  const Scratch scratch;
  write_safetensors(scratch / "m", {{"a", at::zeros({8})}});
  read_safetensors(scratch / "m").at("a").fill_(3.0f);
  CHECK(read_safetensors(scratch / "m").at("a").equal(at::zeros({8})));
}

TEST_CASE("safetensors: a file of another writer, worked by hand, with an unaligned tensor") {
  const Scratch scratch;
  std::string text = file_of(
      R"({"b":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"f":{"dtype":"F32","shape":[2,1],"data_offsets":[1,9]}})",
      1);
  const float values[2] = {1.5f, -2.0f};
  text.append(reinterpret_cast<const char*>(values), sizeof values);
  const Safetensors file = read_safetensors(scratch.write("m", text));
  CHECK(file.at("b").item<uint8_t>() == 2);
  CHECK(file.at("f").equal(at::tensor({1.5f, -2.0f}).reshape({2, 1})));
}

TEST_CASE("safetensors: bad input is one line that says file and tensor") {
  const Scratch scratch;
  const auto bytes = [&](const std::string& text) {
    const auto path = scratch.write("m", text);
    return message_of(scratch, [&] { read_safetensors(path); });
  };
  const auto one = [&](const std::string& entry, size_t data) {
    return bytes(file_of(R"({"w":)" + entry + "}", data));
  };
  CHECK(bytes("") == "m: no safetensors file: 0 bytes");
  CHECK(bytes("abcdefghijkl") ==
        "m: no safetensors file: a header of 7523094288207667809 bytes, at most 100000000");
  CHECK(bytes(file_of("{}", 0, 5)) == "m: cut short: a header of 7 bytes in a file of 10");
  CHECK(bytes(file_of("nonsense", 0)) == "m: no safetensors file: its header is not JSON");
  CHECK(bytes(file_of("\"\xff\"", 0)) == "m: no safetensors file: its header is not JSON");
  CHECK(bytes(file_of("[1]", 0)) == "m: its header is a list, expected an object");
  CHECK(bytes(file_of(std::string(100000, '['), 0)) ==
        "m: its header is nested too deeply for safetensors");
  CHECK(bytes(file_of("{}", 3)) == "m: 3 bytes after the last tensor");
  CHECK(bytes(file_of(R"({"w":1,"w":2})", 0)) == "m: its header has two entries 'w'");
  CHECK(bytes(file_of(R"({"__metadata__":{"a":1}})", 0)) ==
        "m: metadata: 'a' is a number, expected a string");
  CHECK(one("1", 0) == "m: tensor 'w': a number, expected an object with 'dtype'");
  CHECK(one(R"({"shape":[1],"data_offsets":[0,4]})", 4) == "m: tensor 'w': 'dtype' is missing");
  CHECK(one(R"({"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]})", 1) ==
        "m: tensor 'w': type F8_E4M3 is not one of F64 F32 F16 BF16 I64 I32 I16 I8 U8 BOOL");
  CHECK(one(R"({"dtype":"F32","shape":[-1],"data_offsets":[0,4]})", 4) ==
        "m: tensor 'w': shape (-1) has a negative size");
  CHECK(one(R"({"dtype":"F32","shape":[1.5],"data_offsets":[0,4]})", 4) ==
        "m: tensor 'w': 'shape' holds 1.5, expected whole numbers");
  CHECK(one(R"({"dtype":"F32","shape":[18446744073709551615],"data_offsets":[0,4]})", 4) ==
        "m: tensor 'w': 'shape' holds 18446744073709551615, expected whole numbers");
  CHECK(one(R"({"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]})", 4) ==
        "m: tensor 'w': shape (4611686018427387904,4) is absurd");
  CHECK(one(R"({"dtype":"F32","shape":[0,4611686018427387904,4],"data_offsets":[0,0]})", 0) ==
        "m: tensor 'w': shape (0,4611686018427387904,4) is absurd");
  CHECK(one(R"({"dtype":"F32","shape":[2],"data_offsets":[0,4]})", 4) ==
        "m: tensor 'w': shape (2) needs 8 bytes, its offsets hold 4");
  CHECK(one(R"({"dtype":"F32","shape":[2],"data_offsets":[0,8]})", 4) ==
        "m: tensor 'w': ends at byte 8 of 4: the file is cut short");
  CHECK(one(R"({"dtype":"F32","shape":[1],"data_offsets":[4,0]})", 4) ==
        "m: tensor 'w': offsets (4,0), expected begin <= end");
  CHECK(one(R"({"dtype":"F32","shape":[1],"data_offsets":[4,8]})", 8) ==
        "m: tensor 'w': 4 unused bytes before it");
  CHECK(one(R"({"dtype":"BOOL","shape":[1],"data_offsets":[0,1]})", 1) ==
        "m: tensor 'w': a BOOL is neither 0 nor 1");
  CHECK(
      bytes(file_of(
          R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}})",
          6)) == "m: tensor 'b': overlaps the tensor before it");
  CHECK(
      bytes(file_of(
          R"({"__metadata__":{"offprint.complex":"[\"w\"]"},"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})",
          4)) == "m: tensor 'w' is Float of shape (1), expected pairs of floats for a complex one");
  const auto write = [&](const NamedTensors& tensors) {
    return message_of(scratch, [&] { write_safetensors(scratch / "w", tensors); });
  };
  CHECK(write({{"a", at::zeros({1})}, {"a", at::zeros({1})}}) ==
        "write_safetensors: two tensors are named 'a'");
  CHECK(write({{"", at::zeros({1})}}) == "write_safetensors: '' cannot name a tensor");
  CHECK(write({{"a", Tensor()}}) == "write_safetensors: tensor 'a' is undefined");
  CHECK_FALSE(std::filesystem::exists(scratch / "w"));
  write_safetensors(scratch / "w", {{"head.bias", at::zeros({1})}});
  const auto typo = [&] { read_safetensors(scratch / "w").at("head.bais"); };
  CHECK(message_of(scratch, typo) == "w: no tensor 'head.bais', did you mean 'head.bias'?");
}

TEST_CASE("safetensors: damaged files are read or refused") {
  const Scratch scratch;
  Rng rng(4);
  write_safetensors(scratch / "m", sample(rng), {{"step", "1"}});
  check_survives_damage(read_file(scratch / "m"), 12, [](const auto& path) {
    double sum = 0;  // touches every byte
    for (const auto& [name, tensor] : read_safetensors(path).tensors)
      sum += at::real(tensor.to(at::kComplexDouble)).sum().template item<double>();
    (void)sum;
  });
}
