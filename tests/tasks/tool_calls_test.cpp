#include "offprint/tasks/tool_calls.h"

#include <doctest/doctest.h>

#include "offprint/core/error.h"

using namespace offprint;
using namespace offprint::tasks;

namespace {

Json tool(const std::string& name, const Json& parameters) {
  return {{"type", "function"}, {"function", {{"name", name}, {"parameters", parameters}}}};
}

const Json& two_tools() {
  static const Json tools = Json::array(
      {tool("stop", Json::object()),
       tool("move", parse_json(R"({"type": "object", "properties": {"to": {"$ref": "#/$defs/way"}},
                                   "required": ["to"], "additionalProperties": false,
                                   "$defs": {"way": {"enum": ["up", "down"]}}})",
                               "test"))});
  return tools;
}

std::string call(const std::string& json) { return "<tool_call>\n" + json + "\n</tool_call>"; }
const std::string kMove = R"({"name": "move", "arguments": {"to": "up"}})";

bool obeys(bool must, std::string_view only, std::string_view text) {
  data::GrammarRule rule = tool_call_grammar(two_tools(), must, only);
  data::GrammarStates states(std::move(rule.grammar), rule.rule);
  const int32_t end = states.next(states.start(), text);
  return end != data::GrammarStates::kDead && states.accepts(end);
}

std::string error_of(const Json& tools) {
  try {
    check_tools(tools);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE(
    "tool calls: one that is required is a call of a tool, with arguments as its schema says") {
  CHECK(obeys(true, "", call(kMove)));
  CHECK(obeys(true, "", call(R"({"name": "stop", "arguments": {"anything": [1, 2]}})")));
  CHECK(obeys(true, "move", call(kMove)));
  CHECK_FALSE(obeys(true, "stop", call(kMove)));
  CHECK_FALSE(obeys(true, "", call(R"({"name": "move", "arguments": {"to": "left"}})")));
  CHECK_FALSE(obeys(true, "", call(R"({"name": "fly", "arguments": {}})")));
  CHECK_FALSE(obeys(true, "", kMove));
  CHECK_FALSE(obeys(true, "", "no"));
  CHECK_FALSE(obeys(true, "", ""));
}

TEST_CASE("tool calls: one that is allowed is a call or any text that does not begin as one") {
  for (const std::string text : {"", "Hello.", "<", "<b>bold</b>", "<tool", "<tool_box>",
                                 "a <tool_call>\nx", "caf\xc3\xa9", "\xc3\xa9", "<tool_call>"})
    CHECK_MESSAGE(obeys(false, "", text), text);
  CHECK(obeys(false, "", call(kMove)));
  CHECK_FALSE(obeys(false, "", "<tool_call>\nx"));
  CHECK_FALSE(obeys(false, "", call(kMove) + " and more"));
}

TEST_CASE("tool calls: what was written is found again, and nothing in other texts") {
  const auto found = tool_call_of(call(kMove));
  REQUIRE(found);
  CHECK(found->name == "move");
  CHECK(parse_json(found->arguments, "test") == Json{{"to", "up"}});
  for (const std::string& text : {kMove, std::string("Hello."), call("{"), call(kMove) + ".",
                                  call(kMove).substr(0, 40), call("[]"), std::string()})
    CHECK_FALSE(tool_call_of(text));
  CHECK(may_be_tool_call(""));
  CHECK(may_be_tool_call("<tool_"));
  CHECK(may_be_tool_call(call(kMove)));
  CHECK_FALSE(may_be_tool_call("<tools"));
  CHECK_FALSE(may_be_tool_call("Hello."));
}

TEST_CASE("tool calls: templates that know no tools are told in messages") {
  const Json user = {{"role", "user"}, {"content", "go"}};
  const Json assistant = {
      {"role", "assistant"},
      {"content", ""},
      {"tool_calls", {{{"function", {{"name", "move"}, {"arguments", "{\"to\": \"up\"}"}}}}}}};
  const Json result = {{"role", "tool"}, {"content", "there"}};
  const Json told = messages_with_tools(Json::array({user, assistant, result}), two_tools());
  REQUIRE(told.size() == 4);
  CHECK(told[0]["role"] == "system");
  CHECK(told[0]["content"].get<std::string>().find("\"move\"") != std::string::npos);
  CHECK(told[1] == user);
  CHECK(tool_call_of(told[2]["content"].get<std::string>())->name == "move");
  CHECK_FALSE(told[2].contains("tool_calls"));
  CHECK(told[3]["role"] == "user");
  CHECK(told[3]["content"].get<std::string>().find("there") != std::string::npos);
  const Json system = {{"role", "system"}, {"content", "Be brief."}};
  const Json joined = messages_with_tools(Json::array({system, user}), two_tools());
  REQUIRE(joined.size() == 2);  // one message of the system
  CHECK(joined[0]["content"].get<std::string>().starts_with("Be brief.\n\n"));
  CHECK(messages_with_tools(Json::array({system, user}), nullptr) == Json::array({system, user}));
}

TEST_CASE("tool calls: a mistake in a tool is one line that names it") {
  CHECK(error_of(1) == "tools: a number, expected a list");
  CHECK(error_of(Json::array({1})) == "tools[0]: a number, expected an object");
  CHECK(error_of(Json::array({{{"type", "code"}}})) ==
        "tools[0]: 'type' is 'code', expected 'function'");
  CHECK(error_of(Json::array({tool("a", Json::object()), tool("b", 7)})) ==
        "tools[1].function: 'parameters' is a number, expected a JSON Schema");
  CHECK(error_of(Json::array({tool("a", {{"type", "object"}, {"minProperties", 2}})}))
            .find("tools[0].function.parameters: /: 'minProperties' is not supported") == 0);
  CHECK(error_of(two_tools()).empty());
}
