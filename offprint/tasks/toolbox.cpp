#include "offprint/tasks/toolbox.h"

#include <algorithm>
#include <exception>

#include "offprint/core/clock.h"
#include "offprint/core/error.h"
#include "offprint/core/suggest.h"
#include "offprint/data/json_schema_check.h"

namespace offprint::tasks {
namespace {

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

// Runs `part`; what it throws becomes the result's error at `stage`.
bool passes(ToolResult& result, const char* stage, const std::function<void()>& part) {
  result.stage = stage;
  try {
    part();
  } catch (const std::exception& error) {
    result.error = error.what();
  }
  return result.error.empty();
}

ToolResult called(const Toolbox& box, std::string_view name, std::string_view arguments) {
  ToolResult out;
  const Tool* tool = box.find(name);
  Json given;
  const auto found = [&] {
    std::vector<std::string> names;
    for (const Tool& one : box.tools()) names.push_back(one.name);
    require(tool != nullptr, "there is no tool '{}'{}", name,
            did_you_mean(std::string(name), names));
  };
  const auto fits = [&] {
    given = parse_json(arguments, "arguments");
    out.error = data::schema_problem(given, tool->parameters);
  };
  if (!passes(out, "name", found) || !passes(out, "arguments", fits)) return out;
  if (tool->check && !passes(out, "check", [&] { out.error = tool->check(given); })) return out;
  if (tool->dry_run && !passes(out, "dry run", [&] { tool->dry_run(given); })) return out;
  if (!passes(out, "run", [&] { out.value = tool->run(given); })) return out;
  if (!passes(out, "result", [&] { out.error = data::schema_problem(out.value, tool->result); }))
    return out;
  out.stage = "done";
  return out;
}

}  // namespace

std::string ToolResult::text() const {
  return done() ? json_text(value) : json_text({{"error", error}});
}

void Toolbox::add(Tool tool) {
  require(!tool.name.empty() && std::ranges::all_of(tool.name, is_name_character),
          "tool '{}': expected a name of letters, digits, _ and -", tool.name);
  require(find(tool.name) == nullptr, "tool '{}' is there twice", tool.name);
  require(tool.parameters.is_object(), "tool '{}': 'parameters' is {}, expected a JSON Schema",
          tool.name, json_kind(tool.parameters));
  require(tool.result.is_object() || tool.result.is_boolean(),
          "tool '{}': 'result' is {}, expected a JSON Schema", tool.name, json_kind(tool.result));
  require(tool.run != nullptr, "tool '{}': nothing to run", tool.name);
  tools_.push_back(std::move(tool));
}

void Toolbox::add_all(const Toolbox& others) {
  for (const Tool& tool : others.tools()) add(tool);
}

const Tool* Toolbox::find(std::string_view name) const {
  const auto found = std::ranges::find(tools_, name, &Tool::name);
  return found == tools_.end() ? nullptr : &*found;
}

Json Toolbox::listed() const {
  Json all = Json::array();
  for (const Tool& tool : tools_)
    all.push_back({{"type", "function"},
                   {"function",
                    {{"name", tool.name},
                     {"description", tool.description},
                     {"parameters", tool.parameters}}}});
  return all;
}

ToolResult Toolbox::call(std::string_view name, std::string_view arguments) const {
  const Stopwatch clock;
  ToolResult out = called(*this, name, arguments);
  if (!out.done()) out.value = nullptr;
  out.seconds = clock.seconds();
  return out;
}

}  // namespace offprint::tasks
