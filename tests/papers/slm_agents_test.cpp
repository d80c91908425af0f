// slm-agents at quick scale with fewer calls, as `offprint run slm-agents` gives it.
#include <doctest/doctest.h>

#include <set>

#include "offprint/core/error.h"
#include "offprint/data/json_schema_check.h"
#include "offprint/data/weights.h"
#include "offprint/papers/slm_agents/call_runs.h"
#include "offprint/papers/slm_agents/schema_draws.h"
#include "offprint/papers/slm_agents/tool_failures.h"
#include "tests/papers/card_of.h"

using namespace offprint;
using namespace offprint::papers;
using namespace offprint::papers::slm_agents;

namespace {

RunCard quick_run(Json options) {
  RunRequest request;
  request.options = std::move(options);
  return card_of("slm-agents", request);
}

}  // namespace

TEST_CASE("slm-agents: every question of every tool has a call that its tool takes and runs") {
  const ToolWorld world;
  REQUIRE(world.count() == 30);
  Rng rng(1);
  for (size_t tool = 0; tool < world.count(); ++tool)
    for (int64_t phrasing = 0; phrasing < 4; ++phrasing) {
      const ToolTask task = world.task(tool, phrasing, rng);
      CAPTURE(task.question);
      CAPTURE(json_text(task.arguments));
      CHECK(task.question.find('{') == task.question.npos);
      const tasks::Toolbox box = world.toolbox({tool}, world.full_calendar());
      const tasks::ToolResult result = box.call(task.tool, json_text(task.arguments));
      CHECK_MESSAGE(result.done(), result.error);
      CHECK(is_call_of(task, {task.tool, json_text(task.arguments)}));
      // What is asked for can be read off the question, but for a fixed text around a slot.
      for (const auto& [key, value] : task.arguments.items()) {
        if (key == "sql") continue;
        const std::string text = value.is_string() ? value.get<std::string>() : json_text(value);
        CHECK_MESSAGE(task.question.find(text) != task.question.npos, key << " " << text);
      }
    }
}

TEST_CASE("slm-agents: slots with a number are the draw they name") {
  const ToolWorld world;
  Rng rng(3);
  const ToolTask task = world.task(world.index_of("convert_length"), 1, rng);
  const std::string to = task.arguments["to"], from = task.arguments["from"];
  CHECK(task.question ==
        "How many " + to + " are " + json_text(task.arguments["value"]) + " " + from + "?");
  CHECK(to != from);
}

TEST_CASE("slm-agents: what counts as the call that was wanted") {
  const ToolTask task{"", "add_event", {{"title", "Yoga class"}, {"minutes", 20}}};
  const auto is = [&](const char* name, const char* arguments) {
    return is_call_of(task, {name, arguments});
  };
  CHECK(is("add_event", R"({"minutes": 20, "title": "yoga class. "})"));
  CHECK_FALSE(is("add_event", R"({"minutes": "20", "title": "yoga class"})"));
  CHECK_FALSE(is("add_event", R"({"title": "yoga class"})"));
  CHECK_FALSE(is("add_event", R"({"title": "yoga class", "minutes": 20, "x": 1})"));
  CHECK_FALSE(is("delete_event", R"({"minutes": 20, "title": "yoga class"})"));
}

TEST_CASE("slm-agents: a call is found in any text, with its tags or without") {
  CHECK(find_call("<tool_call>\n{\"name\": \"a\", \"arguments\": {}}\n</tool_call>")->name == "a");
  const auto call = find_call(R"(Sure! {"x": 1} {"name": "b", "arguments": {"t": "}\""}} done)");
  REQUIRE(call);
  CHECK(call->name == "b");
  CHECK(parse_json(call->arguments, "t")["t"] == "}\"");
  CHECK_FALSE(find_call("get_weather(Oslo) {\"name\": 7}"));
  CHECK_FALSE(find_call("{\"name\": \"a\", \"arguments\": {"));
}

TEST_CASE("slm-agents: schemas drawn at random come with documents that obey them") {
  Rng rng(5);
  std::set<std::string> kinds;
  for (int i = 0; i < 300; ++i) {
    const SchemaDraw d = draw_schema(rng);
    CHECK(data::schema_problem(d.document, d.schema) == "");
    const std::string text = json_text(d.schema);
    for (const char* keyword : {"anyOf", "enum", "const", "maxItems", "maxLength", "minimum"})
      if (text.find(keyword) != text.npos) kinds.insert(keyword);
  }
  CHECK(kinds.size() == 6);
}

TEST_CASE("slm-agents: tools that misbehave end in one line, and the next is called") {
  const BadToolsCheck bad = call_bad_tools();
  CHECK(bad.tools == 5);
  CHECK(bad.clean == 5);
  CHECK(bad.went_on == 5);
  CHECK(mcp_round_trip() == 1);
}

TEST_SUITE("paper") {
  TEST_CASE("slm-agents quick, few calls: what holds") {
    if (!data::find_language_model({}) || !data::find_weights("minilm")) {
      MESSAGE("skipped: ./start installs the models");
      return;
    }
    const RunCard card = quick_run({{"texts", 200}, {"hot-texts", 1}, {"plain-tasks", 1}});
    for (const char* id : {"guided-valid", "guided-reachable", "hot-valid", "free-validity",
                           "guided-validity", "executable", "mcp", "bad-tools"}) {
      CAPTURE(id);
      CHECK(find_claim(card, id).verdict == Verdict::holds);
    }
    CHECK(find_claim(card, "cascade-cost").verdict == Verdict::not_at_this_scale);
    // Held to the grammar a call is valid, shown examples it is also mostly the right one.
    REQUIRE(card.tables.size() >= 2);
    CHECK(card.tables[1].rows[4][3] != "0 %");
  }
  TEST_CASE("slm-agents: a cascade of few calls is judged, whatever it comes to") {
    if (!data::find_language_model({}) || !data::find_weights("minilm")) return;
    const RunCard card = quick_run({{"texts", 20},
                                    {"hot-texts", 1},
                                    {"plain-tasks", 1},
                                    {"calibration-tasks", 10},
                                    {"test-tasks", 10},
                                    {"shots", 1},
                                    {"offered", 2},
                                    {"samples", 1}});
    // So few calls may all be right: then the card says that there is nothing to learn.
    const bool judged = find_claim(card, "cascade-success").ours.has_value();
    CHECK(find_claim(card, "calibration").ours.has_value() == judged);
    CHECK(card.figures.size() == (judged ? 3 : 0));
    CHECK((judged || card.notes.front().find("all right or all wrong") != std::string::npos));
  }
}

TEST_CASE("slm-agents: options that make no sense are one line") {
  CHECK_THROWS_WITH(quick_run({{"texts", 0}}), "--texts: 0, expected a positive number");
  CHECK_THROWS_WITH(quick_run({{"calibration-tasks", 3}}),
                    "--calibration-tasks: 3 with --test-tasks 0, expected at least 10 of each");
}
