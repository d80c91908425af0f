#include "offprint/data/idx.h"

#include <zlib.h>

#include "tests/data/scratch.h"

using namespace offprint;
using namespace offprint::data;
using std::string;

TEST_CASE("idx: a file worked by hand, big-endian values in row order") {
  const Scratch scratch;
  const string bytes("\0\0\x0B\x02\0\0\0\x01\0\0\0\x03\0\x01\x01\0\xFF\xFE", 18);
  const Tensor t = read_idx(scratch.write("t", bytes));
  CHECK(t.equal(at::tensor({1, 256, -2}, at::kShort).reshape({1, 3})));
}

TEST_CASE("idx: every type comes back bit for bit") {
  const Scratch scratch;
  Rng rng(1);
  const Tensor x = rng.normal({3, 4, 5}, at::kDouble) * 50;
  for (const at::ScalarType type :
       {at::kByte, at::kChar, at::kShort, at::kInt, at::kFloat, at::kDouble}) {
    const Tensor t = (type == at::kByte ? x.abs() : x).clamp(-127, 127).to(type);
    write_idx(scratch / "t", t);
    CHECK(read_idx(scratch / "t").equal(t));
  }
  CHECK(message_of(scratch, [&] { write_idx(scratch / "t", x.to(at::kLong)); }) ==
        "write_idx: Long values, which IDX has no code for");
}

TEST_CASE("idx: images and labels, packed or not") {
  const Scratch scratch;
  const Tensor pixels = at::arange(0, 240, 20, at::kByte).reshape({3, 2, 2});
  const Tensor labels = at::tensor({7, 0, 9}, at::kByte);
  write_idx(scratch / "labels", labels);
  write_idx(scratch / "plain", pixels);
  const string plain = read_file(scratch / "plain");
  gzFile file = gzopen((scratch / "images.gz").c_str(), "wb");
  gzwrite(file, plain.data(), static_cast<unsigned>(plain.size()));
  gzclose(file);
  const LabelledImages data = read_idx_images(scratch / "images.gz", scratch / "labels");
  CHECK(data.images.sizes().vec() == std::vector<int64_t>{3, 2, 2});
  CHECK(data.images[2][1][1].item<float>() == 220.0f / 255.0f);
  CHECK(data.labels.equal(labels.to(at::kLong)));
}

TEST_CASE("idx: bad input is one line") {
  const Scratch scratch;
  const auto message = [&](const string& bytes) {
    const auto path = scratch.write("t", bytes);
    return message_of(scratch, [&] { read_idx(path); });
  };
  CHECK(message("") == "t: no IDX file: it does not begin like one");
  CHECK(message("a,b\n1,2\n") == "t: no IDX file: it does not begin like one");
  CHECK(message(string("\0\0\x08\0", 4)) == "t: 0 dimensions, expected 1 to 8");
  CHECK(message(string("\0\0\x08\x02\0\0", 6)) == "t: cut short within its header");
  CHECK(message(string("\0\0\x08\x01\0\0\0\x03\x01", 9)) ==
        "t: cut short: 1 bytes for a shape of (3)");
  CHECK(message(string("\0\0\x08\x01\0\0\0\x01\x01\x02", 10)) ==
        "t: 2 bytes, expected 1 for a shape of (1)");
  CHECK(message(string("\0\0\x0E\x02\xff\xff\xff\xff\xff\xff\xff\xff", 12)) ==
        "t: cut short: 0 bytes for a shape of (4294967295)");
  write_idx(scratch / "images", at::zeros({2, 3, 3}, at::kByte));
  write_idx(scratch / "labels", at::zeros({3}, at::kByte));
  const auto pair = [&](const char* a, const char* b) {
    return message_of(scratch, [&] { read_idx_images(scratch / a, scratch / b); });
  };
  CHECK(pair("images", "labels") == "labels: 3 labels for 2 images");
  CHECK(pair("labels", "labels") ==
        "labels: Byte values of shape (3), expected bytes (N,height,width)");
}

TEST_CASE("idx: damaged files are read or refused") {
  const Scratch scratch;
  write_idx(scratch / "t", at::zeros({5, 4, 4}, at::kShort));
  check_survives_damage(read_file(scratch / "t"), 21, [](const auto& path) { read_idx(path); });
  const string plain = read_file(scratch / "t");
  gzFile file = gzopen((scratch / "t.gz").c_str(), "wb");
  gzwrite(file, plain.data(), static_cast<unsigned>(plain.size()));
  gzclose(file);
  check_survives_damage(read_file(scratch / "t.gz"), 22, [](const auto& path) { read_idx(path); });
}
