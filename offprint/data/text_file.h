// The bytes of a file that people keep as text or pack with gzip: mapped where it is plain,
// unpacked where it is not.
#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "offprint/core/file.h"

namespace offprint::data {

// A whole file as bytes, gzip unpacked; memory grows with what is really there. Views into it live
// as long as it does. Throws Error on a missing file and on damaged gzip data.
class Contents {
 public:
  explicit Contents(const std::filesystem::path& path);
  std::string_view bytes() const;

 private:
  std::unique_ptr<MemoryMap> map_;
  std::string unpacked_;
};

// Contents for readers of text: a UTF-8 byte order mark is left out, and what is plainly no text
// (UTF-16, a zip file, zero bytes near its start) is an Error that says so.
std::string_view text_of(const Contents& contents, const std::string& source);

bool is_utf8(std::string_view text);

}  // namespace offprint::data
