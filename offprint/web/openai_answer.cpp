#include "offprint/web/openai_answer.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "offprint/papers/run_paper.h"
#include "offprint/tasks/tool_calls.h"

namespace offprint::web {
namespace {

// Between looks whether the reader is still there; news come at once.
constexpr auto kWait = std::chrono::milliseconds(25);
constexpr double kLeast = -9999;  // of log likelihoods, as JSON has no infinity

std::string event_of(const Json& json) { return "data: " + json_text(json) + "\n\n"; }

Json bytes_of(std::string_view text) {
  Json bytes = Json::array();
  for (const char c : text) bytes.push_back(static_cast<uint8_t>(c));
  return bytes;
}

Json calls_json(const tasks::ToolCall& call, const std::string& id, bool stream) {
  Json one = {{"id", id},
              {"type", "function"},
              {"function", {{"name", call.name}, {"arguments", call.arguments}}}};
  if (stream) one["index"] = 0;
  return Json::array({one});
}

Json or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

}  // namespace

OpenAiAnswer::OpenAiAnswer(AnswerShape shape, const data::BytePair& tokens, int64_t choices,
                           std::vector<std::unique_ptr<tasks::Completion>> completions)
    : shape_(std::move(shape)),
      tokens_(tokens),
      completions_(std::move(completions)),
      choices_(completions_.size() * static_cast<size_t>(choices)) {
  for (size_t i = 0; i < choices_.size() && !shape_.echo.empty(); ++i)
    choices_[i].text = shape_.echo.at(i / static_cast<size_t>(choices));
}

std::optional<std::string> OpenAiAnswer::next() {
  if (done_) return std::nullopt;
  std::string text;
  try {
    auto wait = kWait;
    for (size_t i = 0; i < completions_.size(); ++i) {
      if (completions_[i]->over()) continue;
      for (const auto& news : completions_[i]->next(std::exchange(wait, {}))) text += take(i, news);
    }
  } catch (const Error& error) {
    done_ = true;
    const Json failure = openai_error(500, error.what());
    return text + (shape_.stream ? event_of(failure) : json_text(failure));
  }
  if (!std::ranges::all_of(completions_, [](const auto& one) { return one->over(); }))
    return shape_.stream ? text : "";
  done_ = true;
  if (!shape_.stream) return json_text(whole()) + "\n";
  if (shape_.usage) {
    Json last = frame(shape_.chat ? "chat.completion.chunk" : "text_completion");
    last["choices"] = Json::array();
    last["usage"] = usage();
    text += event_of(last);
  }
  return text + "data: [DONE]\n\n";
}

std::string OpenAiAnswer::take(size_t completion, const tasks::CompletionNews& news) {
  const size_t each = choices_.size() / completions_.size();
  const size_t index = completion * each + static_cast<size_t>(news.choice);
  Choice& choice = choices_[index];
  choice.text += news.text, choice.tokens = news.tokens, choice.reason = news.reason;
  choice.likelihoods.insert(choice.likelihoods.end(), news.likelihoods.begin(),
                            news.likelihoods.end());
  return shape_.stream ? event(static_cast<int64_t>(index), choice) : "";
}

std::string OpenAiAnswer::event(int64_t index, Choice& choice) {
  const bool over = !choice.reason.empty();
  if (shape_.calls && !over && tasks::may_be_tool_call(choice.text)) return "";
  const auto call = shape_.calls && over ? tasks::tool_call_of(choice.text) : std::nullopt;
  Json one = {{"index", index}};
  const std::string piece = call ? "" : choice.text.substr(choice.sent);
  if (shape_.chat) {
    Json delta = Json::object();
    if (!std::exchange(choice.begun, true)) delta["role"] = "assistant";
    if (call)
      delta["tool_calls"] =
          calls_json(*call, fmt::format("call_{}_{}", shape_.id.substr(9), index), true);
    else if (!piece.empty() || delta.contains("role"))
      delta["content"] = piece;
    one["delta"] = delta;
  } else {
    one["text"] = piece;
  }
  one["logprobs"] = shape_.likelihoods ? likelihoods(choice, choice.sent_likelihoods) : Json();
  one["finish_reason"] = call ? Json("tool_calls") : or_null(choice.reason);
  choice.sent = choice.text.size(), choice.sent_likelihoods = choice.likelihoods.size();
  Json json = frame(shape_.chat ? "chat.completion.chunk" : "text_completion");
  json["choices"] = Json::array({one});
  if (shape_.usage) json["usage"] = nullptr;
  return event_of(json);
}

Json OpenAiAnswer::frame(const char* object) const {
  return {{"id", shape_.id},
          {"object", object},
          {"created", shape_.created},
          {"model", shape_.model},
          {"system_fingerprint", papers::source_revision()}};
}

Json OpenAiAnswer::whole() const {
  Json json = frame(shape_.chat ? "chat.completion" : "text_completion");
  json["choices"] = Json::array();
  for (size_t i = 0; i < choices_.size(); ++i)
    json["choices"].push_back(whole_choice(static_cast<int64_t>(i), choices_[i]));
  json["usage"] = usage();
  return json;
}

Json OpenAiAnswer::whole_choice(int64_t index, const Choice& choice) const {
  const auto call = shape_.calls ? tasks::tool_call_of(choice.text) : std::nullopt;
  Json one = {{"index", index}};
  if (shape_.chat) {
    Json message = {{"role", "assistant"}, {"content", call ? Json() : Json(choice.text)}};
    message["refusal"] = nullptr;
    if (call)
      message["tool_calls"] =
          calls_json(*call, fmt::format("call_{}_{}", shape_.id.substr(9), index), false);
    one["message"] = message;
  } else {
    one["text"] = choice.text;
  }
  one["logprobs"] = shape_.likelihoods ? likelihoods(choice, 0) : Json();
  one["finish_reason"] = call ? "tool_calls" : choice.reason;
  return one;
}

Json OpenAiAnswer::likelihoods(const Choice& choice, size_t from) const {
  const auto text_of = [&](int64_t id) { return tokens_.decode(std::vector{id}); };
  const auto entry = [&](int64_t id, double log_p) -> Json {
    const std::string text = text_of(id);
    return {{"token", text}, {"logprob", std::max(log_p, kLeast)}, {"bytes", bytes_of(text)}};
  };
  Json content = Json::array(), words = Json::array(), values = Json::array(), tops = Json::array(),
       offsets = Json::array();
  size_t offset = 0;
  for (size_t i = 0; i < choice.likelihoods.size(); ++i) {
    const tasks::TokenLikelihood& one = choice.likelihoods[i];
    const std::string word = text_of(one.token);
    if (i >= from) {
      Json json = entry(one.token, one.log_p), top = Json::array(), named = Json::object();
      for (const auto& [id, log_p] : one.likeliest)
        top.push_back(entry(id, log_p)), named[text_of(id)] = std::max(log_p, kLeast);
      json["top_logprobs"] = top;
      content.push_back(json);
      words.push_back(word), values.push_back(std::max(one.log_p, kLeast));
      tops.push_back(named), offsets.push_back(offset);
    }
    offset += word.size();
  }
  if (shape_.chat) return {{"content", content}, {"refusal", nullptr}};
  return {{"tokens", words},
          {"token_logprobs", values},
          {"top_logprobs", tops},
          {"text_offset", offsets}};
}

Json OpenAiAnswer::usage() const {
  int64_t prompt = 0, said = 0;
  for (const auto& one : completions_) prompt += one->prompt_tokens();
  for (const Choice& choice : choices_) said += choice.tokens;
  return {{"prompt_tokens", prompt}, {"completion_tokens", said}, {"total_tokens", prompt + said}};
}

}  // namespace offprint::web
