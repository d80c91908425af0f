#include "offprint/web/openapi.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "offprint/papers/paper.h"

namespace offprint::web {

extern const std::string_view kApiJson;        // assets/api.json
extern const std::string_view kRunCardSchema;  // docs/run-card.schema.json

namespace {

constexpr const char* kJsonType = "application/json";

Json content(const Json& schema, const std::string& type = kJsonType) {
  return {{type, {{"schema", schema}}}};
}

Json failure(const char* description) {
  return {{"description", description},
          {"content", content({{"$ref", "#/components/schemas/Error"}})}};
}

// One alternative for each paper that runs, with the options of its recipe.
Json run_request_schema() {
  Json alternatives = Json::array();
  for (const papers::Paper& paper : papers::catalog()) {
    if (!paper.runs()) continue;
    Json options = Json::object();
    for (const OptionInfo& option : paper.options(papers::Scale::quick))
      options[option.name] = option_schema(option);
    alternatives.push_back(
        {{"title", paper.title},
         {"type", "object"},
         {"additionalProperties", false},
         {"required", {"slug"}},
         {"properties",
          {{"slug", {{"enum", {paper.slug, paper.arxiv}}}},
           {"scale", {{"enum", {"quick", "standard", "full"}}, {"default", "quick"}}},
           {"seed", {{"type", "integer"}, {"minimum", 0}, {"maximum", UINT64_MAX}, {"default", 1}}},
           {"options",
            {{"type", "object"}, {"additionalProperties", false}, {"properties", options}}}}}});
  }
  return {{"oneOf", alternatives}};
}

Json card_schema() {
  Json schema = parse_json(kRunCardSchema, "run-card.schema.json");
  schema.erase("$schema"), schema.erase("$id");
  return schema;
}

// "/api/runs/([0-9]+)/card" as "/api/runs/{id}/card": groups by the names of the operation's
// parameters that stand in the path.
std::string path_template(std::string_view pattern, const Json& operation, const Json& document) {
  std::vector<std::string> names;
  for (const Json& given : operation.value("parameters", Json::array())) {
    const std::string reference = given.value("$ref", "");
    const Json& parameter =
        reference.empty() ? given : document.at(Json::json_pointer(reference.substr(1)));
    if (parameter.at("in") == "path") names.push_back(parameter.at("name"));
  }
  std::string path;
  size_t group = 0;
  for (size_t at = 0; at < pattern.size(); ++at) {
    if (pattern[at] == '(') {
      path += "{" + names.at(group++) + "}";
      at = pattern.find(')', at);
    } else if (pattern[at] != '\\') {
      path += pattern[at];
    }
  }
  return path;
}

Json responses(const Route& route, const Json& described, bool captures) {
  const Json answer =
      content(described.at("answer"), described.value("content", std::string(kJsonType)));
  Json all = Json::object();
  const Json also = described.value("also", Json::object());
  for (const auto& [status, text] : also.items())
    all[status] = {{"description", text}, {"content", answer}};
  all[described.value("status", "200")] = {{"description", described.at("summary")},
                                           {"content", answer}};
  all["400"] = failure("Something was given that is not as expected");
  all["401"] = failure("The token is unknown, or one is needed");
  if (captures) all["404"] = failure("There is no such thing");
  if (route.post != Post::no) {
    all["403"] = failure("This visitor may not");
    all["413"] = failure("That is too long");
    all["429"] = failure("Too much at once");
  }
  all["503"] = failure("The database cannot be used, or too much waits already");
  all["default"] = failure("What went wrong");
  return all;
}

Json operation_of(const Route& route, const Json& described) {
  Json operation = {{"operationId", route.operation}};
  for (const char* key : {"summary", "description", "tags", "parameters"})
    if (described.contains(key)) operation[key] = described[key];
  if (described.contains("body"))
    operation["requestBody"] = {{"required", true}, {"content", content(described["body"])}};
  operation["responses"] =
      responses(route, described, std::string_view(route.pattern).find('(') != std::string::npos);
  if (route.post != Post::no) operation["security"] = {{{"token", Json::array()}}, Json::object()};
  return operation;
}

}  // namespace

Json openapi(std::span<const Route> routes) {
  Json document = parse_json(kApiJson, "api.json");
  const Json operations = std::exchange(document["operations"], Json());
  document.erase("operations");
  document["components"]["schemas"]["RunCard"] = card_schema();
  document["components"]["schemas"]["RunRequest"] = run_request_schema();
  Json paths = Json::object();
  for (const Route& route : routes) {
    if (route.operation == nullptr) continue;
    const Json& described = json_member(operations, route.operation, "api.json");
    const std::string path = path_template(route.pattern, described, document);
    paths[path][route.post == Post::no ? "get" : "post"] = operation_of(route, described);
  }
  document["paths"] = paths;
  return document;
}

}  // namespace offprint::web
