// Mathematics as authors write it in abstracts and comments, shown as MathML: every browser of
// today draws it, and screen readers read it.
#pragma once
#include <string_view>

#include "offprint/web/html.h"

namespace offprint::web {

// What stands between $ and $ (or $$) is mathematics, all else text: "states in $O(L \log L)$".
// "$5 to $10" is money. A formula that we cannot read stays as it was typed.
Html text_with_math(std::string_view text);

// One formula without its dollars; nothing where it holds what we cannot read.
Html math_view(std::string_view tex);

}  // namespace offprint::web
