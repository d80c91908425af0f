// The program as a function: parses argv, calls one verb, returns the exit code (context.h).
#pragma once
#include <ostream>
#include <span>

#include "offprint/cli/context.h"

namespace offprint::cli {

// A row a verb. Each adds itself to the program; parsing calls it.
struct Verb {
  const char* name;
  void (*add)(CLI::App& program, Context& context);
};
std::span<const Verb> verbs();

// Results go to `out`, errors to `err` as one line "offprint: ...". Errors never leave.
int run_program(int argc, const char* const* argv, std::ostream& out, std::ostream& err);

// The same on stdout and stderr, with Ctrl-C as the stop request: the first asks, the second ends.
int run_program(int argc, char** argv);

}  // namespace offprint::cli
