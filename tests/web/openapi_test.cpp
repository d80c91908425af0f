// The description of the JSON API, held against the table of routes and against real answers.
#include "offprint/web/openapi.h"

#include <doctest/doctest.h>

#include <set>

#include "offprint/data/json_schema_check.h"
#include "offprint/papers/paper.h"
#include "offprint/store/jobs.h"
#include "offprint/store/papers.h"
#include "offprint/store/votes.h"
#include "offprint/web/routes.h"
#include "tests/web/running_server.h"

using namespace offprint;
using namespace offprint::web;

namespace {

// With a comment, two runs that left cards and one that waits.
struct Furnished : RunningServer {
  Furnished() : RunningServer("openapi") {
    store::Database& database = site->database();
    const auto paper = store::find_paper(database, "s4d").value();
    store::add_comment(database, paper.key, site->owner()->key, "**Good**", 100);
    for (int i = 0; i < 2; ++i) add_run(site->shelf().best("s4d").value());
    store::add_job(database, {.slug = "s4d", .seed = 3, .revision = "r"}, 0, 100);
  }
  Json json(const std::string& path) const { return parse_json(body(path), path); }
};
const Furnished& running() {
  static const Furnished one;
  return one;
}

Json parameter_of(const Json& document, const Json& given) {
  if (!given.contains("$ref")) return given;
  return document.at(Json::json_pointer(given["$ref"].get<std::string>().substr(1)));
}

// With the examples of its parameters.
std::string example_path(const Json& document, std::string path, const Json& operation) {
  std::string query;
  for (const Json& given : operation.value("parameters", Json::array())) {
    const Json parameter = parameter_of(document, given);
    if (!parameter.contains("example")) continue;
    const Json& example = parameter["example"];
    std::string text = example.is_string() ? example.get<std::string>() : example.dump();
    if (const size_t space = text.find(' '); space != text.npos) text.replace(space, 1, "%20");
    const std::string name = parameter["name"];
    if (parameter["in"] == "path")
      path.replace(path.find("{" + name + "}"), name.size() + 2, text);
    else
      query += (query.empty() ? "?" : "&") + name + "=" + text;
  }
  return path + query;
}

}  // namespace

TEST_CASE("openapi: the routes below /api are the operations described, one for one") {
  const Json document = openapi(all_routes());
  std::set<std::string> routes, described;
  size_t count = 0;
  for (const Route& route : all_routes()) {
    const bool api = std::string_view(route.pattern).starts_with("/api/");
    CHECK_MESSAGE(api == (route.operation != nullptr), route.pattern);
    if (api) routes.insert(route.operation), ++count;
  }
  CHECK(routes.size() == count);  // no name twice
  for (const auto& [path, methods] : document["paths"].items())
    for (const auto& [method, operation] : methods.items()) {
      described.insert(operation["operationId"].get<std::string>());
      CHECK_MESSAGE(path.find_first_of("()[]\\+") == path.npos, path);
    }
  CHECK(routes == described);
}

TEST_CASE("openapi: what is served is made for this address, and names nothing that is not there") {
  const Json document = running().json("/api/openapi.json");
  CHECK(document["openapi"] == "3.1.0");
  CHECK(document["servers"][0]["url"] == running().server->address());
  CHECK(!document.contains("operations"));
  const std::string text = document.dump();
  const std::string_view mark = "\"$ref\":\"#";
  for (size_t at = 0; (at = text.find(mark, at)) != text.npos;) {
    at += mark.size();
    const std::string place = text.substr(at, text.find('"', at) - at);
    CHECK_MESSAGE(document.contains(Json::json_pointer(place)), place);
  }
}

TEST_CASE("openapi: the answer to each GET is as described") {
  const Json document = openapi(all_routes());
  size_t asked = 0;
  for (const auto& [path, methods] : document["paths"].items()) {
    if (!methods.contains("get")) continue;
    const Json& answer = methods["get"]["responses"]["200"]["content"];
    if (!answer.contains("application/json")) continue;  // events
    const std::string example = example_path(document, path, methods["get"]);
    const Json got = running().json(example);
    CHECK_MESSAGE(!got.empty(), example);
    const Json& schema = answer["application/json"]["schema"];
    CHECK_MESSAGE(data::schema_problem(got, schema, document) == "", example);
    ++asked;
  }
  CHECK(asked >= 9);
  const Json failure = parse_json(running().body("/api/runs/777", 404), "failure");
  CHECK(data::schema_problem(failure, {{"$ref", "#/components/schemas/Error"}}, document) == "");
}

TEST_CASE("openapi: a run is asked for with the options that its paper has") {
  const Json request = openapi(all_routes())["components"]["schemas"]["RunRequest"];
  const auto is_s4d = [](const Json& one) { return one["properties"]["slug"]["enum"][0] == "s4d"; };
  const auto s4d = std::ranges::find_if(request["oneOf"], is_s4d);
  REQUIRE(s4d != request["oneOf"].end());
  const Json options = (*s4d)["properties"]["options"]["properties"];
  CHECK(options["delay-lag"]["type"] == "integer");
  CHECK(options.size() == papers::find_paper("s4d").options(papers::Scale::quick).size());
}
