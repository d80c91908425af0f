#include "offprint/core/file.h"

#include <doctest/doctest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "offprint/core/error.h"
#include "offprint/core/json.h"

using namespace offprint;
namespace fs = std::filesystem;

namespace {

struct Folder {  // empty, and gone afterwards
  fs::path path;
  Folder() {
    std::string name = (fs::temp_directory_path() / "offprint-file-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Folder() { fs::remove_all(path); }
  auto entries() const { return std::distance(fs::directory_iterator(path), {}); }
};

template <class Work>
std::string error_of(Work work) {
  try {
    work();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("write_file then read_file gives the same bytes, for any size around the buffer") {
  const Folder folder;
  for (const size_t size : {0u, 1u, 65'535u, 65'536u, 65'537u, 300'000u}) {
    std::string bytes(size, '\0');
    for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 131 >> 3);
    write_file(folder.path / "file", bytes);
    CHECK(read_file(folder.path / "file") == bytes);
    write_file(folder.path / "file", [&](std::ostream& out) {
      for (const char c : bytes) out.put(c);
    });
    CHECK(read_file(folder.path / "file") == bytes);
  }
  CHECK(folder.entries() == 1);
}

TEST_CASE("read_file: a missing file and a folder are errors that name the path") {
  const Folder folder;
  const std::string missing = (folder.path / "none").string();
  CHECK(error_of([&] { read_file(missing); }) ==
        "cannot read " + missing + ": No such file or directory");
  CHECK(error_of([&] { read_file(folder.path); }) ==
        "cannot read " + folder.path.string() + ": Is a directory");
  CHECK(error_of([&] { write_file(folder.path, "x"); }) ==
        "cannot write " + folder.path.string() + ": Is a directory");
  CHECK(error_of([&] {
          write_file(folder.path / "no" / "file", "x");
        }).ends_with(": No such file or directory"));
}

TEST_CASE("read_file: files without a size, as in /proc, are read whole") {
  CHECK(read_file("/proc/self/status").find("VmPeak") != std::string::npos);
}

TEST_CASE("write_file: a writer that throws leaves the old file and no other") {
  const Folder folder;
  write_file(folder.path / "file", "old");
  CHECK_THROWS_AS(write_file(folder.path / "file",
                             [](std::ostream& out) {
                               out << std::string(200'000, 'x');
                               fail("no more");
                             }),
                  Error);
  CHECK(read_file(folder.path / "file") == "old");
  CHECK(folder.entries() == 1);
}

TEST_CASE("write_file: a full disk leaves the old file and no other") {
  const Folder folder;
  if (mount("none", folder.path.c_str(), "tmpfs", 0, "size=64k") != 0) {
    MESSAGE("skipped: mounting a small tmpfs needs root");
    return;
  }
  write_file(folder.path / "file", "old");
  const std::string message =
      error_of([&] { write_file(folder.path / "file", std::string(1'000'000, 'x')); });
  CHECK(message.ends_with("file: No space left on device"));
  CHECK(read_file(folder.path / "file") == "old");
  CHECK(folder.entries() == 1);
  REQUIRE(umount(folder.path.c_str()) == 0);
}

TEST_CASE("write_file: a folder without write permission is one clear error") {
  const Folder folder;
  fs::permissions(folder.path, fs::perms::owner_read | fs::perms::owner_exec);
  if (geteuid() == 0)  // root may write anywhere, but not into /proc
    CHECK(error_of([] { write_file("/proc/offprint", "x"); }).starts_with("cannot write /proc"));
  else
    CHECK(error_of([&] { write_file(folder.path / "file", "x"); }).ends_with("Permission denied"));
  fs::permissions(folder.path, fs::perms::owner_all);
}

TEST_CASE("write_file: mode and links of the old file stay, a new file follows the umask") {
  const Folder folder;
  const fs::path file = folder.path / "file", link = folder.path / "link";
  const mode_t mask = umask(022);
  write_file(file, "1");
  umask(mask);
  CHECK(fs::status(file).permissions() == fs::perms{0644});
  fs::permissions(file, fs::perms{0600});
  fs::create_symlink("file", link);
  write_file(link, "2");
  CHECK(fs::is_symlink(link));
  CHECK(read_file(file) == "2");
  CHECK(fs::status(file).permissions() == fs::perms{0600});
}

TEST_CASE("write_file: a device is written in place") {
  CHECK_NOTHROW(write_file("/dev/null", "x"));
  CHECK(fs::is_character_file("/dev/null"));
  CHECK(error_of([] { write_file("/dev/full", "x"); }) ==
        "cannot write /dev/full: No space left on device");
}

TEST_CASE("MemoryMap: shows the file's bytes, and an empty file as an empty span") {
  const Folder folder;
  write_file(folder.path / "full", "abc");
  write_file(folder.path / "empty", "");
  MemoryMap map(folder.path / "full");
  REQUIRE(map.bytes().size() == 3);
  CHECK(static_cast<char>(map.bytes()[1]) == 'b');
  CHECK(MemoryMap(folder.path / "empty").bytes().empty());
  map = MemoryMap(folder.path / "empty");
  CHECK(map.bytes().empty());
  CHECK_THROWS_AS(MemoryMap(folder.path / "none"), Error);
  CHECK_THROWS_AS(MemoryMap(folder.path), Error);
}

TEST_CASE("MemoryMap: the view outlives the name of the file and a move of the map") {
  const Folder folder;
  write_file(folder.path / "file", "abc");
  MemoryMap first(folder.path / "file");
  fs::remove(folder.path / "file");
  const MemoryMap second(std::move(first));
  CHECK(static_cast<char>(second.bytes()[2]) == 'c');
}

TEST_CASE("write_json, read_json: a value comes back, and a broken file names itself") {
  const Folder folder;
  const fs::path path = folder.path / "card.json";
  write_json(path, {{"b", 1}, {"a", {1.5, "x"}}});
  CHECK(json_text(read_json(path)) == R"({"b":1,"a":[1.5,"x"]})");
  write_file(path, "{\"b\": 1,");
  CHECK(error_of([&] { read_json(path); }).starts_with(path.string() + ": line 1, column 9: "));
}

TEST_CASE("try_to_write: leaves nothing behind and changes nothing, and names what is in the way") {
  const Folder folder;
  write_file(folder.path / "old", "as it was");
  try_to_write(folder.path / "old");
  try_to_write(folder.path / "new");
  CHECK(folder.entries() == 1);
  CHECK(read_file(folder.path / "old") == "as it was");
  const std::string lost = (folder.path / "none/new").string();
  CHECK(error_of([&] { try_to_write(lost); }) ==
        "cannot write " + lost + ": No such file or directory");
  CHECK(error_of([&] { try_to_write(folder.path); }) ==
        "cannot write " + folder.path.string() + ": Is a directory");
}

TEST_CASE("make_folder: with those above it; a file in the way is one line") {
  const Folder folder;
  make_folder(folder.path / "a/b");
  CHECK(fs::is_directory(folder.path / "a/b"));
  make_folder(folder.path / "a/b");
  write_file(folder.path / "file", "");
  const std::string blocked = (folder.path / "file/b").string();
  CHECK(error_of([&] { make_folder(blocked); }) ==
        "cannot make folder " + blocked + ": Not a directory");
}
