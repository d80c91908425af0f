#include "offprint/tasks/tool_file.h"

#include <algorithm>
#include <set>

#include "offprint/core/error.h"
#include "offprint/core/suggest.h"
#include "offprint/data/download.h"
#include "offprint/tasks/mcp_client.h"
#include "offprint/tasks/tool_program.h"

namespace offprint::tasks {
namespace {

namespace fs = std::filesystem;

void allow_only(const Json& entry, const std::vector<std::string>& keys, const std::string& where) {
  require(entry.is_object(), "{}: {}, expected an object", where, json_kind(entry));
  for (const auto& [key, value] : entry.items())
    require(std::ranges::count(keys, key) > 0, "{}: unknown member '{}'{}", where, key,
            did_you_mean(key, keys));
}

template <class T>
T member_or(const Json& entry, const char* key, T otherwise, const std::string& where) {
  return entry.contains(key) ? json_get<T>(entry, key, where) : otherwise;
}

double positive(double value, const char* key, const std::string& where) {
  require(value > 0 && value <= 86400, "{}: '{}' is {}, expected seconds above 0", where, key,
          value);
  return value;
}

// Words of a command; the first, where it has a slash, as seen from `folder`.
std::vector<std::string> command_of(const Json& entry, const char* key, const fs::path& folder,
                                    const std::string& where) {
  auto words = json_get<std::vector<std::string>>(entry, key, where);
  require(!words.empty() && !words[0].empty(), "{}: '{}' is empty, expected a program", where, key);
  if (words[0].find('/') != std::string::npos) words[0] = (folder / words[0]).string();
  return words;
}

void add_server(Toolbox& box, McpServerProgram program, const std::vector<std::string>& only,
                const std::string& where) {
  try {
    std::vector<std::string> missing = only;
    for (Tool& tool : tools_of(std::make_shared<McpClient>(std::move(program)))) {
      if (!only.empty() && std::ranges::count(only, tool.name) == 0) continue;
      std::erase(missing, tool.name);
      box.add(std::move(tool));
    }
    require(missing.empty(), "the server has no tool '{}'", fmt::join(missing, "', '"));
  } catch (const Error& error) {
    fail("{}: {}", where, error.what());
  }
}

// Of a program, in MiB.
int64_t memory_of(const Json& entry, int64_t otherwise, const std::string& where) {
  if (!entry.contains("memory_mib")) return otherwise;
  const auto mib = json_get<int64_t>(entry, "memory_mib", where);
  require(mib > 0, "{}: 'memory_mib' is {}, expected above 0", where, mib);
  return mib;
}

Tool plain_tool(const Json& entry, const fs::path& folder, const std::string& where) {
  std::vector<std::string> keys = {"name",    "description", "parameters", "result",
                                   "seconds", "command",     "url"};
  if (!entry.contains("url")) keys.insert(keys.end(), {"memory_mib", "dry_run"});
  allow_only(entry, keys, where);
  Tool tool;
  tool.name = json_get<std::string>(entry, "name", where);
  tool.description = member_or<std::string>(entry, "description", "", where);
  if (entry.contains("parameters")) tool.parameters = entry["parameters"];
  if (entry.contains("result")) tool.result = entry["result"];
  const double seconds = positive(member_or(entry, "seconds", 10.0, where), "seconds", where);
  require(entry.contains("command") != entry.contains("url"),
          "{}: expected either a 'command' or a 'url'", where);
  if (entry.contains("url")) {
    tool.run = [url = json_get<std::string>(entry, "url", where), seconds](const Json& arguments) {
      Progress silent;
      const data::PostOptions options{.seconds = seconds};
      const std::string answer = data::post_json(url, json_text(arguments), options, silent);
      return parse_json(answer, url);
    };
    return tool;
  }
  ToolProgram program;
  program.command = command_of(entry, "command", folder, where);
  program.seconds = seconds;
  program.memory_mib = memory_of(entry, program.memory_mib, where);
  tool.run = [program](const Json& arguments) { return run_tool_program(program, arguments); };
  if (member_or(entry, "dry_run", false, where))
    tool.dry_run = [program](const Json& arguments) { run_tool_program(program, arguments, true); };
  return tool;
}

void add_entry(Toolbox& box, const Json& entry, const fs::path& folder, const std::string& where) {
  if (!entry.is_object() || !entry.contains("mcp")) {
    Tool tool = plain_tool(entry, folder, where);
    try {
      box.add(std::move(tool));
    } catch (const Error& error) {
      fail("{}: {}", where, error.what());
    }
    return;
  }
  allow_only(entry, {"mcp", "seconds", "memory_mib", "only"}, where);
  McpServerProgram program;
  program.command = command_of(entry, "mcp", folder, where);
  program.memory_mib = memory_of(entry, program.memory_mib, where);
  program.seconds = positive(member_or(entry, "seconds", program.seconds, where), "seconds", where);
  add_server(box, std::move(program), member_or(entry, "only", std::vector<std::string>(), where),
             where);
}

void add_named_server(Toolbox& box, const Json& entry, const fs::path& folder,
                      const std::string& where) {
  allow_only(entry, {"command", "args", "env", "type"}, where);
  Json words = Json::array({json_get<std::string>(entry, "command", where)});
  for (const std::string& word : member_or(entry, "args", std::vector<std::string>(), where))
    words.push_back(word);
  McpServerProgram program;
  program.command = command_of({{"command", words}}, "command", folder, where);
  const Json environment = entry.value("env", Json::object());
  for (const auto& [name, value] : environment.items()) {
    require(value.is_string(), "{}: 'env' has {} as {}, expected text", where, name,
            json_kind(value));
    program.environment.emplace_back(name, value.get<std::string>());
  }
  add_server(box, std::move(program), {}, where);
}

}  // namespace

Toolbox read_tools(const fs::path& path) {
  const Json all = read_json(path);
  const fs::path folder = path.parent_path();
  Toolbox box;
  if (all.is_object() && all.contains("mcpServers")) {
    const Json& servers = all["mcpServers"];
    require(servers.is_object(), "{}: 'mcpServers' is {}, expected an object", path.string(),
            json_kind(servers));
    for (const auto& [name, entry] : servers.items())
      add_named_server(box, entry, folder, fmt::format("{}: {}", path.string(), name));
  } else {
    require(all.is_array(), "{}: {}, expected a list of tools or {{\"mcpServers\": ...}}",
            path.string(), json_kind(all));
    for (size_t i = 0; i < all.size(); ++i)
      add_entry(box, all[i], folder, fmt::format("{}: [{}]", path.string(), i));
  }
  require(!box.empty(), "{}: no tools in it", path.string());
  return box;
}

}  // namespace offprint::tasks
