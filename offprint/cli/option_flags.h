// Flags of options structs: what `visit` lists becomes --name VALUE on a verb.
#pragma once
#include <string>
#include <vector>

#include "offprint/core/options.h"

namespace CLI {
class App;
}

namespace offprint::cli {

// A flag a field under the heading `group` of --help, with its default; switches also as
// --no-name. The struct behind the fields must outlive the parsing. Names the verb has already are
// left to it.
void add_option_flags(CLI::App& verb, const std::vector<OptionField>& fields,
                      const std::string& group = "Method");

// --seed, as every verb that draws has it.
void add_seed_flag(CLI::App& verb, uint64_t& seed);

// Words a parser left over, "--name value" or "--name=value" ("--switch" alone is true,
// "--no-switch" false), as a JSON object for options_from_json. Throws Error on an unknown name
// (with the nearest), a missing value and a value of another kind.
Json options_from_words(const std::vector<OptionInfo>& known, const std::vector<std::string>& words,
                        const std::string& of);

}  // namespace offprint::cli
