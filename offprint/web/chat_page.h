// A page to talk with the model that is served; its script asks /v1 as any client does.
#pragma once
#include "offprint/web/page.h"
#include "offprint/web/site.h"
#include "offprint/web/visitor.h"

namespace offprint::web {

// Says how to have a model where there is none, and to log in where the visitor may not ask it.
Page chat_page(const Site& site, const Visitor& visitor);

std::string_view chat_script();
const std::string& chat_script_path();

}  // namespace offprint::web
