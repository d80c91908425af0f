// Markdown that strangers write, as HTML that can do no harm.
#pragma once
#include <string_view>

#include "offprint/web/html.h"

namespace offprint::web {

// CommonMark without raw HTML and images; links that could run a script lead nowhere, the others
// tell search engines not to follow.
Html markdown_view(std::string_view text);

}  // namespace offprint::web
