#include "offprint/web/openai_request.h"

#include <algorithm>
#include <charconv>
#include <ctime>

#include "offprint/tasks/tool_calls.h"

namespace offprint::web {
namespace {

// Of an answer where the request sets no limit; it ends at the model's context in any case.
constexpr int64_t kTokens = 2048, kMostTokens = 1 << 24;
constexpr int64_t kMostLikelihoods = 20, kMostOfCompletions = 5, kMostStops = 16;

template <class T>
T within(const Json& body, const char* key, T otherwise, T low, T high) {
  const T value = member<T>(body, key).value_or(otherwise);
  if (!(value >= low && value <= high))
    throw RequestError(fmt::format("{}: {}, expected {} to {}", key, value, low, high), key);
  return value;
}

[[noreturn]] void wrong(const std::string& param, std::string_view got, std::string_view expected) {
  throw RequestError(fmt::format("{}: {}, expected {}", param, got, expected), param);
}

// Where a request says how to draw, that alone counts; else what `offprint chat` does.
tasks::SamplingOptions sampling(const Json& body) {
  tasks::SamplingOptions o;
  const auto said = [&](const char* key) { return body.contains(key) && !body[key].is_null(); };
  if (said("temperature") || said("top_p")) o = {1, 0, 1, 0};
  o.temperature = within(body, "temperature", o.temperature, 0.0, 2.0);
  o.top_p = within(body, "top_p", o.top_p, 0.0, 1.0);
  if (o.top_p == 0) o.top_p = 1e-9;  // the likeliest alone
  o.top_k = within<int64_t>(body, "top_k", o.top_k, 0, 1 << 20);
  o.min_p = within(body, "min_p", o.min_p, 0.0, 1.0);
  return o;
}

std::vector<std::string> stops(const Json& body) {
  std::vector<std::string> all;
  if (!body.contains("stop") || body["stop"].is_null()) return all;
  const Json& given = body["stop"];
  if (!given.is_string() && !given.is_array())
    wrong("stop", json_kind(given), "a text or a list of texts");
  for (const Json& one : given.is_array() ? given : Json::array({given})) {
    if (!one.is_string()) wrong("stop", json_kind(one), "a text or a list of texts");
    if (one.get<std::string>().empty()) wrong("stop", "an empty text", "some characters");
    all.push_back(one);
  }
  if (std::ssize(all) > kMostStops)
    wrong("stop", fmt::format("{} texts", all.size()), fmt::format("at most {}", kMostStops));
  return all;
}

std::vector<std::pair<int64_t, double>> logit_bias(const Json& body, int64_t tokens) {
  std::vector<std::pair<int64_t, double>> all;
  if (!body.contains("logit_bias") || body["logit_bias"].is_null()) return all;
  if (!body["logit_bias"].is_object())
    wrong("logit_bias", json_kind(body["logit_bias"]), "an object");
  for (const auto& [key, value] : body["logit_bias"].items()) {
    int64_t id = -1;
    const auto [end, code] = std::from_chars(key.data(), key.data() + key.size(), id);
    if (code != std::errc() || end != key.data() + key.size() || id < 0 || id >= tokens)
      wrong("logit_bias", "'" + key.substr(0, 40) + "'", fmt::format("tokens 0 to {}", tokens - 1));
    if (!value.is_number() || std::abs(value.get<double>()) > 100)
      wrong("logit_bias", json_text(value).substr(0, 40), "numbers from -100 to 100");
    all.emplace_back(id, value.get<double>());
  }
  return all;
}

void read_shared(const Json& body, const tasks::ChatModel& model, uint64_t otherwise,
                 TextRequest& r) {
  if (!body.is_object())
    throw RequestError(fmt::format("body: {}, expected an object", json_kind(body)), "");
  r.model = member<std::string>(body, "model").value_or("");
  tasks::GenerateOptions& o = r.options;
  o.sampling = sampling(body), o.stops = stops(body);
  o.logit_bias = logit_bias(body, model.model.tokens.size());
  o.presence_penalty = within(body, "presence_penalty", 0.0, -2.0, 2.0);
  o.frequency_penalty = within(body, "frequency_penalty", 0.0, -2.0, 2.0);
  const char* most =
      body.contains("max_completion_tokens") && !body["max_completion_tokens"].is_null()
          ? "max_completion_tokens"
          : "max_tokens";
  o.most_tokens = within<int64_t>(body, most, kTokens, 1, kMostTokens);
  const auto seed = member<int64_t>(body, "seed");
  o.seed = seed ? static_cast<uint64_t>(*seed) : otherwise;
  r.choices = within<int64_t>(body, "n", 1, 1, 128);
  r.stream = member<bool>(body, "stream").value_or(false);
  if (!body.contains("stream_options") || body["stream_options"].is_null()) return;
  if (!body["stream_options"].is_object())
    wrong("stream_options", json_kind(body["stream_options"]), "an object");
  if (!r.stream) throw RequestError("stream_options: only with stream", "stream_options");
  r.usage = member<bool>(body["stream_options"], "include_usage").value_or(false);
}

std::string content_text(const Json& content, const std::string& where) {
  if (content.is_null()) return "";
  if (content.is_string()) return content;
  if (!content.is_array()) wrong(where, json_kind(content), "a text or a list of parts");
  std::string text;
  for (size_t i = 0; i < content.size(); ++i) {
    const std::string at = fmt::format("{}[{}]", where, i);
    if (!content[i].is_object()) wrong(at, json_kind(content[i]), "an object");
    const auto kind = member<std::string>(content[i], "type").value_or("");
    if (kind != "text")
      wrong(at + ".type", "'" + kind + "'", "'text': this model reads nothing else");
    text += member<std::string>(content[i], "text").value_or("");
  }
  return text;
}

// Arguments as an object, which templates write themselves; a text that is no JSON stays one.
Json with_parsed_arguments(Json calls, const std::string& where) {
  if (!calls.is_array()) wrong(where, json_kind(calls), "a list");
  for (Json& call : calls) {
    if (!call.is_object() || !call.contains("function") || !call["function"].is_object() ||
        !call["function"].contains("name") || !call["function"]["name"].is_string())
      wrong(where, "a call without a function's name", "{\"function\": {\"name\": ...}}");
    Json& function = call["function"];
    if (!function.contains("arguments")) function["arguments"] = "{}";
    if (!function["arguments"].is_string())
      wrong(where, "arguments that are no text", "JSON as a text");
  }
  return calls;
}

Json conversation(const Json& body) {
  if (!body.contains("messages")) throw RequestError("request: 'messages' is missing", "messages");
  const Json& given = body["messages"];
  if (!given.is_array() || given.empty())
    wrong("messages", given.is_array() ? "an empty list" : json_kind(given),
          "a list of at least one");
  Json out = Json::array();
  for (size_t i = 0; i < given.size(); ++i) {
    const std::string where = fmt::format("messages[{}]", i);
    if (!given[i].is_object()) wrong(where, json_kind(given[i]), "an object");
    auto role = member<std::string>(given[i], "role").value_or("");
    if (role == "developer") role = "system";
    constexpr std::array<std::string_view, 4> kRoles = {"system", "user", "assistant", "tool"};
    if (std::ranges::find(kRoles, role) == kRoles.end())
      wrong(where + ".role", "'" + role.substr(0, 40) + "'",
            "'system', 'developer', 'user', 'assistant' or 'tool'");
    const Json content = given[i].value("content", Json());
    const bool calls = given[i].contains("tool_calls") && !given[i]["tool_calls"].is_null();
    if (content.is_null() && !calls)
      throw RequestError(where + ": 'content' is missing", where + ".content");
    Json one = {{"role", role}, {"content", content_text(content, where + ".content")}};
    if (calls)
      one["tool_calls"] = with_parsed_arguments(given[i]["tool_calls"], where + ".tool_calls");
    for (const char* key : {"name", "tool_call_id"})
      if (const auto text = member<std::string>(given[i], key)) one[key] = *text;
    out.push_back(std::move(one));
  }
  return out;
}

// Whatever is written must obey this; nothing where anything goes.
std::optional<data::GrammarRule> format_rule(const Json& body) {
  if (!body.contains("response_format") || body["response_format"].is_null()) return std::nullopt;
  const Json& format = body["response_format"];
  if (!format.is_object()) wrong("response_format", json_kind(format), "an object");
  const auto kind = member<std::string>(format, "type").value_or("");
  if (kind == "text") return std::nullopt;
  Json schema = {{"type", "object"}};
  if (kind == "json_schema") {
    const Json about = format.value("json_schema", Json());
    if (!about.is_object() || !about.contains("schema") || about["schema"].is_null())
      wrong("response_format.json_schema", "no 'schema'", "a JSON Schema");
    schema = about["schema"];
  } else if (kind != "json_object") {
    wrong("response_format.type", "'" + kind.substr(0, 40) + "'",
          "'text', 'json_object' or 'json_schema'");
  }
  try {
    return data::json_schema_grammar(schema, "response_format.json_schema.schema");
  } catch (const Error& error) {
    throw RequestError(error.what(), "response_format");
  }
}

struct ToolChoice {
  bool none = false, must = false;
  std::string only = {};
};
ToolChoice tool_choice(const Json& body, const Json& tools) {
  if (!body.contains("tool_choice") || body["tool_choice"].is_null()) return {};
  const Json& given = body["tool_choice"];
  const std::string expected = "'none', 'auto', 'required' or a function of 'tools'";
  if (given.is_string()) {
    const std::string word = given;
    if (word == "auto") return {};
    if (word == "none") return {.none = true};
    if (word != "required" || tools.empty())
      wrong("tool_choice", "'" + word.substr(0, 40) + "'", expected);
    return {.must = true};
  }
  if (!given.is_object() || !given.contains("function") || !given["function"].is_object())
    wrong("tool_choice", json_kind(given), expected);
  const auto name = member<std::string>(given["function"], "name").value_or("");
  const bool known = std::ranges::any_of(
      tools, [&](const Json& tool) { return tool["function"]["name"] == name; });
  if (!known) wrong("tool_choice", "function '" + name.substr(0, 40) + "'", expected);
  return {.must = true, .only = name};
}

void read_tools(const Json& body, const tasks::ChatModel& model, ChatCompletionRequest& r) {
  for (const char* old : {"functions", "function_call"})
    if (body.contains(old) && !body[old].is_null())
      throw RequestError(fmt::format("{}: expected 'tools' and 'tool_choice'", old), old);
  Json tools = body.value("tools", Json());
  if (tools.is_null()) tools = Json::array();
  try {
    tasks::check_tools(tools);
  } catch (const Error& error) {
    throw RequestError(error.what(), "tools");
  }
  const ToolChoice choice = tool_choice(body, tools);
  r.calls = !tools.empty() && !choice.none;
  if (r.calls) {
    if (r.rule && !choice.must)
      throw RequestError("response_format beside tools: expected tool_choice 'none' or 'required'",
                         "response_format");
    r.rule = tasks::tool_call_grammar(tools, choice.must, choice.only);
  }
  if (!r.calls) tools = nullptr;
  r.chat.messages = conversation(body);
  if (!model.knows_tools) {
    r.chat.messages = tasks::messages_with_tools(r.chat.messages, tools);
    return;
  }
  r.chat.tools = tools;
  for (Json& message : r.chat.messages) {
    if (!message.contains("tool_calls")) continue;
    for (Json& call : message["tool_calls"]) {
      Json& arguments = call["function"]["arguments"];
      try {
        arguments = parse_json(arguments.get<std::string>(), "arguments");
      } catch (const Error&) {
        // As it stands: the model wrote it so.
      }
    }
  }
}

std::vector<int64_t> prompt_tokens(const Json& ids, int64_t tokens) {
  std::vector<int64_t> out;
  for (const Json& id : ids) {
    if (!id.is_number_integer() || id.get<int64_t>() < 0 || id.get<int64_t>() >= tokens)
      wrong("prompt", json_text(id).substr(0, 40), fmt::format("tokens 0 to {}", tokens - 1));
    out.push_back(id.get<int64_t>());
  }
  return out;
}

}  // namespace

ChatCompletionRequest chat_completion_request(const Json& body, const tasks::ChatModel& model,
                                              uint64_t otherwise) {
  ChatCompletionRequest r;
  read_shared(body, model, otherwise, r);
  r.likelihoods = member<bool>(body, "logprobs").value_or(false);
  const auto top = within<int64_t>(body, "top_logprobs", 0, 0, kMostLikelihoods);
  if (top > 0 && !r.likelihoods)
    throw RequestError("top_logprobs: only with logprobs", "top_logprobs");
  if (r.likelihoods) r.options.top_likelihoods = top;
  r.rule = format_rule(body);
  read_tools(body, model, r);
  r.chat.now = std::time(nullptr);
  return r;
}

PlainCompletionRequest plain_completion_request(const Json& body, const tasks::ChatModel& model,
                                                uint64_t otherwise) {
  PlainCompletionRequest r;
  read_shared(body, model, otherwise, r);
  if (const auto top = member<int64_t>(body, "logprobs")) {
    r.likelihoods = true;
    r.options.top_likelihoods = within<int64_t>(body, "logprobs", 0, 0, kMostOfCompletions);
  }
  if (member<std::string>(body, "suffix"))
    throw RequestError("suffix: this model only goes on from a text", "suffix");
  if (within<int64_t>(body, "best_of", r.choices, 1, 128) != r.choices)
    throw RequestError("best_of: expected the same as n", "best_of");
  r.echo = member<bool>(body, "echo").value_or(false);
  const Json prompt = body.value("prompt", Json());
  const auto add = [&](const Json& one) {
    std::vector<int64_t> ids;
    if (one.is_string()) {
      if (model.model.begin) ids.push_back(*model.model.begin);
      for (const int64_t id : model.model.tokens.encode(one.get<std::string>())) ids.push_back(id);
    } else if (one.is_array()) {
      ids = prompt_tokens(one, model.model.tokens.size());
    } else {
      wrong("prompt", json_kind(one), "a text, tokens, or a list of them");
    }
    if (ids.empty()) wrong("prompt", "nothing", "a text");
    r.texts.push_back(one.is_string() ? one.get<std::string>() : model.model.tokens.decode(ids));
    r.prompts.push_back(std::move(ids));
  };
  const bool several = prompt.is_array() && !prompt.empty() && !prompt[0].is_number();
  for (const Json& one : several ? prompt : Json::array({prompt})) add(one);
  return r;
}

}  // namespace offprint::web
