// Text tests: a file holds commands and what they print, as a person would see it.
//   $ offprint show s4dd
//   offprint: no paper 's4dd', did you mean 's4d'?: offprint list shows all
//   [1]
// A command is a line "$ ..." run by sh in a folder of its own that all commands of the file share;
// stdout and stderr come together. Lines until the next command, blank line or comment are what it
// must print; "[1]" at the end is its exit code, 0 where none is written. In an expected line "..."
// stands for any text; a line of "..." alone for any number of lines. "#" starts a comment line.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace offprint::tests {

struct ConsoleStep {
  int line = 0;  // in the file
  std::string command;
  std::vector<std::string> expected;
  int exit_code = 0;
};

// Of a text file; or of the ```console blocks of a Markdown file.
std::vector<ConsoleStep> console_steps(const std::string& text, bool markdown = false);

bool matches(const std::vector<std::string>& expected, const std::vector<std::string>& printed);

struct ConsoleOutcome {
  std::vector<std::string> printed;
  int exit_code = 0;
};
// With the program of this build as `offprint` and the given PATH folders in front.
ConsoleOutcome run_step(const ConsoleStep& step, const std::filesystem::path& folder);

}  // namespace offprint::tests
