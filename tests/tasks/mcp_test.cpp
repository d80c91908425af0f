#include <doctest/doctest.h>

#include <sstream>

#include "offprint/core/error.h"
#include "offprint/tasks/mcp_client.h"
#include "offprint/tasks/mcp_server.h"

using namespace offprint;
using namespace offprint::tasks;

namespace {

Toolbox small_box() {
  Toolbox box;
  Tool add{.name = "add", .description = "a + b"};
  add.parameters = parse_json(R"({"type": "object", "required": ["a", "b"],
      "properties": {"a": {"type": "number"}, "b": {"type": "number"}}})",
                              "schema");
  add.result = {{"type", "object"}};
  add.run = [](const Json& x) -> Json {
    return {{"sum", x["a"].get<double>() + x["b"].get<double>()}};
  };
  box.add(add);
  return box;
}

Json answer(const char* message) {
  const auto said = mcp_answer(small_box(), message);
  REQUIRE(said.has_value());
  return *said;
}

// A server that says these lines, one for every line it hears.
McpServerProgram scripted(const std::string& script) {
  McpServerProgram program;
  program.command = {"sh", "-c", script};
  program.seconds = 0.5;
  return program;
}

constexpr const char* kHello =
    "read -r x; echo '{\"jsonrpc\": \"2.0\", \"id\": 1, \"result\": {\"serverInfo\": {\"name\": "
    "\"s\"}}}'; read -r x; ";

std::string failure(const std::string& script) {
  try {
    McpClient client(scripted(script));
    client.call("t", Json::object());
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("mcp server: hello, tools, a call, and errors as JSON-RPC has them") {
  const Json hello = answer(
      R"({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"protocolVersion": "2024-11-05"}})");
  CHECK(hello["result"]["protocolVersion"] == "2024-11-05");
  CHECK(answer(R"({"id": 1, "method": "initialize", "params": {"protocolVersion": "1999"}})")
            ["result"]["protocolVersion"] == "2025-06-18");
  const Json listed = answer(R"({"id": "a", "method": "tools/list"})");
  CHECK(listed["id"] == "a");
  CHECK(listed["result"]["tools"][0]["name"] == "add");
  const Json called = answer(
      R"({"id": 2, "method": "tools/call", "params": {"name": "add", "arguments": {"a": 1, "b": 2}}})");
  CHECK(called["result"]["structuredContent"]["sum"] == 3.0);
  CHECK(called["result"]["isError"] == false);
  const Json wrong = answer(
      R"({"id": 3, "method": "tools/call", "params": {"name": "add", "arguments": {"a": 1}}})");
  CHECK(wrong["result"]["isError"] == true);
  CHECK(wrong["result"]["content"][0]["text"] == "/: 'b' is missing");

  CHECK(answer("{")["error"]["code"] == -32700);
  CHECK(answer("[]")["error"]["code"] == -32600);
  CHECK(answer(R"({"id": 1, "method": "nothing"})")["error"]["code"] == -32601);
  CHECK(
      answer(R"({"id": 1, "method": "tools/call", "params": {"name": "sub"}})")["error"]["code"] ==
      -32602);
  CHECK(answer(R"({"id": 1, "method": "tools/call", "params": 7})")["error"]["code"] == -32602);
  CHECK_FALSE(mcp_answer(small_box(), R"({"method": "notifications/initialized"})").has_value());
}

TEST_CASE("mcp server: a message a line until the input ends") {
  std::istringstream in("{\"id\": 1, \"method\": \"ping\"}\n\n{\"method\": \"x\"}\n");
  std::ostringstream out;
  serve_mcp(small_box(), in, out);
  CHECK(out.str() == "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\n");
}

TEST_CASE("mcp client: pages, requests of the server, answers in all forms") {
  McpClient client(scripted(
      std::string(kHello) +
      R"(read -r x; echo '{"id": 2, "result": {"tools": [{"name": "a"}], "nextCursor": "p2"}}';
         read -r x; echo '{"id": 3, "result": {"tools": [{"name": "b", "inputSchema": {"type": "object"}}]}}';
         read -r x; echo '{"method": "notifications/message", "params": {}}'; echo '{"id": "s1", "method": "ping"}';
         read -r pong; echo '{"id": 4, "result": {"content": [{"type": "text", "text": "{\"x\": 1}"}]}}';
         read -r x; echo '{"id": 5, "result": {"content": [{"type": "text", "text": "words"}]}}';
         read -r x; echo '{"id": 6, "result": {"isError": true, "content": [{"type": "text", "text": "no such file"}]}}';
         read -r x; echo '{"id": 7, "error": {"code": -32602, "message": "wrong arguments"}}')"));
  CHECK(client.name() == "s");
  CHECK(client.tools().size() == 2);
  CHECK(client.call("a", Json::object()) == Json{{"x", 1}});
  CHECK(client.call("a", Json::object()) == "words");
  CHECK_THROWS_WITH_AS(client.call("a", Json::object()), "no such file", Error);
  CHECK_THROWS_WITH_AS(client.call("a", Json::object()), "'sh': wrong arguments", Error);
}

TEST_CASE("mcp client: a server that hangs, dies or talks nonsense is one line") {
  CHECK(failure("sleep 60") == "'sh' is no MCP server: 'sh' said nothing for 0.5 s");
  CHECK(failure("read -r x; echo hello; sleep 1")
            .starts_with("'sh' is no MCP server: 'sh' says what is no message: "));
  CHECK(failure("exit 0").starts_with("'sh' is no MCP server: 'sh' "));
  CHECK(failure(std::string(kHello) + "read -r x; echo 'out of paper' >&2; exit 1") ==
        "'sh' ended: out of paper");
  CHECK(failure(std::string(kHello) + "read -r x; sleep 60") == "'sh' said nothing for 0.5 s");
  CHECK(failure(std::string(kHello) + "read -r x; echo '{\"id\": 2}'; sleep 1") ==
        "sh: 'result' is missing");
}
