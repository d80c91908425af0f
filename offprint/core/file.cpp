#include "offprint/core/file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <streambuf>
#include <utility>

#include "offprint/core/error.h"

namespace offprint {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail_errno(const char* verb, const fs::path& path, int code = errno) {
  fail("cannot {} {}: {}", verb, path.string(), std::strerror(code));
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

struct OpenFile {
  Descriptor descriptor;
  struct stat status;
};

OpenFile open_to_read(const fs::path& path) {
  OpenFile file{Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC)), {}};
  const int fd = file.descriptor.get();
  if (fd < 0 || fstat(fd, &file.status) != 0) fail_errno("read", path);
  if (S_ISDIR(file.status.st_mode)) fail_errno("read", path, EISDIR);
  return file;
}

// Buffered writes to a descriptor that keep the reason of the first failure.
class DescriptorBuffer : public std::streambuf {
 public:
  explicit DescriptorBuffer(int fd) : fd_(fd) { setp(buffer_.data(), buffer_.data() + kSize); }
  int error() const { return error_; }

 protected:
  int sync() override {
    for (const char* at = pbase(); at != pptr() && error_ == 0;) {
      const ssize_t wrote = ::write(fd_, at, static_cast<size_t>(pptr() - at));
      if (wrote >= 0)
        at += wrote;
      else if (errno != EINTR)
        error_ = errno;
    }
    setp(buffer_.data(), buffer_.data() + kSize);
    return error_ == 0 ? 0 : -1;
  }
  int_type overflow(int_type c) override {
    if (sync() != 0) return traits_type::eof();
    if (traits_type::eq_int_type(c, traits_type::eof())) return traits_type::not_eof(c);
    return sputc(traits_type::to_char_type(c));
  }

 private:
  static constexpr size_t kSize = size_t{1} << 16;
  int fd_, error_ = 0;
  std::array<char, kSize> buffer_;
};

void write_to(int fd, const fs::path& path, const std::function<void(std::ostream&)>& write) {
  DescriptorBuffer buffer(fd);
  std::ostream out(&buffer);
  write(out);
  out.flush();
  if (buffer.error() != 0) fail_errno("write", path, buffer.error());
  if (!out) fail("cannot write {}: the writer gave up", path.string());
}

// The mode a plain open() would give a new file, or the one the old file has.
mode_t mode_for(const fs::path& path) {
  struct stat old {};
  if (stat(path.c_str(), &old) == 0) return old.st_mode & 07777;
  const mode_t mask = umask(0);
  umask(mask);
  return 0666 & ~mask;
}

// A file beside the target that vanishes unless it was renamed over it.
class Sibling {
 public:
  explicit Sibling(const fs::path& target)
      : target_(target),
        name_(target.string() + ".XXXXXX"),
        file_(mkostemp(name_.data(), O_CLOEXEC)) {
    if (file_.get() < 0) fail_errno("write", target_);
  }
  Sibling(const Sibling&) = delete;
  Sibling& operator=(const Sibling&) = delete;
  ~Sibling() {
    if (!renamed_ && file_.get() >= 0) unlink(name_.c_str());
  }
  int get() const { return file_.get(); }

  void replace_target() {
    const bool kept = fchmod(get(), mode_for(target_)) == 0 && fsync(get()) == 0 &&
                      rename(name_.c_str(), target_.c_str()) == 0;
    if (!kept) fail_errno("write", target_);
    renamed_ = true;
    // The rename itself is durable once the folder is synced; some file systems refuse, which
    // costs only durability.
    const fs::path folder = target_.has_parent_path() ? target_.parent_path() : ".";
    const Descriptor parent(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (parent.get() >= 0) fsync(parent.get());
  }

 private:
  fs::path target_;
  std::string name_;
  Descriptor file_;
  bool renamed_ = false;
};

}  // namespace

std::string read_file(const fs::path& path) {
  const OpenFile file = open_to_read(path);
  std::string text;
  text.reserve(static_cast<size_t>(file.status.st_size));  // 0 for pipes and /proc
  std::array<char, size_t{1} << 16> part;
  for (;;) {
    const ssize_t got = ::read(file.descriptor.get(), part.data(), part.size());
    if (got > 0)
      text.append(part.data(), static_cast<size_t>(got));
    else if (got == 0)
      return text;
    else if (errno != EINTR)
      fail_errno("read", path);
  }
}

void write_file(const fs::path& path, std::string_view contents) {
  write_file(path, [&](std::ostream& out) {
    out.write(contents.data(), static_cast<std::streamsize>(contents.size()));
  });
}

void write_file(const fs::path& path, const std::function<void(std::ostream&)>& write) {
  std::error_code ignored;
  const fs::file_status status = fs::status(path, ignored);
  if (fs::is_directory(status)) fail_errno("write", path, EISDIR);
  if (fs::exists(status) && !fs::is_regular_file(status)) {  // /dev/stdout, a pipe: as it comes
    const Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (file.get() < 0) fail_errno("write", path);
    return write_to(file.get(), path, write);
  }
  // A link keeps pointing where it did; its target is what is replaced.
  Sibling sibling(fs::is_symlink(path, ignored) ? fs::weakly_canonical(path) : path);
  write_to(sibling.get(), path, write);
  sibling.replace_target();
}

void try_to_write(const fs::path& path) {
  std::error_code ignored;
  const fs::file_status status = fs::status(path, ignored);
  if (fs::is_directory(status)) fail_errno("write", path, EISDIR);
  if (fs::exists(status) && !fs::is_regular_file(status)) return;
  const Sibling sibling(fs::is_symlink(path, ignored) ? fs::weakly_canonical(path) : path);
}

void make_folder(const fs::path& path) {
  if (path.empty()) return;
  std::error_code error;
  fs::create_directories(path, error);
  require(!error, "cannot make folder {}: {}", path.string(), error.message());
}

MemoryMap::MemoryMap(const fs::path& path, Access access) {
  const OpenFile file = open_to_read(path);
  if (!S_ISREG(file.status.st_mode)) fail("cannot read {}: not a regular file", path.string());
  if (file.status.st_size == 0) return;  // mmap refuses length 0
  const auto size = static_cast<size_t>(file.status.st_size);
  const bool writes = access == Access::private_write;
  // No swap is set aside for pages that are hardly ever written: a model may be larger than memory.
  void* view = mmap(nullptr, size, writes ? PROT_READ | PROT_WRITE : PROT_READ,
                    writes ? MAP_PRIVATE | MAP_NORESERVE : MAP_PRIVATE, file.descriptor.get(), 0);
  if (view == MAP_FAILED) fail_errno("read", path);
  data_ = static_cast<const std::byte*>(view);
  size_ = size;
}

MemoryMap::~MemoryMap() {
  if (data_ != nullptr) munmap(const_cast<std::byte*>(data_), size_);
}

MemoryMap::MemoryMap(MemoryMap&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MemoryMap& MemoryMap::operator=(MemoryMap&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

}  // namespace offprint
