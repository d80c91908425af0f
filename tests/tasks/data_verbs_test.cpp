#include "offprint/tasks/data_verbs.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "offprint/core/error.h"
#include "offprint/tasks/forecast_series.h"

using namespace offprint;
using namespace offprint::tasks;

TEST_CASE("data verbs: found by name, the default method first, required inputs are inputs") {
  CHECK(find_data_verb("forecast").methods.front().name == ForecastOptions().method);
  CHECK_THROWS_WITH(find_data_verb("forcast"),
                    doctest::Contains("no task 'forcast', did you mean 'forecast'?"));
  for (const DataVerb& verb : data_verbs()) {
    CHECK(!verb.methods.empty());
    for (const std::string& name : verb.required)
      CHECK(std::ranges::find(verb.inputs, name, &OptionInfo::name) != verb.inputs.end());
  }
}
