#include "offprint/data/npy.h"

#include <zlib.h>

#include "offprint/data/zip.h"
#include "tests/data/scratch.h"

using namespace offprint;
using namespace offprint::data;
using std::string;

namespace {

string npy(const string& header, const string& data, char version = 1) {
  string out = string("\x93NUMPY") + version + '\0' + static_cast<char>(header.size());
  out.append(version == 1 ? 1 : 3, '\0');
  return out + header + data;
}
string header(const string& type, const string& shape, bool fortran = false) {
  return "{'descr': '" + type + "', 'fortran_order': " + (fortran ? "True" : "False") +
         ", 'shape': " + shape + ", }\n";
}
string shorts(std::initializer_list<int16_t> values) {
  return {reinterpret_cast<const char*>(values.begin()), values.size() * 2};
}

// A deflated entry as NumPy's savez_compressed writes it: sizes in zip64 fields of local headers.
string deflated_zip(const string& name, const string& contents) {
  string packed(contents.size() + 100, '\0');
  z_stream s = {};
  deflateInit2(&s, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  s.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(contents.data()));
  s.avail_in = static_cast<uInt>(contents.size());
  s.next_out = reinterpret_cast<Bytef*>(packed.data());
  s.avail_out = static_cast<uInt>(packed.size());
  REQUIRE(deflate(&s, Z_FINISH) == Z_STREAM_END);
  packed.resize(s.total_out);
  deflateEnd(&s);
  const auto le = [](uint64_t value, int bytes) {
    string out;
    for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xFF);
    return out;
  };
  const uint64_t crc =
      crc32(0, reinterpret_cast<const Bytef*>(contents.data()), static_cast<uInt>(contents.size()));
  const string fixed = le(45, 2) + le(0, 2) + le(8, 2) + le(0, 4) + le(crc, 4);
  const string local = le(0x04034b50, 4) + fixed + le(0xFFFFFFFF, 4) + le(0xFFFFFFFF, 4) +
                       le(name.size(), 2) + le(20, 2) + name + le(1, 2) + le(16, 2) +
                       le(contents.size(), 8) + le(packed.size(), 8) + packed;
  const string central = le(0x02014b50, 4) + le(45, 2) + fixed + le(packed.size(), 4) +
                         le(contents.size(), 4) + le(name.size(), 2) + le(0, 2) + le(0, 6) +
                         le(0, 4) + le(0, 2) + le(0, 4);
  string directory = central.substr(0, 42) + le(0, 4) + name;
  return local + directory + le(0x06054b50, 4) + le(0, 4) + le(1, 2) + le(1, 2) +
         le(directory.size(), 4) + le(local.size(), 4) + le(0, 2);
}

}  // namespace

TEST_CASE("npy: C and Fortran order, worked by hand") {
  const Tensor c = parse_npy(npy(header("<i2", "(2, 3)"), shorts({1, 2, 3, 4, 5, 6})), "t");
  CHECK(c.equal(at::tensor({1, 2, 3, 4, 5, 6}, at::kShort).reshape({2, 3})));
  const Tensor f = parse_npy(npy(header("<i2", "(2, 3)", true), shorts({1, 4, 2, 5, 3, 6})), "t");
  CHECK(f.equal(c));
  CHECK(f.is_contiguous());
  CHECK(parse_npy(npy(header("<i2", "()"), shorts({-7}), 2), "t").item<int16_t>() == -7);
  CHECK(parse_npy(npy(header("<i2", "(1,)"), shorts({9}), 3), "t").sizes().vec() ==
        std::vector<int64_t>{1});
  CHECK(parse_npy(npy(header("<f8", "(0, 5)"), ""), "t").sizes().vec() ==
        std::vector<int64_t>{0, 5});
}

TEST_CASE("npy: unsigned types become the next wider signed one") {
  CHECK(parse_npy(npy(header("<u2", "(2,)"), "\x01\x02\xff\xff"), "t")
            .equal(at::tensor({513, 65535}, at::kInt)));
  const string max(8, '\xff');
  const Scratch scratch;
  CHECK(message_of(scratch, [&] { parse_npy(npy(header("<u8", "(1,)"), max), "t"); }) ==
        "t: 18446744073709551615 does not fit int64");
}

TEST_CASE("npy and npz: every type comes back bit for bit") {
  const Scratch scratch;
  Rng rng(1);
  const Tensor x = rng.normal({3, 4, 2}, at::kDouble) * 50;
  NamedTensors all;
  for (const at::ScalarType type : {at::kBool, at::kChar, at::kByte, at::kShort, at::kInt,
                                    at::kLong, at::kHalf, at::kFloat, at::kDouble})
    all.emplace_back(c10::toString(type), x.abs().to(type));
  all.emplace_back("complex", at::view_as_complex(x));
  all.emplace_back("conjugate", at::view_as_complex(x.to(at::kFloat)).conj());
  all.emplace_back("strided", x.transpose(0, 2));
  all.emplace_back("scalar", at::full({}, 2.5f));
  write_npz(scratch / "all.npz", all);
  const NamedTensors back = read_npz(scratch / "all.npz");
  REQUIRE(back.size() == all.size());
  for (size_t i = 0; i < all.size(); ++i) {
    CAPTURE(all[i].first);
    CHECK(back[i].first == all[i].first);
    CHECK((back[i].second.scalar_type() == all[i].second.scalar_type()));
    CHECK(back[i].second.equal(all[i].second));
    write_npy(scratch / "one.npy", all[i].second);
    CHECK(read_npy(scratch / "one.npy").equal(all[i].second));
  }
}

TEST_CASE("npz: deflated entries with zip64 headers, as NumPy writes them") {
  const Scratch scratch;
  const string contents = npy(header("<i2", "(3,)"), shorts({1, 2, 3}));
  const NamedTensors back = read_npz(scratch.write("d.npz", deflated_zip("x.npy", contents)));
  REQUIRE(back.size() == 1);
  CHECK(back[0].first == "x");
  CHECK(back[0].second.equal(at::tensor({1, 2, 3}, at::kShort)));
}

TEST_CASE("npy and npz: bad input is one line") {
  const Scratch scratch;
  const auto message = [&](const string& bytes) {
    return message_of(scratch, [&] { parse_npy(bytes, "t"); });
  };
  CHECK(message("") == "t: no NPY file");
  CHECK(message("\x93NUMPY\x07\1\1\1\1") == "t: NPY version 7, expected 1 to 3");
  CHECK(message(npy("", "").substr(0, 9) + "\xff") == "t: cut short within its header");
  CHECK(message(npy("{}", "")) == "t: damaged NPY header");
  CHECK(message(npy(header("<i2", "(2,"), "")).find("t: damaged") == 0);
  CHECK(message(npy(header(">f4", "(1,)"), "abcd")) ==
        "t: type '>f4', expected little-endian numbers or bool");
  CHECK(message(npy(header("|O", "(1,)"), "abcd")) ==
        "t: type '|O', expected little-endian numbers or bool");
  CHECK(message(npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", "")) ==
        "t: holds records, expected plain numbers");
  CHECK(message(npy(header("<f4", "(-1,)"), "")) == "t: damaged or absurd shape");
  CHECK(message(npy(header("<f4", "(99999999999999999999,)"), "")) == "t: damaged or absurd shape");
  CHECK(message(npy(header("<f4", "(0, 4611686018427387904)"), "")) ==
        "t: shape (0,4611686018427387904) is absurd");
  CHECK(message(npy(header("<f4", "(2,)"), "abcd")) ==
        "t: 4 bytes of data, expected 8 for a shape of (2)");
  CHECK(message(npy(header("|b1", "(1,)"), "\x02")) == "t: a bool is neither 0 nor 1");
  const auto archive = [&](const string& bytes) {
    const auto path = scratch.write("a.npz", bytes);
    return message_of(scratch, [&] { read_npz(path); });
  };
  CHECK(archive("short") == "a.npz: no zip file: 5 bytes");
  CHECK(archive(string(100, 'x')) == "a.npz: no zip file, or cut short: it has no end record");
  const std::vector<ZipEntry> twice = {{"x.npy", "a"}, {"x.npy", "b"}};
  CHECK(archive(zip_bytes(twice)) == "a.npz: two entries are named 'x.npy'");
  const std::vector<ZipEntry> text = {{"readme", "hello"}};
  CHECK(archive(zip_bytes(text)) == "a.npz: 'readme': no NPY file");
  string flipped = zip_bytes(text);
  flipped[flipped.find("hello")] = 'j';
  CHECK(archive(flipped) == "a.npz: 'readme': damaged, its checksum does not match");
  CHECK(message_of(scratch, [&] { write_npy(scratch / "b", at::zeros({1}, at::kBFloat16)); }) ==
        "write_npy: BFloat16 values, which NumPy has no type for");
}

TEST_CASE("npy and npz: damaged files are read or refused") {
  const Scratch scratch;
  Rng rng(2);
  write_npy(scratch / "t", rng.normal({3, 4}));
  check_survives_damage(read_file(scratch / "t"), 41, [](const auto& path) { read_npy(path); });
  write_npz(scratch / "t", {{"a", rng.normal({3})}, {"b", at::ones({2, 2}, at::kBool)}});
  check_survives_damage(read_file(scratch / "t"), 42, [](const auto& path) { read_npz(path); });
  const string packed = deflated_zip("x.npy", npy(header("<i2", "(100,)"), string(200, '\x05')));
  check_survives_damage(packed, 43, [](const auto& path) { read_npz(path); });
}
