#include "offprint/data/public_file.h"

#include <array>
#include <cstdlib>
#include <set>

#include "offprint/data/catalog.h"
#include "offprint/data/download.h"
#include "offprint/data/sha256.h"
#include "offprint/data/weights.h"
#include "tests/data/scratch.h"

using namespace offprint;
using namespace offprint::data;
namespace fs = std::filesystem;

namespace {

// Sets an environment variable for one test; "" counts as unset.
struct Variable {
  std::string name, before;
  Variable(const char* variable, const std::string& value) : name(variable) {
    if (const char* old = std::getenv(variable)) before = old;
    setenv(variable, value.c_str(), 1);
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;
  ~Variable() { before.empty() ? unsetenv(name.c_str()) : setenv(name.c_str(), before.c_str(), 1); }
};

// sha256("abc") is FIPS 180-2's own example, appendix B.1.
constexpr const char* kAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

std::string file_url(const fs::path& path) { return "file://" + path.string(); }

}  // namespace

TEST_CASE("sha256: the standard's examples") {
  CHECK(sha256("abc") == kAbc);
  CHECK(sha256_base64("") == "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
  CHECK(sha256("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  const Scratch scratch;
  CHECK(sha256_of_file(scratch.write("f", "abc")) == kAbc);
}

TEST_CASE("fetch: a file arrives whole under its name, or not at all") {
  const Scratch scratch;
  const std::string url = file_url(scratch.write("origin", "abc"));
  Progress quiet;
  fetch(url, scratch / "deep/er/copy", kAbc, 3, quiet);
  CHECK(read_file(scratch / "deep/er/copy") == "abc");

  const auto failing = [&](const std::string& from, const std::string& sum, uint64_t bytes) {
    const std::string text =
        message_of(scratch, [&] { fetch(from, scratch / "bad/copy", sum, bytes, quiet); });
    CHECK(fs::is_empty(scratch / "bad"));
    return text;
  };
  const std::string other(64, '0');
  CHECK(failing(url, other, 3) == "cannot get file://origin: its SHA-256 is " + std::string(kAbc) +
                                      ", expected " + other + ": another file stands there");
  CHECK(failing(url, kAbc, 2) ==
        "cannot get file://origin: it is longer than 2 bytes, expected no more");
  CHECK(failing(file_url(scratch / "none"), kAbc, 3).starts_with("cannot get file://none: "));
  CHECK(failing("gopher://x/", kAbc, 3).starts_with("cannot get gopher://x/: "));
}

TEST_CASE("fetch: a stop request ends it and leaves nothing") {
  const Scratch scratch;
  const std::string url = file_url(scratch.write("origin", "abc"));
  const std::atomic<bool> stop = true;
  Progress stopped([](const ProgressUpdate&) {}, &stop);
  CHECK_THROWS_AS(fetch(url, scratch / "d/copy", kAbc, 3, stopped), Stopped);
  CHECK(fs::is_empty(scratch / "d"));
}

TEST_CASE("sets are found in $OFFPRINT_DATA, then the cache, then the packages") {
  const Scratch scratch;
  const auto files = std::to_array<PublicFile>({{"f.txt", kAbc, 3}});
  const PublicSet set{
      .name = "toy", .what = "", .licence = "", .origin = "", .package = "toys", .files = files};
  const Variable data("OFFPRINT_DATA", scratch / "data"), cache("XDG_CACHE_HOME", scratch / "c"),
      venv("OFFPRINT_VENV", scratch / "venv");
  CHECK_FALSE(find(set).has_value());
  CHECK(message_of(scratch, [&] { require_found(set); }) ==
        "data set 'toy' is not on this machine: offprint data get toy");
  const auto put = [&](const fs::path& folder) {
    fs::create_directories(folder);
    write_file(folder / "f.txt", "abc");
    CHECK(find(set) == folder);
  };
  put(scratch / "venv/lib/python3.11/site-packages/toys");
  put(scratch / "c/offprint/data/toy");
  put(scratch / "data/toy");
  CHECK(require_found(set, scratch.folder) == scratch.folder);
  CHECK(message_of(scratch, [&] { require_found(set, scratch / "none"); }) ==
        "cannot read none: No such file or directory");
}

TEST_CASE("get: downloads what is missing into the cache, or says where the user gets it") {
  const Scratch scratch;
  const Variable data("OFFPRINT_DATA", ""), cache("XDG_CACHE_HOME", scratch / "c"),
      venv("OFFPRINT_VENV", scratch / "venv");
  const std::string url = file_url(scratch.write("origin", "abc"));
  auto files = std::to_array<PublicFile>({{"f.txt", kAbc, 3, url}, {"g.txt", kAbc, 3, url}});
  const PublicSet set{.name = "toy",
                      .what = "",
                      .licence = "",
                      .origin = "",
                      .how = "ask the neighbours",
                      .files = files};
  Progress quiet;
  const fs::path folder = get(set, quiet);
  CHECK(folder == scratch / "c/offprint/data/toy");
  CHECK(read_file(folder / "g.txt") == "abc");
  CHECK(to_json(set)["folder"] == folder.string());
  fs::remove(folder / "f.txt");
  files[0].url = "";
  CHECK(message_of(scratch, [&] { get(set, quiet); }) ==
        "data set 'toy' cannot be downloaded: ask the neighbours");
}

TEST_CASE("the catalogs: every row is complete, names and sums are well formed") {
  for (const auto& rows : {sets(), weights()}) {
    std::set<std::string_view> names;
    for (const PublicSet& set : rows) {
      CAPTURE(set.name);
      CHECK(names.insert(set.name).second);
      CHECK_FALSE(set.what.empty());
      CHECK_FALSE(set.licence.empty());
      CHECK_FALSE(set.origin.empty());
      CHECK_FALSE(set.files.empty());
      for (const PublicFile& file : set.files) {
        CHECK(file.sha256.size() == 64);
        CHECK(file.sha256.find_first_not_of("0123456789abcdef") == file.sha256.npos);
        CHECK(file.bytes > 0);
        // Each file can be had: from a URL, a package, or as the row says.
        CHECK((file.url.starts_with("https://") || !set.how.empty()));
      }
    }
  }
  const Scratch scratch;
  CHECK(message_of(scratch, [] { set_named("gsm8"); }) ==
        "no data set 'gsm8', did you mean 'gsm8k'?");
  CHECK(message_of(scratch, [] { weights_named("llama"); }) ==
        "no weights 'llama', expected one of smollm2, minilm");
}

TEST_CASE("the catalogs: what lies on this machine is what the rows say") {
  int64_t checked = 0;
  for (const auto& rows : {sets(), weights()})
    for (const PublicSet& set : rows) {
      const auto folder = find(set);
      if (!folder) continue;
      for (const PublicFile& file : set.files) {
        CAPTURE(file.name);
        CHECK(fs::file_size(*folder / file.name) == file.bytes);
        CHECK(sha256_of_file(*folder / file.name) == file.sha256);
        ++checked;
      }
    }
  if (checked == 0) MESSAGE("skipped: no public set is on this machine; offprint data list");
}
