#include "offprint/data/text_file.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "offprint/core/error.h"

namespace offprint::data {
namespace {

constexpr std::string_view kGzip = "\x1f\x8b";

struct Inflate {
  z_stream stream = {};
  Inflate() {
    // 16: the gzip wrapper with its checksum
    require(inflateInit2(&stream, 16 + MAX_WBITS) == Z_OK, "unpack: zlib does not start");
  }
  Inflate(const Inflate&) = delete;
  Inflate& operator=(const Inflate&) = delete;
  ~Inflate() { inflateEnd(&stream); }
};

std::string gunzip(std::string_view packed, const std::string& source) {
  std::string text;
  std::array<char, size_t{1} << 16> part;
  size_t used = 0;
  while (used < packed.size()) {  // a gzip file may be several, one after the other
    Inflate inflation;
    z_stream& stream = inflation.stream;
    for (int state = Z_OK; state != Z_STREAM_END;) {
      const size_t given = std::min(packed.size() - used, size_t{1} << 30);
      stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data() + used));
      stream.avail_in = static_cast<uInt>(given);
      stream.next_out = reinterpret_cast<Bytef*>(part.data());
      stream.avail_out = static_cast<uInt>(part.size());
      state = inflate(&stream, Z_NO_FLUSH);
      require(state == Z_OK || state == Z_STREAM_END, "{}: damaged or cut short gzip data", source);
      used += given - stream.avail_in;
      text.append(part.data(), part.size() - stream.avail_out);
    }
  }
  return text;
}

std::string_view view_of(const MemoryMap& map) {
  return {reinterpret_cast<const char*>(map.bytes().data()), map.bytes().size()};
}

}  // namespace

Contents::Contents(const std::filesystem::path& path) {
  std::error_code ignored;
  const auto kind = std::filesystem::status(path, ignored).type();
  if (kind == std::filesystem::file_type::fifo || kind == std::filesystem::file_type::character) {
    unpacked_ = read_file(path);  // a pipe: nothing to map
    return;
  }
  map_ = std::make_unique<MemoryMap>(path);
  if (!view_of(*map_).starts_with(kGzip)) return;
  unpacked_ = gunzip(view_of(*map_), path.string());
  map_.reset();
}

std::string_view Contents::bytes() const { return map_ ? view_of(*map_) : unpacked_; }

std::string_view text_of(const Contents& contents, const std::string& source) {
  std::string_view text = contents.bytes();
  require(!text.starts_with("\xff\xfe") && !text.starts_with("\xfe\xff"),
          "{}: is UTF-16 text, expected UTF-8", source);
  require(!text.starts_with("PK\x03\x04"), "{}: is a zip file (a spreadsheet?), expected text",
          source);
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  const size_t zero = text.substr(0, size_t{1} << 16).find('\0');
  require(zero == text.npos, "{}: no text file: byte {} is zero", source, zero);
  return text;
}

bool is_utf8(std::string_view text) {
  const auto* at = reinterpret_cast<const unsigned char*>(text.data());
  const auto* const end = at + text.size();
  while (at != end) {
    if (*at < 0x80) {
      ++at;
      continue;
    }
    // Length by the first byte; the range of the second shuts out overlong forms, surrogates and
    // what lies beyond U+10FFFF (Unicode 15, table 3-7).
    const int more = *at >= 0xC2 && *at <= 0xDF   ? 1
                     : *at >= 0xE0 && *at <= 0xEF ? 2
                     : *at >= 0xF0 && *at <= 0xF4 ? 3
                                                  : 0;
    if (more == 0 || end - at <= more) return false;
    const unsigned char low = *at == 0xE0 ? 0xA0 : *at == 0xF0 ? 0x90 : 0x80;
    const unsigned char high = *at == 0xED ? 0x9F : *at == 0xF4 ? 0x8F : 0xBF;
    if (at[1] < low || at[1] > high) return false;
    for (int i = 2; i <= more; ++i)
      if (at[i] < 0x80 || at[i] > 0xBF) return false;
    at += more + 1;
  }
  return true;
}

}  // namespace offprint::data
