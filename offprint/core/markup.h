// Text made safe to stand inside HTML and XML, attributes included.
#pragma once
#include <string>
#include <string_view>

namespace offprint {

// Escapes & < > " '; what is not UTF-8, and controls that XML forbids, become U+FFFD.
std::string escape_markup(std::string_view text);

}  // namespace offprint
