#include "offprint/cli/mcp_verb.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "offprint/cli/feed_folder.h"
#include "offprint/cli/verb_toolbox.h"
#include "offprint/tasks/mcp_server.h"
#include "offprint/tasks/tool_file.h"

namespace offprint::cli {
namespace {

struct Given {
  FeedPlace place;
  std::filesystem::path tools;
  bool list = false;
};

void serve(const Given& given, Context& context) {
  std::vector<std::string> feed;
  if (!given.place.folder.empty()) feed.push_back("--data-dir=" + given.place.folder);
  if (!given.place.database.empty()) feed.push_back("--database=" + given.place.database);
  tasks::Toolbox box = verb_toolbox(std::filesystem::read_symlink("/proc/self/exe"), feed);
  if (!given.tools.empty()) box.add_all(tasks::read_tools(given.tools));
  if (given.list)
    context.out << json_text(box.listed(), 2) << '\n';
  else
    tasks::serve_mcp(box, std::cin, context.out);
}

}  // namespace

void add_mcp_verb(CLI::App& program, Context& context) {
  const auto given = std::make_shared<Given>();
  CLI::App* verb = program.add_subcommand("mcp", "Offprint's verbs and papers as tools for agents");
  verb->add_option("--tools", given->tools, "more tools: a JSON file of programs, URLs, servers");
  add_feed_flags(*verb, given->place);
  verb->add_flag("--json", given->list, "print the tools as JSON instead of serving them");
  verb->footer(
      "Speaks the Model Context Protocol on stdin and stdout. In a client's configuration:\n"
      "  {\"mcpServers\": {\"offprint\": {\"command\": \"offprint\", \"args\": [\"mcp\"]}}}\n"
      "Example: offprint mcp --json");
  verb->callback([&context, given] { serve(*given, context); });
}

}  // namespace offprint::cli
