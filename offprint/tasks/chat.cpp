#include "offprint/tasks/chat.h"

#include <algorithm>
#include <optional>

#include "offprint/core/error.h"

namespace offprint::tasks {
namespace {

// A character that Unicode keeps for programs stands inside what users wrote where control tokens
// would be read, while the template writes the conversation.
constexpr std::string_view kMark = "\xef\xb7\x90", kUnknown = "\xef\xbf\xbd";  // U+FDD0, U+FFFD

constexpr const char* kNoTemplate =
    "no chat template in it, expected a model made for conversations";

std::string replaced(std::string text, std::string_view old, std::string_view by) {
  for (size_t at = text.find(old); at != text.npos; at = text.find(old, at + by.size()))
    text.replace(at, old.size(), by);
  return text;
}

// Behind the first character of a control token, so that it is none.
std::string marked(std::string text, const std::vector<std::string>& controls) {
  text = replaced(std::move(text), kMark, kUnknown);
  for (const std::string& control : controls)
    text = replaced(std::move(text), control,
                    control.substr(0, 1) + std::string(kMark) + control.substr(1));
  return text;
}

// Every text in the value, names of members too.
Json marked(const Json& value, const std::vector<std::string>& controls) {
  if (value.is_string()) return marked(value.get<std::string>(), controls);
  Json out = value;
  if (value.is_array())
    for (Json& item : out) item = marked(item, controls);
  if (value.is_object()) {
    out = Json::object();
    for (const auto& [name, member] : value.items())
      out[marked(name, controls)] = marked(member, controls);
  }
  return out;
}

struct Found {
  size_t at = 0;  // the text's end where there is none
  const std::string* control = nullptr;
};
// The first control token from `from` on; of two that begin there the longer, as they are sorted.
Found find_control(std::string_view text, size_t from, const std::vector<std::string>& controls) {
  for (size_t at = from; at < text.size(); ++at)
    for (const std::string& control : controls)
      if (text.substr(at).starts_with(control)) return {at, &control};
  return {text.size(), nullptr};
}

}  // namespace

ChatModel load_chat_model(const std::filesystem::path& path, bool needs) {
  LanguageModelFile model = load_language_model(path);
  const data::Gguf file(path);
  const bool there = file.metadata().contains("tokenizer.chat_template");
  require(there || !needs, "{}: {}", file.source(), kNoTemplate);
  if (!there) return {std::move(model), {}, "", "", false};
  const auto text =
      json_get<std::string>(file.metadata(), "tokenizer.chat_template", file.source());
  const auto token = [&](const char* key) -> std::string {
    if (!file.metadata().contains(key)) return "";
    const auto id = json_get<int64_t>(file.metadata(), key, file.source());
    return id >= 0 && id < model.tokens.size() ? model.tokens.decode(std::vector{id}) : "";
  };
  std::string begin = token("tokenizer.ggml.bos_token_id"),
              end = token("tokenizer.ggml.eos_token_id");
  return {std::move(model), data::ChatTemplate(text, "chat template of " + file.source()),
          std::move(begin), std::move(end), text.find("tools") != text.npos};
}

void check(const ChatRequest& request) {
  const Json& all = request.messages;
  require(all.is_array() && !all.empty(), "messages: {}, expected a list of at least one",
          all.is_array() ? "an empty list" : json_kind(all));
  for (size_t i = 0; i < all.size(); ++i) {
    const std::string where = fmt::format("messages[{}]", i);
    require(all[i].is_object(), "{}: {}, expected an object", where, json_kind(all[i]));
    json_get<std::string>(all[i], "role", where);
    const bool calls = all[i].contains("tool_calls");
    if (!calls || !all[i].value("content", Json()).is_null())
      json_get<std::string>(all[i], "content", where);
  }
  require(request.tools.is_null() || request.tools.is_array(), "tools: {}, expected a list",
          json_kind(request.tools));
}

std::vector<int64_t> chat_tokens(const ChatModel& m, const ChatRequest& request) {
  check(request);
  const std::vector<std::string>& controls = m.model.tokens.specials();
  const Json variables = {{"messages", marked(request.messages, controls)},
                          {"tools", marked(request.tools, controls)},
                          {"add_generation_prompt", true},
                          {"bos_token", m.begin},
                          {"eos_token", m.end}};
  require(m.chat.has_value(), "{}", kNoTemplate);
  const std::string text = m.chat->render(variables, request.now);
  std::vector<int64_t> ids;
  for (size_t at = 0; at < text.size();) {
    const Found next = find_control(text, at, controls);
    const std::string plain = replaced(text.substr(at, next.at - at), kMark, "");
    for (const int64_t id : m.model.tokens.encode(plain, true)) ids.push_back(id);
    if (next.control != nullptr) ids.push_back(*m.model.tokens.id_of(*next.control));
    at = next.at + (next.control ? next.control->size() : 0);
  }
  return ids;
}

Generated chat(const ChatModel& m, const ChatRequest& request, const GenerateOptions& options,
               ModelState& read, const std::function<void(std::string_view)>& say,
               Progress& progress) {
  return generate(m.model, chat_tokens(m, request), options, read, say, progress);
}

}  // namespace offprint::tasks
