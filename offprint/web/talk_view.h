// What people say about a paper: votes and comments, as parts of its page.
#pragma once
#include "offprint/store/paper.h"
#include "offprint/web/html.h"
#include "offprint/web/site.h"
#include "offprint/web/visitor.h"

namespace offprint::web {

Html vote_view(const Site& site, const Visitor& visitor, const store::Paper& paper);
Html comments_view(const Site& site, const Visitor& visitor, const store::Paper& paper);

}  // namespace offprint::web
