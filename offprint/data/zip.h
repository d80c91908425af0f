// Zip archives: what NPZ needs of them. Stored and deflated entries, zip64; no encryption, no
// splitting. Every size and offset is checked before use.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace offprint::data {

struct ZipEntry {
  std::string name, contents;
};

// All entries, unpacked and checked against their CRC-32. Memory grows with what is really there.
// Throws Error "<source>: ..." on anything else, entries that overlap, or two of one name.
std::vector<ZipEntry> read_zip(std::string_view bytes, const std::string& source);

// Stored, not deflated. Throws Error past 4 GB or 65535 entries.
std::string zip_bytes(std::span<const ZipEntry> entries);

}  // namespace offprint::data
