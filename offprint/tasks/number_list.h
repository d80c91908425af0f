// Lists of numbers as options hold them: "0.5,-0.3,0.2".
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace offprint::tasks {

// Throws Error "--rho: '0.5;1', expected numbers with commas between, as 0.5,-0.3". Empty text is
// an empty list.
std::vector<double> parse_numbers(const std::string& text, std::string_view flag);
std::string list_text(const std::vector<double>& values);  // four significant digits each

}  // namespace offprint::tasks
