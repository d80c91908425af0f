#include "offprint/papers/slm_agents/tool_failures.h"

#include <algorithm>
#include <sstream>

#include "offprint/core/clock.h"
#include "offprint/papers/slm_agents/tool_world.h"
#include "offprint/tasks/mcp_server.h"
#include "offprint/tasks/tool_program.h"

namespace offprint::papers::slm_agents {
namespace {

tasks::Tool program(const char* name, const char* script, double seconds = 20) {
  return {.name = name, .run = [script, seconds](const Json& arguments) {
            return tasks::run_tool_program({.command = {"/bin/sh", "-c", script},
                                            .seconds = seconds,
                                            .memory_mib = 64,
                                            .answer_bytes = 1 << 16},
                                           arguments);
          }};
}

}  // namespace

BadToolsCheck call_bad_tools() {
  tasks::Toolbox box;
  box.add(program("hangs", "sleep 60", 1));
  box.add(program("babbles", "while :; do echo nonsense nonsense nonsense; done"));
  box.add(program("dies", "echo no such city >&2; exit 3"));
  box.add(program("ten_gigabytes", "x=$(head -c 10000000000 /dev/zero | tr '\\0' a); echo $x"));
  tasks::Tool garbage = program("garbage", "printf '{\"city\": 7'");
  garbage.result = {{"type", "object"}};
  box.add(garbage);
  box.add(program("works", "cat"));
  BadToolsCheck out;
  for (const tasks::Tool& tool : box.tools()) {
    if (tool.name == "works") continue;
    const Stopwatch watch;
    const tasks::ToolResult bad = box.call(tool.name, "{}");
    out.longest = std::max(out.longest, watch.seconds());
    ++out.tools;
    out.clean += !bad.done() && !bad.error.empty() && bad.error.find('\n') == bad.error.npos;
    const tasks::ToolResult good = box.call("works", R"({"still": true})");
    out.went_on += good.done() && good.value == Json{{"still", true}};
    out.lines.push_back(tool.name + ": " + bad.error);
  }
  return out;
}

double mcp_round_trip() {
  const ToolWorld world;
  std::vector<size_t> all;
  for (size_t i = 0; i < world.count(); ++i) all.push_back(i);
  const tasks::Toolbox box = world.toolbox(all, world.full_calendar());
  const tasks::Toolbox same = world.toolbox(all, world.full_calendar());
  Rng rng(1);
  std::ostringstream said;
  std::string asked =
      R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"test","version":"1"}}})"
      "\n";
  std::vector<ToolTask> calls;
  for (size_t i = 0; i < world.count(); ++i) {
    calls.push_back(world.task(i, 0, rng));
    asked += json_text({{"jsonrpc", "2.0"},
                        {"id", i + 1},
                        {"method", "tools/call"},
                        {"params",
                         {{"name", calls.back().tool}, {"arguments", calls.back().arguments}}}}) +
             "\n";
  }
  std::istringstream in(asked);
  tasks::serve_mcp(box, in, said);
  std::istringstream lines(said.str());
  std::string line;
  double same_answers = 0;
  while (std::getline(lines, line)) {
    const Json answer = parse_json(line, "answer");
    const auto id = answer.value("id", size_t{0});
    if (id == 0 || id > calls.size()) continue;
    const ToolTask& call = calls[id - 1];
    const tasks::ToolResult direct = same.call(call.tool, json_text(call.arguments));
    same_answers += direct.done() && answer["result"]["content"][0]["text"] == direct.text();
  }
  return same_answers / static_cast<double>(calls.size());
}

}  // namespace offprint::papers::slm_agents
