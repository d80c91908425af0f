#include "offprint/tasks/toolbox.h"

#include <doctest/doctest.h>

#include "offprint/core/clock.h"
#include "offprint/core/error.h"
#include "offprint/core/file.h"
#include "offprint/tasks/tool_calls.h"
#include "offprint/tasks/tool_file.h"
#include "offprint/tasks/tool_program.h"
#include "tests/data/scratch.h"

using namespace offprint;
using namespace offprint::tasks;
using data::Scratch;

namespace {

Tool divide() {
  Tool tool{.name = "divide", .description = "a / b"};
  tool.parameters = parse_json(
      R"({"type": "object", "required": ["a", "b"], "additionalProperties": false,
          "properties": {"a": {"type": "number"}, "b": {"type": "number"}}})",
      "schema");
  tool.result = {{"type", "number"}};
  tool.check = [](const Json& given) { return given["b"] == 0 ? "b is 0" : ""; };
  tool.run = [](const Json& given) -> Json {
    if (given["a"] == 7) return "seven";
    require(given["a"] != 13, "not today");
    return given["a"].get<double>() / given["b"].get<double>();
  };
  return tool;
}

ToolProgram shell(const std::string& script) {
  ToolProgram program;
  program.command = {"sh", "-c", script};
  return program;
}

}  // namespace

TEST_CASE("tools: a call goes through name, schema, check, run and the result's schema") {
  Toolbox box;
  box.add(divide());
  CHECK(box.call("divide", R"({"a": 3, "b": 4})").value == 0.75);
  struct Case {
    const char *name, *arguments, *stage, *error;
  };
  const Case cases[] = {
      {"divde", "{}", "name", "there is no tool 'divde', did you mean 'divide'?"},
      {"divide", "{\"a\": 1", "arguments", ""},
      {"divide", R"({"a": 1})", "arguments", "/: 'b' is missing"},
      {"divide", R"({"a": 1, "b": "2"})", "arguments", R"(/b: "2" is a string, expected number)"},
      {"divide", R"({"a": 1, "b": 0})", "check", "b is 0"},
      {"divide", R"({"a": 13, "b": 1})", "run", "not today"},
      {"divide", R"({"a": 7, "b": 1})", "result", R"(/: "seven" is a string, expected number)"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.arguments);
    const ToolResult result = box.call(c.name, c.arguments);
    CHECK(result.stage == c.stage);
    if (*c.error) CHECK(result.error == c.error);
    CHECK(result.value.is_null());
    CHECK(result.text() == json_text({{"error", result.error}}));
  }
  CHECK_NOTHROW(check_tools(box.listed()));
}

TEST_CASE("tools: a dry run that fails ends the call before it has done anything") {
  Toolbox box;
  bool ran = false;
  Tool tool = divide();
  tool.dry_run = [](const Json&) { fail("the disk is full"); };
  tool.run = [&](const Json&) -> Json { return ran = true; };
  box.add(tool);
  const ToolResult result = box.call("divide", R"({"a": 3, "b": 4})");
  CHECK(result.stage == "dry run");
  CHECK(result.error == "the disk is full");
  CHECK_FALSE(ran);
}

TEST_CASE("tools: what cannot be one is refused") {
  Toolbox box;
  box.add(divide());
  CHECK_THROWS_WITH_AS(box.add(divide()), "tool 'divide' is there twice", Error);
  CHECK_THROWS_WITH_AS(box.add({.name = "a b"}),
                       "tool 'a b': expected a name of letters, digits, _ and -", Error);
  CHECK_THROWS_WITH_AS(box.add({.name = "x"}), "tool 'x': nothing to run", Error);
}

TEST_CASE("tool program: arguments on stdin, the result on stdout") {
  CHECK(run_tool_program(shell("cat"), {{"a", 1}}) == Json{{"a", 1}});
  CHECK(run_tool_program(shell("echo plain words"), {}) == "plain words");
  CHECK(run_tool_program(shell("echo $OFFPRINT_DRY_RUN"), {}, true) == 1);
}

TEST_CASE("tool program: one that hangs, babbles, fails or eats memory is one line") {
  ToolProgram hangs = shell("sleep 60");
  hangs.seconds = 0.2;
  const Stopwatch clock;
  CHECK_THROWS_WITH_AS(run_tool_program(hangs, {}), "'sh' took longer than 0.2 s", Error);
  CHECK(clock.seconds() < 10);
  ToolProgram babbles = shell("yes");
  babbles.answer_bytes = 10'000;
  CHECK_THROWS_WITH_AS(run_tool_program(babbles, {}), "'sh' answers more than 10000 bytes", Error);
  ToolProgram endless = shell("cat /dev/zero");  // not even a line
  endless.answer_bytes = 10'000;
  CHECK_THROWS_WITH_AS(run_tool_program(endless, {}), "'sh' answers more than 10000 bytes", Error);
  CHECK_THROWS_WITH_AS(run_tool_program(shell("echo no such city >&2; exit 4"), {}),
                       "'sh' ended with 4: no such city", Error);
  ToolProgram doubts = shell("echo 1; exit 2");
  CHECK_THROWS_WITH_AS(run_tool_program(doubts, {}), "'sh' ended with 2", Error);
  doubts.also_done = 2;
  CHECK(run_tool_program(doubts, {}) == 1);
  CHECK_THROWS_WITH_AS(run_tool_program(shell("kill -9 $$"), {}), "'sh' ended by signal 9", Error);
  ToolProgram greedy = shell("x=$(head -c 10000000000 /dev/zero | tr '\\0' x); echo ${#x}");
  greedy.memory_mib = 100;
  CHECK_THROWS_AS(run_tool_program(greedy, {}), Error);
  CHECK_THROWS_WITH_AS(run_tool_program({.command = {"no-such-program-9"}}, {}),
                       "no program 'no-such-program-9' in PATH", Error);
}

TEST_CASE("tool file: programs and servers; what is wrong is said with its place") {
  const Scratch folder;
  const auto read = [&](const std::string& text) {
    write_file(folder / "tools.json", text);
    return read_tools(folder / "tools.json");
  };
  const std::string file = (folder / "tools.json").string();
  write_file(folder / "echo.sh", "#!/bin/sh\ncat\n");
  std::filesystem::permissions(folder / "echo.sh", std::filesystem::perms::owner_all);
  const Toolbox box =
      read(R"([{"name": "echo", "command": ["./echo.sh"], "parameters": {"type": "object"}}])");
  CHECK(box.call("echo", R"({"x": 1})").value == Json{{"x", 1}});
  CHECK_THROWS_WITH_AS(read(R"([{"name": "a", "comand": ["x"]}])"),
                       (file + ": [0]: unknown member 'comand', did you mean 'command'?").c_str(),
                       Error);
  CHECK_THROWS_WITH_AS(read(R"([{"name": "a"}])"),
                       (file + ": [0]: expected either a 'command' or a 'url'").c_str(), Error);
  // What a kind of tool has no use for is said, not passed over.
  CHECK_THROWS_WITH_AS(read(R"([{"name": "a", "url": "http://x", "memory_mib": 5}])"),
                       (file + ": [0]: unknown member 'memory_mib'").c_str(), Error);
  CHECK_THROWS_WITH_AS(read(R"([{"mcp": ["sh"], "name": "a"}])"),
                       (file + ": [0]: unknown member 'name'").c_str(), Error);
  CHECK_THROWS_WITH_AS(read("[7]"), (file + ": [0]: a number, expected an object").c_str(), Error);
  CHECK_THROWS_WITH_AS(read("[]"), (file + ": no tools in it").c_str(), Error);
  CHECK_THROWS_WITH_AS(
      read("7"), (file + ": a number, expected a list of tools or {\"mcpServers\": ...}").c_str(),
      Error);
  CHECK_THROWS_WITH_AS(
      read(R"({"mcpServers": {"x": {"command": "sh", "args": ["-c", "echo oops >&2; exit 3"]}}})"),
      (file + ": x: 'sh' is no MCP server: 'sh' ended: oops").c_str(), Error);
  // An address where nobody listens.
  const Toolbox far = read(R"([{"name": "far", "url": "http://127.0.0.1:9/x", "seconds": 2}])");
  CHECK(far.call("far", "{}").stage == "run");
}
