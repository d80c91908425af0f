// Options of recipes and methods as fields of a form, named "option-NAME".
#pragma once
#include "offprint/core/options.h"
#include "offprint/web/html.h"

namespace offprint::web {

// Empty takes the default, which it shows.
Html option_field(const OptionInfo& option, const std::string& given = "");

}  // namespace offprint::web
