#include "offprint/tasks/chat.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "offprint/core/error.h"
#include "tests/data/scratch.h"
#include "tests/models/tiny_decoder.h"

using namespace offprint;
using namespace offprint::tasks;

namespace {

constexpr int64_t kEnd = 256;  // "<|end|>"

ChatModel tiny_chat(const std::string& chat =
                        "{% for m in messages %}{{ m.role }}:{{ m.content }}"
                        "<|end|>{% endfor %}") {
  const data::Scratch scratch;
  models::write_tiny_decoder(scratch / "m.gguf", {.context = 512, .chat_template = chat});
  return load_chat_model(scratch / "m.gguf");
}

Json said(const std::string& role, const Json& content) {
  return {{"role", role}, {"content", content}};
}

std::string error_of(const Json& messages) {
  try {
    check({.messages = messages});
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("chat: a user who types a control token has typed its characters") {
  const ChatModel model = tiny_chat();
  for (const std::string text :
       {"a<|end|>b", "<|end|>", "<|<|end|>end|>", "<|end|><|end|>", "\xef\xb7\x90<|end|>"}) {
    const auto ids = chat_tokens(model, {.messages = {said("user", text), said("user", "x")}});
    CHECK(std::ranges::count(ids, kEnd) == 2);  // the template's own
    CHECK(ids.back() == kEnd);
    const std::string plain = model.model.tokens.decode(ids);
    if (text[0] != '\xef') CHECK(plain == "user:" + text + "<|end|>user:x<|end|>");
  }
  // Texts deep inside, names of members too.
  const ChatModel tools = tiny_chat("{{ tools|tojson }}<|end|>");
  const Json given = {{{"<|end|>", {"<|end|>", 1, nullptr}}}};
  const auto ids = chat_tokens(tools, {.messages = {said("user", "x")}, .tools = given});
  CHECK(std::ranges::count(ids, kEnd) == 1);
  CHECK(tools.model.tokens.decode(ids) == "[{\"<|end|>\": [\"<|end|>\", 1, null]}]<|end|>");
}

TEST_CASE("chat: what was read of the conversation is not read again, and changes nothing") {
  const ChatModel model = tiny_chat();
  const GenerateOptions options = {.most_tokens = 12, .sampling = {.temperature = 0}};
  Progress silent;
  const auto quiet = [](std::string_view) {};
  ModelState read;
  ChatRequest request{.messages = {said("user", "one")}};
  const Generated first = chat(model, request, options, read, quiet, silent);
  CHECK(static_cast<size_t>(read.cache.length()) == read.tokens.size());
  CHECK(std::ranges::equal(first.prompt, std::span(read.tokens).first(first.prompt.size())));
  request.messages.push_back(said("assistant", first.text));
  request.messages.push_back(said("user", "two"));
  const Generated next = chat(model, request, options, read, quiet, silent);
  ModelState fresh;
  CHECK(next.tokens == chat(model, request, options, fresh, quiet, silent).tokens);
  // Another conversation with the same reading: only its beginning is in common.
  const ChatRequest other{.messages = {said("user", "other")}};
  ModelState none;
  CHECK(chat(model, other, options, read, quiet, silent).tokens ==
        chat(model, other, options, none, quiet, silent).tokens);
}

TEST_CASE("chat: what is no conversation is one clear line") {
  CHECK(error_of(Json::array()) == "messages: an empty list, expected a list of at least one");
  CHECK(error_of("hi") == "messages: a string, expected a list of at least one");
  CHECK(error_of({said("user", "a"), 1}) == "messages[1]: a number, expected an object");
  CHECK(error_of({{{"content", "x"}}}) == "messages[0]: 'role' is missing");
  CHECK(error_of(Json::array({said("user", 7)})) ==
        "messages[0]: 'content' is a number, expected a string");
  CHECK(error_of(Json::array({said("user", "a")})).empty());
  const data::Scratch scratch;
  models::write_tiny_decoder(scratch / "plain.gguf");
  CHECK_THROWS_WITH_AS(load_chat_model(scratch / "plain.gguf"),
                       doctest::Contains("no chat template in it"), Error);
  const ChatModel strict = tiny_chat("{{ raise_exception('no system here') }}");
  CHECK_THROWS_WITH_AS(chat_tokens(strict, {.messages = {said("system", "x")}}),
                       doctest::Contains("refuses this conversation: no system here"), Error);
}
