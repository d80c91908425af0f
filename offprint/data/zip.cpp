#include "offprint/data/zip.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <set>

#include "offprint/core/error.h"

namespace offprint::data {
namespace {

// Signatures and field places after PKWARE's APPNOTE 6.3, sections 4.3.7 to 4.3.16.
constexpr uint32_t kLocal = 0x04034b50, kCentral = 0x02014b50, kEnd = 0x06054b50;
constexpr uint32_t kEnd64 = 0x06064b50, kLocator64 = 0x07064b50;
constexpr size_t kLocalSize = 30, kCentralSize = 46, kEndSize = 22, kEnd64Size = 56;
constexpr size_t kLocatorSize = 20;
constexpr uint32_t kIn64 = 0xFFFFFFFF;  // "see the zip64 field"

// Little-endian numbers at checked places.
class Bytes {
 public:
  Bytes(std::string_view bytes, const std::string& source) : bytes_(bytes), source_(source) {}
  uint64_t size() const { return bytes_.size(); }

  std::string_view part(uint64_t at, uint64_t length) const {
    require(at <= bytes_.size() && length <= bytes_.size() - at, "{}: damaged or cut short zip",
            source_);
    return bytes_.substr(at, length);
  }
  uint64_t number(uint64_t at, size_t length) const {
    uint64_t value = 0;
    const std::string_view digits = part(at, length);
    for (size_t i = length; i-- > 0;) value = value << 8 | static_cast<unsigned char>(digits[i]);
    return value;
  }
  const std::string& source() const { return source_; }

 private:
  std::string_view bytes_;
  const std::string& source_;
};

struct Directory {
  uint64_t entries = 0, offset = 0;
};

// The end record stands last but for a comment of at most 65535 bytes.
Directory find_directory(const Bytes& zip) {
  require(zip.size() >= kEndSize, "{}: no zip file: {} bytes", zip.source(), zip.size());
  const uint64_t last = zip.size() - kEndSize, first = last > 65535 ? last - 65535 : 0;
  for (uint64_t at = last + 1; at-- > first;) {
    if (zip.number(at, 4) != kEnd || zip.number(at + 20, 2) != zip.size() - at - kEndSize) continue;
    Directory found{zip.number(at + 10, 2), zip.number(at + 16, 4)};
    const bool large = found.entries == 0xFFFF || found.offset == kIn64;
    if (large && at >= kLocatorSize && zip.number(at - kLocatorSize, 4) == kLocator64) {
      const uint64_t end64 = zip.number(at - kLocatorSize + 8, 8);
      zip.part(end64, kEnd64Size);
      require(zip.number(end64, 4) == kEnd64, "{}: damaged zip64 record", zip.source());
      found = {zip.number(end64 + 32, 8), zip.number(end64 + 48, 8)};
    }
    return found;
  }
  fail("{}: no zip file, or cut short: it has no end record", zip.source());
}

struct Entry {
  std::string name;
  uint64_t flags = 0, method = 0, crc = 0, packed = 0, size = 0, local = 0, next = 0;
};

// Sizes and offset that did not fit 32 bits stand in an extra field of kind 1, in this order.
void read_zip64(const Bytes& zip, Entry& entry, uint64_t at, uint64_t length) {
  const uint64_t end = at + length;
  while (end - at >= 4) {
    const uint64_t kind = zip.number(at, 2), size = zip.number(at + 2, 2);
    at += 4;
    require(size <= end - at, "{}: damaged extra field of '{}'", zip.source(), entry.name);
    if (kind == 1) {
      uint64_t left = size, place = at;
      for (uint64_t* field : {&entry.size, &entry.packed, &entry.local}) {
        if (*field != kIn64 || left < 8) continue;
        *field = zip.number(place, 8);
        place += 8;
        left -= 8;
      }
    }
    at += size;
  }
}

Entry read_entry(const Bytes& zip, uint64_t at) {
  require(zip.number(at, 4) == kCentral, "{}: damaged zip directory", zip.source());
  const uint64_t name = zip.number(at + 28, 2), extra = zip.number(at + 30, 2);
  const uint64_t comment = zip.number(at + 32, 2);
  Entry entry;
  entry.name = zip.part(at + kCentralSize, name);
  entry.flags = zip.number(at + 8, 2);
  entry.method = zip.number(at + 10, 2);
  entry.crc = zip.number(at + 16, 4);
  entry.packed = zip.number(at + 20, 4);
  entry.size = zip.number(at + 24, 4);
  entry.local = zip.number(at + 42, 4);
  zip.part(at + kCentralSize + name, extra);
  read_zip64(zip, entry, at + kCentralSize + name, extra);
  entry.next = at + kCentralSize + name + extra + comment;
  return entry;
}

std::string inflate_raw(std::string_view packed, const Entry& entry, const std::string& where) {
  // Deflate packs at most 1032 to 1: what claims more is refused before memory is given.
  require(entry.size / 1032 <= packed.size(), "{}: claims {} bytes in {}", where, entry.size,
          packed.size());
  std::string out;
  std::array<char, size_t{1} << 16> part;
  z_stream stream = {};
  require(inflateInit2(&stream, -MAX_WBITS) == Z_OK, "{}: zlib does not start", where);
  size_t used = 0;
  int state = Z_OK;
  while (state == Z_OK && out.size() <= entry.size) {
    const size_t given = std::min(packed.size() - used, size_t{1} << 30);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data() + used));
    stream.avail_in = static_cast<uInt>(given);
    stream.next_out = reinterpret_cast<Bytef*>(part.data());
    stream.avail_out = static_cast<uInt>(part.size());
    state = inflate(&stream, Z_NO_FLUSH);
    used += given - stream.avail_in;
    out.append(part.data(), part.size() - stream.avail_out);
  }
  inflateEnd(&stream);
  require(state == Z_STREAM_END && out.size() == entry.size, "{}: damaged deflated data", where);
  return out;
}

std::string unpack(const Bytes& zip, const Entry& entry) {
  const std::string where = zip.source() + ": '" + entry.name + "'";
  require((entry.flags & 1) == 0, "{}: is encrypted", where);
  require(entry.method == 0 || entry.method == 8,
          "{}: packed by method {}, expected stored or deflated", where, entry.method);
  require(zip.number(entry.local, 4) == kLocal, "{}: its header is not where the directory says",
          where);
  zip.part(entry.local, kLocalSize);
  const uint64_t start =
      entry.local + kLocalSize + zip.number(entry.local + 26, 2) + zip.number(entry.local + 28, 2);
  const std::string_view packed = zip.part(start, entry.packed);
  require(entry.method != 0 || entry.packed == entry.size, "{}: {} bytes, expected {}", where,
          entry.packed, entry.size);
  std::string out = entry.method == 0 ? std::string(packed) : inflate_raw(packed, entry, where);
  uLong crc = crc32_z(0, reinterpret_cast<const Bytef*>(out.data()), out.size());
  require(crc == entry.crc, "{}: damaged, its checksum does not match", where);
  return out;
}

void put(std::string& out, uint64_t value, size_t bytes) {
  for (size_t i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xFF);
}

// The fields local headers and the directory share, from "version needed" to "extra length".
void put_shared(std::string& out, const ZipEntry& entry) {
  const auto* data = reinterpret_cast<const Bytef*>(entry.contents.data());
  put(out, 20, 2);          // version 2.0
  put(out, 0x800, 2);       // names are UTF-8
  put(out, 0, 2);           // stored
  put(out, 0x00210000, 4);  // 1980-01-01 00:00: the same bytes on any day
  put(out, crc32_z(0, data, entry.contents.size()), 4);
  put(out, entry.contents.size(), 4);
  put(out, entry.contents.size(), 4);
  put(out, entry.name.size(), 2);
  put(out, 0, 2);
}

}  // namespace

std::vector<ZipEntry> read_zip(std::string_view bytes, const std::string& source) {
  const Bytes zip(bytes, source);
  const Directory directory = find_directory(zip);
  require(directory.entries <= zip.size() / kCentralSize, "{}: damaged zip: {} entries", source,
          directory.entries);
  std::vector<ZipEntry> out;
  std::set<std::string> names;
  uint64_t at = directory.offset, packed = 0;
  for (uint64_t i = 0; i < directory.entries; ++i) {
    const Entry entry = read_entry(zip, at);
    at = entry.next;
    // Entries that share bytes would let a small file unpack into any amount.
    packed += std::min(entry.packed, zip.size()) + kLocalSize;
    require(packed <= zip.size(), "{}: damaged zip: its entries overlap", source);
    require(names.insert(entry.name).second, "{}: two entries are named '{}'", source, entry.name);
    out.push_back({entry.name, unpack(zip, entry)});
  }
  return out;
}

std::string zip_bytes(std::span<const ZipEntry> entries) {
  std::string out, directory;
  require(entries.size() < 0xFFFF, "zip: {} entries, expected fewer than 65535", entries.size());
  for (const ZipEntry& entry : entries) {
    require(entry.name.size() <= 0xFFFF, "zip: a name of {} bytes", entry.name.size());
    require(out.size() + entry.contents.size() < kIn64, "zip: more than 4 GB, save it in parts");
    put(directory, kCentral, 4);
    put(directory, 20, 2);
    put_shared(directory, entry);
    put(directory, 0, 6);  // comment length, disk, internal attributes
    put(directory, 0, 4);  // external attributes
    put(directory, out.size(), 4);
    directory += entry.name;
    put(out, kLocal, 4);
    put_shared(out, entry);
    out += entry.name;
    out += entry.contents;
  }
  const size_t begin = out.size();
  require(begin + directory.size() < kIn64, "zip: more than 4 GB, save it in parts");
  out += directory;
  put(out, kEnd, 4);
  put(out, 0, 4);
  put(out, entries.size(), 2);
  put(out, entries.size(), 2);
  put(out, directory.size(), 4);
  put(out, begin, 4);
  put(out, 0, 2);
  return out;
}

}  // namespace offprint::data
