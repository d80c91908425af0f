// What clients of OpenAI's API ask for, out of JSON: each member checked, each mistake one line
// that names it.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "offprint/core/json.h"
#include "offprint/data/json_schema.h"
#include "offprint/tasks/chat.h"
#include "offprint/web/openai_error.h"

namespace offprint::web {

struct TextRequest {
  std::string model;               // "" for the one there is
  tasks::GenerateOptions options;  // without guide
  int64_t choices = 1;
  bool stream = false, usage = false;  // usage: as a last event of a stream
  bool likelihoods = false;
};

// One answer to a conversation; `rule` is what its text must obey.
struct ChatCompletionRequest : TextRequest {
  tasks::ChatRequest chat;
  std::optional<data::GrammarRule> rule;
  bool calls = false;  // it may call tools
};

struct PlainCompletionRequest : TextRequest {
  // One text or list of tokens each.
  std::vector<std::vector<int64_t>> prompts;
  std::vector<std::string> texts;  // of the prompts, where they are echoed
  bool echo = false;
};

// `otherwise` is the seed where none is given. Throw RequestError.
ChatCompletionRequest chat_completion_request(const Json& body, const tasks::ChatModel& model,
                                              uint64_t otherwise);
PlainCompletionRequest plain_completion_request(const Json& body, const tasks::ChatModel& model,
                                                uint64_t otherwise);

// The member `key` as T; nothing where it is missing or null. Throws RequestError.
template <class T>
std::optional<T> member(const Json& body, const char* key) {
  if (!body.contains(key) || body[key].is_null()) return std::nullopt;
  try {
    return json_get<T>(body, key, "request");
  } catch (const Error& error) {
    throw RequestError(error.what(), key);
  }
}

}  // namespace offprint::web
