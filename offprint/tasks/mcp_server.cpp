#include "offprint/tasks/mcp_server.h"

#include <algorithm>
#include <array>

#include "offprint/core/error.h"

namespace offprint::tasks {
namespace {

constexpr std::array<std::string_view, 3> kRevisions = {"2025-06-18", "2025-03-26", "2024-11-05"};
constexpr int kNoJson = -32700, kNoRequest = -32600, kNoMethod = -32601, kWrongParams = -32602;

struct RpcError {
  int code;
  std::string message;
};

Json hello(const Json& params) {
  const Json asked = params.value("protocolVersion", Json());
  const bool known =
      asked.is_string() &&
      std::ranges::count(kRevisions, std::string_view(asked.get_ref<const std::string&>())) > 0;
  return {{"protocolVersion", known ? asked : Json(kRevisions[0])},
          {"capabilities", {{"tools", Json::object()}}},
          {"serverInfo", {{"name", "offprint"}, {"version", "1"}}}};
}

Json listed(const Toolbox& tools) {
  Json all = Json::array();
  for (const Tool& tool : tools.tools()) {
    Json one = {
        {"name", tool.name}, {"description", tool.description}, {"inputSchema", tool.parameters}};
    // The protocol has objects alone as structured results.
    if (tool.result.is_object() && tool.result.value("type", "") == "object")
      one["outputSchema"] = tool.result;
    all.push_back(std::move(one));
  }
  return {{"tools", all}};
}

Json called(const Toolbox& tools, const Json& params) {
  const Json name = params.value("name", Json());
  if (!name.is_string()) throw RpcError{kWrongParams, "'name' is missing, expected a tool's name"};
  const ToolResult result =
      tools.call(name.get<std::string>(), json_text(params.value("arguments", Json::object())));
  if (result.stage == "name") throw RpcError{kWrongParams, result.error};
  Json answer = {{"content",
                  {{{"type", "text"},
                    {"text", !result.done()             ? result.error
                             : result.value.is_string() ? result.value.get<std::string>()
                                                        : json_text(result.value)}}}},
                 {"isError", !result.done()}};
  if (result.done() && result.value.is_object()) answer["structuredContent"] = result.value;
  return answer;
}

Json answered(const Toolbox& tools, const std::string& method, const Json& params) {
  if (method == "initialize") return hello(params);
  if (method == "ping") return Json::object();
  if (method == "tools/list") return listed(tools);
  if (method == "tools/call") return called(tools, params);
  throw RpcError{kNoMethod, "no method '" + method + "'"};
}

Json failure(const Json& id, const RpcError& error) {
  return {{"jsonrpc", "2.0"},
          {"id", id},
          {"error", {{"code", error.code}, {"message", error.message}}}};
}

}  // namespace

std::optional<Json> mcp_answer(const Toolbox& tools, std::string_view text) {
  Json id, message;
  try {
    try {
      message = parse_json(text, "message");
    } catch (const Error& error) {
      throw RpcError{kNoJson, error.what()};
    }
    const Json method = message.is_object() ? message.value("method", Json()) : Json();
    if (message.is_object()) id = message.value("id", Json());
    if (!method.is_string()) {
      if (message.is_object() && (message.contains("result") || message.contains("error")))
        return std::nullopt;  // an answer; we asked nothing
      throw RpcError{kNoRequest, "expected an object with 'method'"};
    }
    if (!message.contains("id")) return std::nullopt;
    const Json params = message.value("params", Json::object());
    if (!params.is_object()) throw RpcError{kWrongParams, "'params': expected an object"};
    return Json{{"jsonrpc", "2.0"},
                {"id", id},
                {"result", answered(tools, method.get<std::string>(), params)}};
  } catch (const RpcError& error) {
    return failure(id, error);
  }
}

void serve_mcp(const Toolbox& tools, std::istream& in, std::ostream& out) {
  for (std::string line; std::getline(in, line);) {
    if (line.find_first_not_of(" \t\r") == line.npos) continue;
    if (const auto answer = mcp_answer(tools, line)) out << json_text(*answer) << std::endl;
  }
}

}  // namespace offprint::tasks
