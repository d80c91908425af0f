#include "offprint/tasks/agent.h"

#include <doctest/doctest.h>

#include "offprint/core/error.h"
#include "tests/data/scratch.h"
#include "tests/models/tiny_decoder.h"

using namespace offprint;
using namespace offprint::tasks;

namespace {

// Random weights: it says anything, so that what holds for it holds for any model.
const ChatModel& babbler() {
  static const ChatModel model = [] {
    const data::Scratch scratch;
    models::write_tiny_decoder(
        scratch / "m.gguf", {.context = 4000,
                             .chat_template = "{% for m in messages %}{{ m.role }}:{{ m.content }}"
                                              "<|end|>{% endfor %}"});
    return load_chat_model(scratch / "m.gguf");
  }();
  return model;
}

Toolbox box(const std::function<Json(const Json&)>& run) {
  Toolbox tools;
  Tool tool{.name = "light"};
  tool.parameters = parse_json(
      R"({"type": "object", "properties": {"on": {"type": "boolean"}}, "required": ["on"],
          "additionalProperties": false})",
      "schema");
  tool.run = run;
  tools.add(tool);
  return tools;
}

AgentTurn ask(const Toolbox& tools, AgentOptions options) {
  options.must = true, options.calls = 3;
  options.answer.most_tokens = 120, options.answer.sampling.temperature = 1.5;
  Agent agent(babbler(), tools, options);
  Progress silent;
  return agent.ask(
      "light, please", [](std::string_view) {}, silent);
}

}  // namespace

TEST_CASE("agent: a model of random weights calls what there is, as its schema says") {
  int64_t called = 0;
  const Toolbox tools = box([&](const Json& given) -> Json {
    CHECK(given["on"].is_boolean());
    return ++called;
  });
  for (uint64_t seed = 1; seed <= 8; ++seed) {
    AgentOptions options;
    options.answer.seed = seed;
    const AgentTurn turn = ask(tools, options);
    const AgentStep& first = turn.steps.front();
    if (first.said.reason == "length") continue;  // cut between the braces
    CHECK(first.call.name == "light");
    CHECK(first.result.done());
    CHECK(to_json(first)["ended"] == "done");
    CHECK(turn.steps.size() <= 3);
  }
  CHECK(called >= 4);
}

TEST_CASE("agent: calls that fail go back to the model, so many and no more") {
  AgentOptions options;
  options.repairs = 0;
  int64_t ended = 0;
  for (uint64_t seed = 1; seed <= 6; ++seed) {
    options.answer.seed = seed;
    const AgentTurn turn = ask(box([](const Json&) -> Json { fail("no bulb"); }), options);
    if (turn.steps.front().call.name.empty()) continue;
    CHECK(turn.steps.size() == 1);
    CHECK(turn.reason == "repairs");
    CHECK(turn.steps.front().result.text() == R"({"error":"no bulb"})");
    ++ended;
  }
  CHECK(ended >= 1);
}

TEST_CASE("agent: a template that tells the date tells today's") {
  const data::Scratch scratch;
  models::write_tiny_decoder(scratch / "m.gguf",
                             {.context = 400, .chat_template = "{{ strftime_now('%Y') }}<|end|>"});
  const ChatModel model = load_chat_model(scratch / "m.gguf");
  Agent agent(model, {}, {.now = 1'790'000'000, .answer = {.most_tokens = 1}});
  Progress silent;
  const AgentTurn turn = agent.ask(
      "which year?", [](std::string_view) {}, silent);
  CHECK(model.model.tokens.decode(turn.steps[0].said.prompt) == "2026<|end|>");
}

TEST_CASE("agent: schemas that no grammar follows leave it to the validator") {
  Toolbox tools = box([](const Json&) -> Json { return 1; });
  Tool even{.name = "even"};
  even.parameters = parse_json(
      R"({"type": "object", "properties": {"n": {"type": "integer", "multipleOf": 2}}})", "schema");
  even.run = [](const Json&) -> Json { return 1; };
  tools.add(even);
  CHECK_NOTHROW(ask(tools, {}));
  CHECK(tools.call("even", R"({"n": 3})").stage == "arguments");
  CHECK_THROWS_WITH_AS(Agent(babbler(), tools, {.calls = 0}),
                       "agent: 0 calls and 2 repairs, expected at least 1 and 0", Error);
}
