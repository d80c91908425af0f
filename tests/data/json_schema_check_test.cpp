#include "offprint/data/json_schema_check.h"

#include <doctest/doctest.h>

using namespace offprint;
using data::schema_problem;

namespace {

std::string problem(const char* document, const char* schema) {
  return schema_problem(parse_json(document, "document"), parse_json(schema, "schema"));
}

}  // namespace

TEST_CASE("schema check: what is wrong is said with its place") {
  const char* person = R"({"type": "object", "required": ["name", "age"],
    "properties": {"name": {"type": "string", "minLength": 1}, "age": {"type": "integer", "maximum": 150},
                   "mail": {"type": "string", "format": "email"}, "tags": {"items": {"enum": ["a", "b"]}}},
    "additionalProperties": false})";
  CHECK(problem(R"({"name": "Ada", "age": 36, "mail": "a@b", "tags": ["a"]})", person).empty());
  CHECK(problem(R"({"name": "Ada"})", person) == "/: 'age' is missing");
  CHECK(problem(R"({"name": 7, "age": 36})", person) == "/name: 7 is a number, expected string");
  CHECK(problem(R"({"name": "Ada", "age": 200})", person) == "/age: 200 against maximum 150");
  CHECK(problem(R"({"name": "", "age": 2})", person) == "/name: 0 characters against minLength 1");
  CHECK(problem(R"({"name": "A", "age": 2, "x": 1})", person) ==
        "/: 'x' is not one of its members");
  CHECK(problem(R"({"name": "A", "age": 2, "tags": ["a", "c"]})", person) ==
        R"(/tags/1: "c" is none of ["a","b"])");
  CHECK(problem(R"({"name": "A", "age": 2, "mail": "nobody"})", person) ==
        R"(/mail: "nobody" is no email)");
}

TEST_CASE("schema check: keywords the other way about") {
  struct Case {
    const char *schema, *good, *bad;
  };
  const Case cases[] = {
      {R"({"type": ["string", "null"]})", "null", "1"},
      {R"({"type": "integer"})", "1.0", "1.5"},
      {R"({"const": {"a": [1]}})", R"({"a": [1.0]})", R"({"a": [2]})"},
      {R"({"exclusiveMinimum": 0, "multipleOf": 0.1})", "0.3", "0.35"},
      {R"({"pattern": "^a+$"})", "\"aaa\"", "\"aab\""},
      {R"({"maxLength": 2})", "\"\xc3\xa9\xe4\xb8\xad\"", "\"abc\""},
      {R"({"uniqueItems": true})", "[1, 2]", "[1, {\"a\": 2}, 1]"},
      {R"({"prefixItems": [{"type": "integer"}], "items": false})", "[1]", "[1, 2]"},
      {R"({"contains": {"type": "string"}})", "[1, \"a\"]", "[1]"},
      {R"({"contains": {"type": "string"}, "maxContains": 1})", "[\"a\"]", "[\"a\", \"b\"]"},
      {R"({"patternProperties": {"^x": {"type": "null"}}, "additionalProperties": false})",
       R"({"x1": null})", R"({"y": null})"},
      {R"({"propertyNames": {"maxLength": 1}, "maxProperties": 2})", R"({"a": 1})", R"({"ab": 1})"},
      {R"({"allOf": [{"minimum": 1}, {"maximum": 3}]})", "2", "4"},
      {R"({"oneOf": [{"minimum": 1}, {"maximum": 3}]})", "0", "2"},
      {R"({"anyOf": [{"type": "null"}, {"type": "boolean"}]})", "true", "\"x\""},
      {R"({"not": {"type": "null"}})", "1", "null"},
      {R"({"if": {"minimum": 10}, "then": {"multipleOf": 10}, "else": {"maximum": 5}})", "20", "7"},
      {R"({"$ref": "#/$defs/t", "$defs": {"t": {"items": {"$ref": "#/$defs/t"}, "type": "array"}}})",
       "[[], [[]]]", "[[1]]"},
      {R"({"format": "date-time"})", "\"2026-02-03T04:05:06Z\"", "\"2026-13-03T04:05:06Z\""},
      {R"({"format": "ipv4"})", "\"127.0.0.1\"", "\"127.0.0.256\""},
      {"false", "1", "1"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.schema);
    if (c.schema != std::string("false")) CHECK(problem(c.good, c.schema).empty());
    CHECK_FALSE(problem(c.bad, c.schema).empty());
  }
}

TEST_CASE("schema check: schemas that lead nowhere end in one line") {
  CHECK(problem("1", R"({"$ref": "#"})") == "/: too deep a schema");
  CHECK(problem("1", R"({"$ref": "#/$defs/x"})") ==
        "/: the schema refers to '#/$defs/x', which is not there");
  CHECK(problem("\"a\"", R"({"pattern": "("})") == "/: the schema's pattern \"(\" cannot be used");
  const std::string slow = "\"" + std::string(40, 'a') + "b\"";
  CHECK(problem(slow.c_str(), R"({"pattern": "^(a+)+$"})").ends_with("cannot be used"));
}
