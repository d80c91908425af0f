// Tools that are programs: arguments as JSON on stdin, the result on stdout. A program that hangs,
// says too much, asks for too much memory or fails ends in one line.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "offprint/core/json.h"

namespace offprint::tasks {

struct ToolProgram {
  std::vector<std::string> command;  // the first in PATH, or a path
  double seconds = 10;               // then it is killed
  int64_t memory_mib = 2048;         // of address space
  int64_t answer_bytes = 1 << 20;
  int also_done = 0;  // an exit code beside 0 that is no failure
};

// What it says on stdout to `input`; `dry`: with OFFPRINT_DRY_RUN=1, which it takes as: say whether
// this would work. Throws as below.
std::string hear_program(const ToolProgram& program, std::string_view input, bool dry = false);

// Its stdout as JSON, or as a string where it is none. Throws Error "'weather' took longer than 10
// s",
// "'weather' ended with 1: no such city" and the like.
Json run_tool_program(const ToolProgram& program, const Json& arguments, bool dry = false);

}  // namespace offprint::tasks
