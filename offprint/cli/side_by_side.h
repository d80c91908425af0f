// Two texts beside each other, with what is in one alone marked.
#pragma once
#include <string>
#include <string_view>

namespace offprint::cli {

struct SideBySide {
  int width = 100;       // columns of the terminal
  bool colours = false;  // red and green; without them [-gone-] and {+come+}
};
// Lines end with "\n". The columns are as wide as half of the width allows; words longer than that
// stand out.
std::string side_by_side(std::string_view left_title, std::string_view left,
                         std::string_view right_title, std::string_view right,
                         const SideBySide& how);

// As wide as this terminal and in colours where stdout is one; NO_COLOR turns them off.
SideBySide terminal_side_by_side();

}  // namespace offprint::cli
