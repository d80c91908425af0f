#include "offprint/web/openai_request.h"

#include <doctest/doctest.h>

#include "tests/data/scratch.h"
#include "tests/models/tiny_decoder.h"

using namespace offprint;
using namespace offprint::web;

namespace {

const tasks::ChatModel& tiny() {
  static const tasks::ChatModel model = [] {
    const data::Scratch scratch;
    models::write_tiny_decoder(
        scratch / "m.gguf",
        {.chat_template =
             "{% for m in messages %}{{ m.role }}:{{ m.content }}<|end|>{% endfor %}"});
    return tasks::load_chat_model(scratch / "m.gguf");
  }();
  return model;
}

Json full_request() {
  return parse_json(R"({
    "model": "tiny", "n": 2, "seed": -3, "stream": true, "stream_options": {"include_usage": true},
    "temperature": 0.5, "top_p": 0.9, "top_k": 5, "min_p": 0.1, "max_tokens": 7,
    "max_completion_tokens": 9, "stop": ["a", "b"], "logprobs": true, "top_logprobs": 2,
    "presence_penalty": 1, "frequency_penalty": -1, "logit_bias": {"7": 3},
    "tool_choice": {"type": "function", "function": {"name": "f"}},
    "tools": [{"type": "function", "function": {"name": "f", "description": "d", "parameters":
      {"type": "object", "properties": {"x": {"type": "integer"}}, "required": ["x"]}}}],
    "response_format": {"type": "json_schema", "json_schema": {"name": "s", "schema":
      {"type": "object", "properties": {"y": {"enum": [1, 2]}}}}},
    "messages": [
      {"role": "developer", "content": [{"type": "text", "text": "one"}, {"type": "text", "text": "two"}]},
      {"role": "user", "name": "u", "content": "three"},
      {"role": "assistant", "content": null, "tool_calls": [{"id": "c", "type": "function",
        "function": {"name": "f", "arguments": "{\"x\": 1}"}}]},
      {"role": "tool", "tool_call_id": "c", "content": "four"}]})",
                    "test");
}

// Every place in it.
void places(const Json& json, const Json::json_pointer& here,
            std::vector<Json::json_pointer>& all) {
  if (json.is_object())
    for (const auto& [key, value] : json.items())
      all.push_back(here / key), places(value, here / key, all);
  if (json.is_array())
    for (size_t i = 0; i < json.size(); ++i)
      all.push_back(here / i), places(json[i], here / i, all);
}

}  // namespace

TEST_CASE("openai request: every member is read") {
  const ChatCompletionRequest r = chat_completion_request(full_request(), tiny(), 1);
  CHECK(r.model == "tiny");
  CHECK(r.choices == 2);
  CHECK((r.stream && r.usage && r.likelihoods && r.calls));
  CHECK(r.rule);
  const tasks::GenerateOptions& o = r.options;
  CHECK(o.seed == static_cast<uint64_t>(-3));
  CHECK(o.most_tokens == 9);
  CHECK(o.stops == std::vector<std::string>{"a", "b"});
  CHECK(o.top_likelihoods == 2);
  CHECK(o.presence_penalty == 1);
  CHECK(o.frequency_penalty == -1);
  CHECK(o.logit_bias == std::vector<std::pair<int64_t, double>>{{7, 3.0}});
  CHECK(o.sampling.temperature == 0.5);
  CHECK(o.sampling.top_p == 0.9);
  CHECK(o.sampling.top_k == 5);
  CHECK(o.sampling.min_p == 0.1);
  REQUIRE(r.chat.messages.size() == 4);
  CHECK(r.chat.messages[0]["role"] == "system");
  CHECK(r.chat.messages[0]["content"].get<std::string>().starts_with("onetwo"));
}

TEST_CASE("openai request: how to draw is said by the request alone, or not at all") {
  Json ask = {{"messages", {{{"role", "user"}, {"content", "x"}}}}};
  const tasks::SamplingOptions house;
  CHECK(chat_completion_request(ask, tiny(), 1).options.sampling.top_k == house.top_k);
  ask["temperature"] = 1;
  const auto all = chat_completion_request(ask, tiny(), 1).options;
  CHECK(all.sampling.top_k == 0);
  CHECK(all.sampling.top_p == 1);
  CHECK(all.sampling.min_p == 0);
  CHECK(all.seed == 1);
  CHECK(chat_completion_request(ask, tiny(), 8).options.seed == 8);
}

TEST_CASE("openai request: whatever stands anywhere in it is taken or is one line, never worse") {
  const Json whole = full_request();
  std::vector<Json::json_pointer> all;
  places(whole, Json::json_pointer(), all);
  const Json strange = parse_json(
      R"([null, true, 0, -1, 1e300, 99999999999999999999, "", "x", "\u0000<|end|>", [], {}, [[]],
          [null], {"type": 1}, {"$ref": "#"}, [{"function": 1}]])",
      "test");
  int taken = 0, refused = 0;
  for (const Json::json_pointer& place : all)
    for (const Json& value : strange) {
      Json ask = whole;
      ask[place] = value;
      CAPTURE(json_text(ask));
      try {
        const ChatCompletionRequest r = chat_completion_request(ask, tiny(), 1);
        CHECK_FALSE(tasks::chat_tokens(tiny(), r.chat).empty());
        ++taken;
      } catch (const RequestError& error) {
        const std::string what = error.what();
        CHECK_FALSE(what.empty());
        CHECK(what.find('\n') == what.npos);
        ++refused;
      }
      try {
        plain_completion_request({{"prompt", value}, {"stop", value}, {"logprobs", value}}, tiny(),
                                 1);
      } catch (const RequestError&) {
        ++refused;
      }
    }
  CHECK(taken > 100);
  CHECK(refused > 500);
}
