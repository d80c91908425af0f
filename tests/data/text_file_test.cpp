#include "offprint/data/text_file.h"

#include <zlib.h>

#include "tests/data/scratch.h"

using namespace offprint;
using namespace offprint::data;

namespace {
std::string gzipped(const Scratch& scratch, std::string_view text) {
  const auto path = scratch / "packed.gz";
  gzFile file = gzopen(path.c_str(), "wb");
  gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
  gzclose(file);
  return read_file(path);
}
}  // namespace

TEST_CASE("contents: plain files are mapped, gzip files unpacked, also several in a row") {
  const Scratch scratch;
  const std::string long_text(300'000, 'x');
  CHECK(Contents(scratch.write("plain", "abc")).bytes() == "abc");
  CHECK(Contents(scratch.write("empty", "")).bytes().empty());
  const std::string packed = gzipped(scratch, long_text);
  CHECK(packed.size() < 1000);
  CHECK(Contents(scratch.write("one.gz", packed)).bytes() == long_text);
  const std::string both = packed + gzipped(scratch, "abc");
  CHECK(Contents(scratch.write("two.gz", both)).bytes() == long_text + "abc");
}

TEST_CASE("contents: a gzip file cut short or altered is an error") {
  const Scratch scratch;
  const std::string packed = gzipped(scratch, "some text, some text, some more text");
  for (size_t size = 2; size < packed.size(); ++size) {
    const auto path = scratch.write("cut.gz", std::string_view(packed).substr(0, size));
    CHECK_THROWS_AS(Contents{path}, Error);
  }
  std::string altered = packed;
  altered[altered.size() - 6] ^= 1;  // in the checksum
  CHECK(message_of(scratch, [&] { Contents(scratch.write("bad.gz", altered)); }) ==
        "bad.gz: damaged or cut short gzip data");
}

TEST_CASE("utf-8: what Unicode's table 3-7 allows, and nothing beside it") {
  for (const char* good : {"", "plain", "k\xc3\xa4se", "\xe2\x82\xac", "\xf0\x9f\x98\x80",
                           "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf"}) {
    CAPTURE(good);
    CHECK(is_utf8(good));
  }
  for (const char* bad :
       {"\x80", "caf\xe9", "\xc0\xaf", "\xc3", "\xe2\x82", "\xed\xa0\x80", "\xe0\x80\xaf",
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xc3(", "\xf0\x9f\x98(", "\xff"}) {
    CAPTURE(bad);
    CHECK_FALSE(is_utf8(bad));
  }
}
