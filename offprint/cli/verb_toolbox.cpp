#include "offprint/cli/verb_toolbox.h"

#include "offprint/cli/context.h"
#include "offprint/core/options.h"
#include "offprint/papers/paper.h"
#include "offprint/tasks/data_verbs.h"
#include "offprint/tasks/tool_program.h"

namespace offprint::cli {
namespace {

constexpr double kSeconds = 600;
constexpr int64_t kAnswerBytes = 8 << 20;

using Words = std::vector<std::string>;

struct Runner {
  std::filesystem::path program;

  Json operator()(Words words) const {
    words.insert(words.begin() + 1, {"--json", "--progress=none"});
    words.insert(words.begin(), program.string());
    tasks::ToolProgram run;
    run.command = std::move(words);
    run.seconds = kSeconds, run.memory_mib = 0, run.answer_bytes = kAnswerBytes;
    run.also_done = kClaimFailed;  // the card says which
    return parse_json(tasks::hear_program(run, ""), "offprint");
  }
};

Json text_schema(const std::string& description) {
  return {{"type", "string"}, {"description", description}};
}

tasks::Tool data_tool(const tasks::DataVerb& verb, const Runner& run) {
  tasks::Tool tool{.name = verb.name, .description = verb.summary};
  Json members = {{"data", text_schema("path of a table (CSV) on this machine: " + verb.table)}};
  Json methods = Json::array();
  std::string told = "one of: ";
  for (const auto& method : verb.methods) {
    told += (methods.empty() ? "" : "; ") + method.name + ": " + method.summary;
    methods.push_back(method.name);
  }
  members["method"] = {{"enum", methods}, {"description", told}};
  for (const OptionInfo& input : verb.inputs) members[input.name] = text_schema(input.help);
  for (const OptionInfo& option : verb.options)
    if (!members.contains(option.name)) members[option.name] = option_schema(option);
  Words required = {"data"};
  required.insert(required.end(), verb.required.begin(), verb.required.end());
  tool.parameters = {{"type", "object"},
                     {"properties", members},
                     {"required", required},
                     {"additionalProperties", false}};
  tool.run = [run, name = verb.name](const Json& given) {
    Words words = {name};
    for (const auto& [member, value] : given.items()) words.push_back(option_flag(member, value));
    return run(words);
  };
  return tool;
}

tasks::Tool paper_tool(const Runner& run, const char* name, const char* description,
                       const char* member, const Json& schema,
                       const std::function<Words(const std::string&)>& words) {
  tasks::Tool tool{.name = name, .description = description};
  tool.parameters = {{"type", "object"},
                     {"properties", {{member, schema}}},
                     {"required", {member}},
                     {"additionalProperties", false}};
  tool.run = [=](const Json& given) { return run(words(given[member].get<std::string>())); };
  return tool;
}

}  // namespace

tasks::Toolbox verb_toolbox(const std::filesystem::path& program, const Words& feed_flags) {
  const Runner run{program};
  tasks::Toolbox box;
  const auto with_feed = [feed_flags](Words words) {
    words.insert(words.begin() + 1, feed_flags.begin(), feed_flags.end());
    return words;
  };
  box.add(paper_tool(run, "search_papers", "papers of the feed that name the words, then near ones",
                     "query",
                     text_schema("words, \"exact phrases\", author:name, year:2020-2023, runs:yes"),
                     [=](const std::string& query) {
                       return with_feed({"search", "--", query});
                     }));
  box.add(paper_tool(run, "show_paper",
                     "a paper: abstract, authors, what it claims and what we measured", "paper",
                     text_schema("its slug or arXiv id"), [](const std::string& paper) {
                       return Words{"show", "--", paper};
                     }));
  Json slugs = Json::array();
  for (const papers::Paper& paper : papers::catalog())
    if (paper.runs()) slugs.push_back(paper.slug);
  box.add(paper_tool(run, "run_paper",
                     "measure a paper's claims on this machine at quick scale: up to a minute",
                     "paper", {{"enum", slugs}}, [](const std::string& paper) {
                       return Words{"run", paper};  // one of those that run, so never a flag
                     }));
  for (const tasks::DataVerb& verb : tasks::data_verbs()) box.add(data_tool(verb, run));
  return box;
}

}  // namespace offprint::cli
