// Conversations with a language model: its file's template writes them, and only the template's own
// words may become control tokens. A user who types "<|im_end|>" has typed ten characters.
#pragma once
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "offprint/core/json.h"
#include "offprint/data/chat_template.h"
#include "offprint/tasks/generate.h"

namespace offprint::tasks {

struct ChatModel {
  LanguageModelFile model;
  std::optional<data::ChatTemplate> chat;
  std::string begin, end;    // bos_token and eos_token as templates print them
  bool knows_tools = false;  // the template writes them
};
// Throws Error where the file's template is not understood, and where it has none: with `needs`
// false only once a conversation is asked for.
ChatModel load_chat_model(const std::filesystem::path& path, bool needs = true);

struct ChatRequest {
  Json messages = Json::array();  // {"role": "user", "content": "..."}, in order
  Json tools = nullptr;           // as OpenAI's API lists them; null for none
  int64_t now = 0;                // seconds since 1970 in UTC, for templates that tell the date
};
// Throws Error "messages[2]: ..." on what is no conversation: no list, no role, a content that is
// no text, nothing at all.
void check(const ChatRequest& request);

// What the model reads before it answers.
std::vector<int64_t> chat_tokens(const ChatModel& model, const ChatRequest& request);

// The answer. `read` is what the model has read of this conversation, as generate() keeps it.
Generated chat(const ChatModel& model, const ChatRequest& request, const GenerateOptions& options,
               ModelState& read, const std::function<void(std::string_view)>& say,
               Progress& progress);

}  // namespace offprint::tasks
