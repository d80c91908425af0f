// Whether a document obeys a JSON Schema (draft 2020-12), apart from any grammar: all keywords that
// restrict but $dynamicRef, unevaluated* and references to other documents, which are passed over;
// of formats date, time, date-time, email, uuid, ipv4.
#pragma once
#include <string>

#include "offprint/core/json.h"

namespace offprint::data {

// What is wrong, with its place ("/city: 7 is a number, expected string"); "" where nothing is.
// A pattern that is no regular expression, or that takes too long, is a problem too.
std::string schema_problem(const Json& document, const Json& schema);
// A schema that is a part of `root`, into which its references lead.
std::string schema_problem(const Json& document, const Json& schema, const Json& root);

}  // namespace offprint::data
