// Forms are made of tasks/data_verbs.h; what they send must be flags that the verbs know.
#include "offprint/tasks/data_verbs.h"

#include <doctest/doctest.h>

#include <sstream>

#include "offprint/cli/program.h"

using namespace offprint;

namespace {
std::string help_of(const std::string& verb) {
  std::ostringstream out, err;
  const char* words[] = {"offprint", verb.c_str(), "--help"};
  CHECK(cli::run_program(3, words, out, err) == 0);
  return out.str();
}
}  // namespace

TEST_CASE("data verbs: every input, option, output and method is known to the verb of that name") {
  CHECK(!tasks::data_verbs().empty());
  for (const tasks::DataVerb& verb : tasks::data_verbs()) {
    const std::string help = help_of(verb.name);
    const auto knows = [&](const std::string& flag) {
      CHECK_MESSAGE(help.find(flag) != help.npos, verb.name, " ", flag);
    };
    for (const OptionInfo& input : verb.inputs) knows("--" + input.name);
    for (const OptionInfo& option : verb.options) knows("--" + option.name);
    for (const auto& [flag, file] : verb.outputs) knows(flag);
    for (const auto& method : verb.methods) knows("\n  " + method.name + " ");
    knows("--data");
    knows("--method");
  }
}
