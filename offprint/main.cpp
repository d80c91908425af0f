// The program: parse, call, print; see offprint/cli.
#include <unistd.h>

#include <string_view>

#include "offprint/cli/program.h"

// libgomp's threads spin 300 000 times at a barrier before they sleep. Where another program wants
// the processor too, they burn the time slice the slow thread needs, and a run takes twenty times
// as long (training S4D on two busy cores: 20 against 970 examples a second). libgomp asks getenv
// for its settings before main begins, and the program's own getenv comes before libc's: it answers
// as libc would, but for this one name where the user has set nothing.
extern "C" char* getenv(const char* name) noexcept {
  const std::string_view wanted = name;
  const auto find = [](std::string_view key) -> char* {
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
      const std::string_view text = *entry;
      if (text.size() > key.size() && text.starts_with(key) && text[key.size()] == '=')
        return *entry + key.size() + 1;
    }
    return nullptr;
  };
  char* const value = find(wanted);
  static char calm[] = "1000";
  if (value == nullptr && wanted == "GOMP_SPINCOUNT" && find("OMP_WAIT_POLICY") == nullptr)
    return calm;
  return value;
}

int main(int argc, char** argv) { return offprint::cli::run_program(argc, argv); }
