// The tasks that work on a person's own data, described: what file each reads, its methods and
// options. Forms are made of this; cli/ has a verb of the same name and flags for each.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "offprint/core/options.h"

namespace offprint::tasks {

struct DataVerb {
  struct Method {
    std::string name, summary;
    std::string paper;  // slug; empty: a baseline
  };
  std::string name, summary;          // "forecast", "the next rows of a series, with quantiles"
  std::string table;                  // what its --data holds: "a row a moment"
  std::vector<OptionInfo> inputs;     // which columns are what
  std::vector<std::string> required;  // of the inputs
  std::vector<Method> methods;        // the first is the default
  std::vector<OptionInfo> options;    // of all methods
  // Flags that name files for results, with the names: {"--out", "forecast.csv"}. "" as a name is
  // the folder itself.
  std::vector<std::pair<std::string, std::string>> outputs;
};

std::span<const DataVerb> data_verbs();
const DataVerb& find_data_verb(const std::string& name);  // Error names all

}  // namespace offprint::tasks
