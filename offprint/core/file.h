// Files: whole reads, atomic writes (temporary name, sync, rename) and read-only memory maps.
#pragma once
#include <cstddef>
#include <filesystem>
#include <functional>
#include <ostream>
#include <span>
#include <string>
#include <string_view>

namespace offprint {

// Throws Error "cannot read PATH: No such file or directory" and the like; a folder is an error
// too.
std::string read_file(const std::filesystem::path& path);

// The file is either the old one or whole and new, also after a crash or a full disk. Throws Error.
void write_file(const std::filesystem::path& path, std::string_view contents);
void write_file(const std::filesystem::path& path, const std::function<void(std::ostream&)>& write);

// For outputs that are written after long work: what would fail then fails now, and nothing that
// stands there changes. Throws Error.
void try_to_write(const std::filesystem::path& path);
void make_folder(const std::filesystem::path& path);  // and those above it; "" is here

// View of a file without a copy; valid while the map lives. An empty file maps to an empty span.
// A private map may be written to: what is written stays in this process, the file keeps its bytes.
class MemoryMap {
 public:
  enum class Access { read, private_write };
  explicit MemoryMap(const std::filesystem::path& path,
                     Access access = Access::read);  // throws Error
  ~MemoryMap();
  MemoryMap(MemoryMap&& other) noexcept;
  MemoryMap& operator=(MemoryMap&& other) noexcept;

  std::span<const std::byte> bytes() const { return {data_, size_}; }

 private:
  const std::byte* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace offprint
