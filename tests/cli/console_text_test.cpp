#include "tests/cli/console_text.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <sstream>

#include "offprint/core/file.h"
#include "tests/places.h"

using namespace offprint;
using namespace offprint::tests;
namespace fs = std::filesystem;

namespace offprint::tests {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// "..." stands for any text within the line.
bool line_matches(std::string_view pattern, std::string_view line) {
  const size_t dots = pattern.find("...");
  if (dots == pattern.npos) return pattern == line;
  if (!line.starts_with(pattern.substr(0, dots))) return false;
  for (size_t at = dots; at <= line.size(); ++at)
    if (line_matches(pattern.substr(dots + 3), line.substr(at))) return true;
  return false;
}

bool match_from(const std::vector<std::string>& expected, size_t e,
                const std::vector<std::string>& printed, size_t p) {
  if (e == expected.size()) return p == printed.size();
  if (expected[e] == "...") {
    for (size_t next = p; next <= printed.size(); ++next)
      if (match_from(expected, e + 1, printed, next)) return true;
    return false;
  }
  return p < printed.size() && line_matches(expected[e], printed[p]) &&
         match_from(expected, e + 1, printed, p + 1);
}

}  // namespace

std::vector<ConsoleStep> console_steps(const std::string& text, bool markdown) {
  std::vector<ConsoleStep> steps;
  bool inside = !markdown, open = false;
  int number = 0;
  for (const std::string& line : lines_of(text)) {
    ++number;
    if (markdown && line.starts_with("```")) {
      inside = line == "```console";
      open = false;
    } else if (!inside || line.starts_with("#")) {
      continue;
    } else if (line.starts_with("$ ")) {
      steps.push_back({number, line.substr(2), {}, 0});
      open = true;
    } else if (line.empty()) {
      open = false;
    } else if (open && line.starts_with("[") && line.ends_with("]") && line.size() <= 5) {
      steps.back().exit_code = std::stoi(line.substr(1));
      open = false;
    } else if (open) {
      steps.back().expected.push_back(line);
    }
  }
  return steps;
}

// What a command prints between its lines is not compared by blank lines: they end an expectation.
bool matches(const std::vector<std::string>& expected, const std::vector<std::string>& printed) {
  std::vector<std::string> filled;
  std::ranges::copy_if(printed, std::back_inserter(filled),
                       [](const std::string& line) { return !line.empty(); });
  return match_from(expected, 0, filled, 0);
}

ConsoleOutcome run_step(const ConsoleStep& step, const fs::path& folder) {
  const std::string command = fmt::format(
      "cd '{}' && export PATH='{}':\"$PATH\" OFFPRINT_HOME='{}/home' COLUMNS=100 && {{ {}\n}} 2>&1",
      folder.string(), fs::path(program()).parent_path().string(), folder.string(), step.command);
  FILE* const pipe = popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string text;
  std::array<char, 4096> buffer;
  while (const size_t got = fread(buffer.data(), 1, buffer.size(), pipe))
    text.append(buffer.data(), got);
  const int status = pclose(pipe);
  return {lines_of(text), WIFEXITED(status) ? WEXITSTATUS(status) : -1};
}

}  // namespace offprint::tests

namespace {

struct Folder {
  fs::path path;
  Folder() {
    std::string name = (fs::temp_directory_path() / "offprint-text-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path = name;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { fs::remove_all(path); }
};

void check_steps(const fs::path& file, const std::vector<ConsoleStep>& steps) {
  const Folder folder;
  for (const ConsoleStep& step : steps) {
    const ConsoleOutcome outcome = run_step(step, folder.path);
    CHECK_MESSAGE(outcome.exit_code == step.exit_code, file.string(), ":", step.line, ": ",
                  step.command, "\nended with ", outcome.exit_code, " and printed\n",
                  fmt::format("{}", fmt::join(outcome.printed, "\n")));
    CHECK_MESSAGE(matches(step.expected, outcome.printed), file.string(), ":", step.line, ": ",
                  step.command, "\nprinted\n", fmt::format("{}", fmt::join(outcome.printed, "\n")),
                  "\nexpected\n", fmt::format("{}", fmt::join(step.expected, "\n")));
  }
}

}  // namespace

TEST_CASE("console texts: what is read of a file, and what matches what") {
  const auto steps = console_steps("# a comment\n$ false\noops ...\n[1]\n\n$ true\n");
  REQUIRE(steps.size() == 2);
  CHECK(steps[0].command == "false");
  CHECK(steps[0].line == 2);
  CHECK(steps[0].exit_code == 1);
  CHECK(steps[0].expected == std::vector<std::string>{"oops ..."});
  CHECK(steps[1].exit_code == 0);
  CHECK(console_steps("$ no\n```console\n$ yes\n```\n", true).size() == 1);
  CHECK(matches({"a", "...", "z"}, {"a", "b", "c", "z"}));
  CHECK(matches({"a...c", "..."}, {"abc"}));
  CHECK(!matches({"a"}, {"a", "b"}));
  CHECK(!matches({"a...c"}, {"ab"}));
  CHECK(!matches({}, {"a"}));
}

TEST_CASE("console texts: every command in tests/cli/*.txt prints what stands below it") {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(source_folder() / "tests/cli"))
    if (entry.path().extension() == ".txt") files.push_back(entry.path());
  std::ranges::sort(files);
  CHECK(files.size() >= 4);
  for (const fs::path& file : files) {
    const auto steps = console_steps(read_file(file));
    CHECK_MESSAGE(!steps.empty(), file.string());
    check_steps(file, steps);
  }
}

TEST_CASE("console texts: the README's commands print what it says") {
  const fs::path readme = source_folder() / "README.md";
  const auto steps = console_steps(read_file(readme), true);
  CHECK(steps.size() >= 4);
  check_steps(readme, steps);
}
