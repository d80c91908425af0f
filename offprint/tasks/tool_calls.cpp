#include "offprint/tasks/tool_calls.h"

#include <algorithm>

#include "offprint/core/error.h"

namespace offprint::tasks {
namespace {

constexpr std::string_view kBegin = "<tool_call>\n", kEnd = "\n</tool_call>";

// References within the schema, as they stand once it is a part of another.
void move_references(Json& schema, const std::string& below) {
  if (schema.is_array())
    for (Json& item : schema) move_references(item, below);
  if (!schema.is_object()) return;
  for (auto& [key, value] : schema.items()) {
    if (key == "$ref" && value.is_string() && value.get<std::string>().starts_with("#"))
      value = "#" + below + value.get<std::string>().substr(1);
    else
      move_references(value, below);
  }
}

const Json& function_of(const Json& tool) { return tool.at("function"); }

Json call_schema(const Json& tools, std::string_view only) {
  Json calls = Json::array();
  for (const Json& tool : tools) {
    const Json& function = function_of(tool);
    if (!only.empty() && function.at("name") != only) continue;
    Json arguments = function.value("parameters", Json());
    if (arguments.is_null() || arguments.empty()) arguments = {{"type", "object"}};
    move_references(arguments, fmt::format("/anyOf/{}/properties/arguments", calls.size()));
    calls.push_back(
        {{"type", "object"},
         {"properties", {{"name", {{"const", function.at("name")}}}, {"arguments", arguments}}},
         {"required", {"name", "arguments"}},
         {"additionalProperties", false}});
  }
  return {{"anyOf", calls}};
}

// Any text that `begin` is no beginning of.
data::Grammar::Piece without_beginning(data::Grammar& g, std::string_view begin) {
  using Piece = data::Grammar::Piece;
  const auto rest = [&] { return g.repeat([&] { return g.characters(0, 0x10FFFF); }, 0, -1); };
  std::vector<Piece> ways;
  for (size_t i = 0; i < begin.size(); ++i) {
    // The first i characters as they are, then the end or another one.
    const auto c = static_cast<uint32_t>(begin[i]);
    ways.push_back(g.text(begin.substr(0, i)));
    ways.push_back(g.sequence({g.text(begin.substr(0, i)), g.characters(0, c - 1), rest()}));
    ways.push_back(g.sequence({g.text(begin.substr(0, i)), g.characters(c + 1, 0x10FFFF), rest()}));
  }
  return g.choice(ways);
}

std::string text_of(const Json& message) {
  const Json& content = message.contains("content") ? message["content"] : Json();
  return content.is_string() ? content.get<std::string>() : "";
}

}  // namespace

void check_tools(const Json& tools) {
  require(tools.is_array(), "tools: {}, expected a list", json_kind(tools));
  for (size_t i = 0; i < tools.size(); ++i) {
    const std::string where = fmt::format("tools[{}]", i);
    require(tools[i].is_object(), "{}: {}, expected an object", where, json_kind(tools[i]));
    const auto type = json_get<std::string>(tools[i], "type", where);
    require(type == "function", "{}: 'type' is '{}', expected 'function'", where, type);
    const Json& function = json_member(tools[i], "function", where);
    const std::string inside = where + ".function";
    require(function.is_object(), "{}: {}, expected an object", inside, json_kind(function));
    require(!json_get<std::string>(function, "name", inside).empty(), "{}: 'name' is empty",
            inside);
    const Json parameters = function.value("parameters", Json());
    require(parameters.is_null() || parameters.is_object(),
            "{}: 'parameters' is {}, expected a JSON Schema", inside, json_kind(parameters));
    if (parameters.is_object() && !parameters.empty())
      data::json_schema_grammar(parameters, inside + ".parameters");
  }
}

data::GrammarRule tool_call_grammar(const Json& tools, bool must, std::string_view only) {
  data::GrammarRule rule = data::json_schema_grammar(call_schema(tools, only), "tools");
  data::Grammar& g = rule.grammar;
  const auto call = g.sequence({g.text(kBegin), g.call(rule.rule), g.text(kEnd)});
  const int32_t whole = g.declare();
  g.define(whole, must ? call : g.choice({call, without_beginning(g, kBegin)}));
  rule.rule = whole;
  return rule;
}

std::optional<ToolCall> tool_call_of(std::string_view text) {
  if (!text.starts_with(kBegin) || !text.ends_with(kEnd)) return std::nullopt;
  text = text.substr(kBegin.size(), text.size() - kBegin.size() - kEnd.size());
  try {
    const Json call = parse_json(text, "call");
    return ToolCall{json_get<std::string>(call, "name", "call"),
                    json_text(json_member(call, "arguments", "call"))};
  } catch (const Error&) {
    return std::nullopt;
  }
}

bool may_be_tool_call(std::string_view begun) {
  const size_t n = std::min(begun.size(), kBegin.size());
  return begun.substr(0, n) == kBegin.substr(0, n);
}

Json messages_with_tools(const Json& messages, const Json& tools) {
  std::string told =
      "You may call these functions, each described by a JSON Schema:\n" + json_text(tools) +
      "\nTo call one, answer with nothing but\n<tool_call>\n{\"name\": NAME, \"arguments\": "
      "OBJECT}\n</tool_call>";
  if (tools.is_null() || tools.empty()) told.clear();
  Json out = Json::array();
  for (const Json& message : messages) {
    const std::string role = message.value("role", "");
    std::string text = text_of(message);
    if (role == "system" && out.empty() && !told.empty()) {
      text = text + "\n\n" + std::exchange(told, "");
    } else if (!told.empty()) {
      out.push_back({{"role", "system"}, {"content", std::exchange(told, "")}});
    }
    if (message.contains("tool_calls") && message["tool_calls"].is_array())
      for (const Json& call : message["tool_calls"]) {
        const Json function = call.value("function", Json::object());
        if (!text.empty()) text += "\n";
        text += fmt::format("{}{{\"name\": {}, \"arguments\": {}}}{}", kBegin,
                            json_text(function.value("name", "")),
                            function.value("arguments", "{}"), kEnd);
      }
    if (role == "tool")
      out.push_back(
          {{"role", "user"}, {"content", "<tool_response>\n" + text + "\n</tool_response>"}});
    else
      out.push_back({{"role", role}, {"content", text}});
  }
  return out;
}

}  // namespace offprint::tasks
