// Grammars of JSON documents that obey a JSON Schema (draft 2020-12): type, properties, required,
// additionalProperties, enum, const, items, prefixItems, minItems, maxItems, minLength, maxLength,
// minimum, maximum and their exclusive forms on integers, anyOf, oneOf of branches that cannot
// overlap, $ref within the document, $defs. What it means otherwise is kept: keywords that restrict
// and are not listed are errors, not ignored.
//
// Narrower than the schema where a text has many spellings: properties come in the schema's order
// and others after them, without escapes in their names; between values stands nothing, a space, or
// a line break with at most 40 spaces; numbers have at most 18 digits before and after the point
// and 2 in the exponent; values of enum and const are written as the schema has them.
#pragma once
#include <string_view>

#include "offprint/core/json.h"
#include "offprint/data/grammar.h"

namespace offprint::data {

struct GrammarRule {
  Grammar grammar;
  int32_t rule = 0;
};
// Throws Error "<source>: /properties/age: 'multipleOf' is not supported" and the like, and where
// no document can obey.
GrammarRule json_schema_grammar(const Json& schema, std::string_view source);

}  // namespace offprint::data
