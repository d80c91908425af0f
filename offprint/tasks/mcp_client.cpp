#include "offprint/tasks/mcp_client.h"

#include <chrono>
#include <deque>

#include "offprint/core/child_process.h"
#include "offprint/core/clock.h"
#include "offprint/core/error.h"

namespace offprint::tasks {
namespace {

constexpr const char* kRevision = "2025-06-18";
constexpr int kMostPages = 100;

std::vector<std::string> with_path(std::vector<std::string> command) {
  require(!command.empty(), "an MCP server without a command");
  command[0] = find_program(command[0]);
  return command;
}

Json content_of(const Json& result) {
  if (result.contains("structuredContent")) return result["structuredContent"];
  const Json contents = result.value("content", Json::array());
  const bool text = contents.is_array() && contents.size() == 1 && contents[0].is_object() &&
                    contents[0].value("type", "") == "text" && contents[0].contains("text") &&
                    contents[0]["text"].is_string();
  if (!text) return contents;
  const auto words = contents[0]["text"].get<std::string>();
  try {
    return parse_json(words, "answer");
  } catch (const Error&) {
    return words;
  }
}

}  // namespace

struct McpClient::Parts {
  explicit Parts(McpServerProgram given)
      : program(std::move(given)),
        child(with_path(program.command),
              {.environment = program.environment,
               .talks = true,
               .memory_mib = program.memory_mib,
               .longest_line = static_cast<size_t>(program.answer_bytes)}) {}

  const std::string& called() const { return program.command[0]; }

  void send(const Json& message) {
    const bool sent =
        child.tell(json_text(message) + "\n",
                   std::chrono::milliseconds(static_cast<int64_t>(1000 * program.seconds)));
    if (!sent) gone("does not read");
  }

  // The next message. Throws Error once the time is over.
  Json receive(const Stopwatch& clock) {
    while (heard.empty()) {
      for (std::string& line : child.lines(20))
        if (!line.empty()) heard.push_back(std::move(line));
      if (!heard.empty()) break;
      if (child.ended()) gone("ended");
      if (clock.seconds() > program.seconds)
        gone(fmt::format("said nothing for {} s", program.seconds));
    }
    const std::string line = std::move(heard.front());
    heard.pop_front();
    const Json message = parse_json(line, fmt::format("'{}' says what is no message", called()));
    require(message.is_object(), "'{}' says {}, expected an object", called(), json_kind(message));
    return message;
  }

  [[noreturn]] void gone(const std::string& how) {
    const std::string words = child.complaint();
    child.kill();
    fail("'{}' {}{}", called(), how, words.empty() ? "" : ": " + words);
  }

  Json ask(const char* method, const Json& params) {
    const int64_t id = ++last_id;
    send({{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", params}});
    const Stopwatch clock;
    for (;;) {
      const Json message = receive(clock);
      if (message.contains("method")) {
        answer(message);
        continue;
      }
      if (message.value("id", Json()) != Json(id)) continue;  // an answer given up
      if (message.contains("error"))
        fail("'{}': {}", called(),
             message["error"].is_object() ? message["error"].value("message", "an error")
                                          : json_text(message["error"]));
      return json_member(message, "result", called());
    }
  }

  // A server may ask too. We have neither files nor a model to offer it.
  void answer(const Json& request) {
    if (!request.contains("id")) return;
    Json reply = {{"jsonrpc", "2.0"}, {"id", request["id"]}};
    if (request["method"] == "ping")
      reply["result"] = Json::object();
    else
      reply["error"] = {{"code", -32601}, {"message", "not offered by this client"}};
    send(reply);
  }

  McpServerProgram program;
  ChildProcess child;
  std::deque<std::string> heard;
  int64_t last_id = 0;
  std::string name;
};

McpClient::McpClient(McpServerProgram program)
    : parts_(std::make_unique<Parts>(std::move(program))) {
  try {
    const Json hello =
        parts_->ask("initialize", {{"protocolVersion", kRevision},
                                   {"capabilities", Json::object()},
                                   {"clientInfo", {{"name", "offprint"}, {"version", "1"}}}});
    const Json info = hello.value("serverInfo", Json::object());
    parts_->name = info.value("name", parts_->called());
    parts_->send({{"jsonrpc", "2.0"}, {"method", "notifications/initialized"}});
  } catch (const std::exception& error) {
    fail("'{}' is no MCP server: {}", parts_->called(), error.what());
  }
}

McpClient::~McpClient() = default;

const std::string& McpClient::name() const { return parts_->name; }

Json McpClient::tools() {
  Json all = Json::array();
  Json params = Json::object();
  for (int page = 0; page < kMostPages; ++page) {
    const Json result = parts_->ask("tools/list", params);
    const Json& listed = json_member(result, "tools", parts_->called());
    require(listed.is_array(), "'{}': 'tools' is {}, expected a list", parts_->called(),
            json_kind(listed));
    for (const Json& tool : listed) all.push_back(tool);
    const Json next = result.value("nextCursor", Json());
    if (!next.is_string() || next.get<std::string>().empty()) break;
    params = {{"cursor", next}};
  }
  return all;
}

Json McpClient::call(const std::string& tool, const Json& arguments) {
  const Json result = parts_->ask("tools/call", {{"name", tool}, {"arguments", arguments}});
  const Json value = content_of(result);
  if (result.value("isError", false))
    fail("{}", value.is_string() ? value.get<std::string>() : json_text(value));
  return value;
}

std::vector<Tool> tools_of(const std::shared_ptr<McpClient>& client) {
  std::vector<Tool> all;
  for (const Json& listed : client->tools()) {
    Tool tool;
    tool.name = json_get<std::string>(listed, "name", client->name());
    tool.description = listed.value("description", "");
    tool.parameters = listed.value("inputSchema", Json{{"type", "object"}});
    tool.result = listed.value("outputSchema", Json(true));
    tool.run = [client, name = tool.name](const Json& arguments) {
      return client->call(name, arguments);
    };
    all.push_back(std::move(tool));
  }
  return all;
}

}  // namespace offprint::tasks
