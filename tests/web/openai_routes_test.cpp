// A tiny model served to clients of OpenAI's API.
#include <doctest/doctest.h>

#include <set>

#include "offprint/web/served_model.h"
#include "tests/data/scratch.h"
#include "tests/models/tiny_decoder.h"
#include "tests/web/running_server.h"

using namespace offprint;

namespace {

std::shared_ptr<web::ServedModel> tiny_model(const tasks::CompletionLimits& limits = {}) {
  const data::Scratch scratch;
  models::write_tiny_decoder(scratch / "m.gguf",
                             {.context = 2048,
                              .chat_template = "{% for m in messages %}{{ m.role }}:{{ m.content }}"
                                               "<|end|>{% endfor %}"});
  return std::make_shared<web::ServedModel>(scratch / "m.gguf", "tiny", limits);
}

struct Asked {
  int status = 0;
  Json json;
  std::string body;
};

struct Served : RunningServer {
  explicit Served(const std::string& name, web::SiteOptions options = {}, bool model = true)
      : RunningServer(name, std::move(options)) {
    if (model) site->serve(tiny_model());
  }
  Asked post(const std::string& path, const std::string& body,
             httplib::Headers headers = {}) const {
    httplib::Client client("127.0.0.1", server->port());
    client.set_read_timeout(60);
    const auto reply = client.Post(path.c_str(), headers, body, "application/json");
    REQUIRE_MESSAGE(reply, path);
    const bool json = reply->get_header_value("Content-Type").starts_with("application/json");
    return {reply->status, json ? parse_json(reply->body, path) : Json(), reply->body};
  }
  Asked chat(Json more, httplib::Headers headers = {}) const {
    if (!more.contains("messages"))
      more["messages"] = Json::array({{{"role", "user"}, {"content", "hello"}}});
    if (!more.contains("max_tokens")) more["max_tokens"] = 12;
    return post("/v1/chat/completions", json_text(more), headers);
  }
  // The error's message, after looking that it has OpenAI's shape.
  std::string refused(const Asked& asked, int status, const Json& param, const Json& code) const {
    CHECK_MESSAGE(asked.status == status, asked.body);
    REQUIRE(asked.json.contains("error"));
    const Json& error = asked.json["error"];
    CHECK(error.size() == 4);
    CHECK(error["type"].is_string());
    CHECK_MESSAGE(error["param"] == param, asked.body);
    CHECK_MESSAGE(error["code"] == code, asked.body);
    return error["message"];
  }
  std::string refused_chat(Json more, const Json& param) const {
    return refused(chat(std::move(more)), 400, param, nullptr);
  }
};

const Served& running() {
  static const Served one("openai");
  return one;
}

// The JSON of each event; the last is "[DONE]".
std::vector<Json> events(const std::string& body) {
  std::vector<Json> all;
  bool done = false;
  for (size_t at = 0; at < body.size();) {
    const size_t end = body.find("\n\n", at);
    REQUIRE(end != body.npos);
    const std::string line = body.substr(at, end - at);
    REQUIRE(line.starts_with("data: "));
    CHECK_FALSE(done);
    done = line == "data: [DONE]";
    if (!done) all.push_back(parse_json(line.substr(6), "event"));
    at = end + 2;
  }
  CHECK(done);
  return all;
}

}  // namespace

TEST_CASE("openai: a conversation is answered whole, the same for the same seed") {
  const Asked one = running().chat({{"model", "tiny"}, {"seed", 3}});
  REQUIRE_MESSAGE(one.status == 200, one.body);
  CHECK(one.json["object"] == "chat.completion");
  CHECK(one.json["model"] == "tiny");
  const Json& choice = one.json["choices"][0];
  CHECK(choice["message"]["role"] == "assistant");
  CHECK(choice["logprobs"].is_null());
  const Json& usage = one.json["usage"];
  CHECK(usage["prompt_tokens"] == 11);  // "user:hello<|end|>"
  CHECK(usage["completion_tokens"] <= 12);
  CHECK(usage["total_tokens"] ==
        usage["prompt_tokens"].get<int64_t>() + usage["completion_tokens"].get<int64_t>());
  CHECK(running().chat({{"seed", 3}}).json["choices"] == one.json["choices"]);
  CHECK(running().chat({{"seed", 4}}).json["choices"] != one.json["choices"]);
}

TEST_CASE("openai: a stream says what the whole answer says, then its usage") {
  const Json ask = {{"seed", 8}, {"n", 2}, {"logprobs", true}, {"top_logprobs", 2}};
  const Json whole = running().chat(ask).json;
  Json stream = ask;
  stream["stream"] = true, stream["stream_options"] = {{"include_usage", true}};
  const auto all = events(running().chat(stream).body);
  REQUIRE(all.size() >= 3);
  CHECK(all.back()["choices"].empty());
  CHECK(all.back()["usage"] == whole["usage"]);
  for (size_t i = 0; i < 2; ++i) {
    std::string text, reason;
    Json tokens = Json::array();
    bool begun = false;
    for (const Json& event : all)
      for (const Json& choice : event["choices"]) {
        if (choice["index"] != i) continue;
        CHECK(choice["delta"].contains("role") == !begun);
        begun = true;
        text += choice["delta"].value("content", "");
        for (const Json& token : choice["logprobs"]["content"]) tokens.push_back(token);
        if (!choice["finish_reason"].is_null()) reason = choice["finish_reason"];
      }
    CHECK(text == whole["choices"][i]["message"]["content"]);
    CHECK(reason == whole["choices"][i]["finish_reason"]);
    CHECK(tokens == whole["choices"][i]["logprobs"]["content"]);
  }
}

TEST_CASE("openai: likelihoods name tokens, falling, each with its bytes") {
  const Json said =
      running().chat({{"logprobs", true}, {"top_logprobs", 4}, {"seed", 1}}).json["choices"][0];
  REQUIRE(said["logprobs"]["content"].size() >= 1);
  for (const Json& one : said["logprobs"]["content"]) {
    CHECK(one["logprob"] <= 0);
    CHECK(one["bytes"].size() >= 1);
    CHECK(one["top_logprobs"].size() == 4);
    CHECK(one["top_logprobs"][0]["logprob"] >= one["logprob"]);
  }
}

TEST_CASE("openai: an answer obeys its schema, and any object where only JSON is asked for") {
  const Json schema = {
      {"type", "object"},
      {"properties", {{"age", {{"type", "integer"}, {"minimum", 0}, {"maximum", 120}}}}},
      {"required", {"age"}},
      {"additionalProperties", false}};
  for (int seed = 0; seed < 5; ++seed) {
    const Json said = running()
                          .chat({{"seed", seed},
                                 {"max_tokens", 200},
                                 {"response_format",
                                  {{"type", "json_schema"},
                                   {"json_schema", {{"name", "person"}, {"schema", schema}}}}}})
                          .json["choices"][0];
    CHECK(said["finish_reason"] == "stop");
    const Json person = parse_json(said["message"]["content"].get<std::string>(), "answer");
    CHECK(person.size() == 1);
    CHECK(person["age"] <= 120);
  }
  const Json any = running().chat({{"response_format", {{"type", "json_object"}}}}).json;
  CHECK(any["choices"][0]["message"]["content"].get<std::string>().starts_with("{"));
}

TEST_CASE("openai: a call that is required is made, with arguments that obey the tool's schema") {
  const Json tool = {
      {"type", "function"},
      {"function",
       {{"name", "weather"},
        {"parameters",
         {{"type", "object"},
          {"properties",
           {{"city", {{"enum", {"Oslo", "Rome"}}}}, {"days", {{"$ref", "#/$defs/days"}}}}},
          {"required", {"city", "days"}},
          {"additionalProperties", false},
          {"$defs", {{"days", {{"type", "integer"}, {"minimum", 1}, {"maximum", 9}}}}}}}}}};
  Json ask = {{"tools", Json::array({tool})}, {"tool_choice", "required"}, {"max_tokens", 300}};
  for (int seed = 0; seed < 4; ++seed) {
    ask["seed"] = seed;
    const Json said = running().chat(ask).json["choices"][0];
    CHECK(said["finish_reason"] == "tool_calls");
    CHECK(said["message"]["content"].is_null());
    const Json& call = said["message"]["tool_calls"][0];
    CHECK(call["type"] == "function");
    CHECK(call["function"]["name"] == "weather");
    const Json arguments = parse_json(call["function"]["arguments"].get<std::string>(), "call");
    CHECK((arguments["city"] == "Oslo" || arguments["city"] == "Rome"));
    CHECK(arguments["days"] >= 1);
  }
  ask["stream"] = true;
  const auto all = events(running().chat(ask).body);
  REQUIRE(all.size() == 1);  // it comes whole
  CHECK(all[0]["choices"][0]["delta"]["tool_calls"][0]["function"]["name"] == "weather");
  // The answer goes back into the conversation with the tool's result.
  const Json messages = {{{"role", "user"}, {"content", "weather?"}},
                         {{"role", "assistant"},
                          {"content", nullptr},
                          {"tool_calls",
                           {{{"id", "c1"},
                             {"type", "function"},
                             {"function", {{"name", "weather"}, {"arguments", "{}"}}}}}}},
                         {{"role", "tool"}, {"tool_call_id", "c1"}, {"content", "rain"}}};
  CHECK(running().chat({{"messages", messages}, {"tools", Json::array({tool})}}).status == 200);
}

TEST_CASE("openai: completions go on from texts and tokens, echo them, and give likelihoods") {
  const auto ask = [](Json more) {
    more["max_tokens"] = 5, more["seed"] = 2;
    return running().post("/v1/completions", json_text(more)).json;
  };
  const Json two = ask({{"prompt", {"one", "two"}}, {"n", 2}, {"echo", true}, {"logprobs", 1}});
  CHECK(two["object"] == "text_completion");
  REQUIRE(two["choices"].size() == 4);
  CHECK(two["choices"][1]["text"].get<std::string>().starts_with("one"));
  CHECK(two["choices"][2]["text"].get<std::string>().starts_with("two"));
  CHECK(two["choices"][3]["index"] == 3);
  CHECK(two["choices"][0]["logprobs"]["tokens"].size() >= 1);
  const Json as_tokens = ask({{"prompt", {'o', 'n', 'e'}}});
  CHECK(("one" + as_tokens["choices"][0]["text"].get<std::string>()) == two["choices"][0]["text"]);
}

TEST_CASE("openai: mistakes are one line that names them, in OpenAI's shape") {
  const Served& s = running();
  CHECK(s.refused(s.post("/v1/chat/completions", "{\"a\":"), 400, nullptr, nullptr)
            .starts_with("body: line 1"));
  CHECK(s.refused(s.post("/v1/chat/completions", "[]"), 400, nullptr, nullptr) ==
        "body: a list, expected an object");
  CHECK(s.refused(s.post("/v1/chat/completions", "{}"), 400, "messages", nullptr) ==
        "request: 'messages' is missing");
  CHECK(s.refused_chat({{"messages", Json::array()}}, "messages") ==
        "messages: an empty list, expected a list of at least one");
  CHECK(s.refused_chat({{"temperature", "hot"}}, "temperature") ==
        "request: 'temperature' is a string, expected a number");
  CHECK(s.refused_chat({{"temperature", 3}}, "temperature") == "temperature: 3, expected 0 to 2");
  CHECK(s.refused_chat({{"n", 99}}, "n") == "n: 99, expected 1 to 8");
  CHECK(s.refused_chat({{"stop", {1}}}, "stop") ==
        "stop: a number, expected a text or a list of texts");
  CHECK(s.refused_chat({{"logit_bias", {{"x", 1}}}}, "logit_bias") ==
        "logit_bias: 'x', expected tokens 0 to 257");
  CHECK(s.refused_chat({{"top_logprobs", 2}}, "top_logprobs") ==
        "top_logprobs: only with logprobs");
  CHECK(s.refused_chat({{"tool_choice", "required"}}, "tool_choice")
            .starts_with("tool_choice: 'required', expected"));
  CHECK(s.refused_chat({{"tools", {{{"type", "function"}, {"function", {{"name", ""}}}}}}},
                       "tools") == "tools[0].function: 'name' is empty");
  CHECK(s.refused_chat({{"response_format",
                         {{"type", "json_schema"},
                          {"json_schema", {{"schema", {{"type", "number"}, {"multipleOf", 2}}}}}}}},
                       "response_format")
            .find("'multipleOf' is not supported") != std::string::npos);
  CHECK(s.refused_chat({{"messages", {{{"role", "king"}, {"content", "x"}}}}}, "messages[0].role")
            .starts_with("messages[0].role: 'king', expected"));
  CHECK(s.refused_chat({{"messages", {{{"role", "user"}, {"content", {{{"type", "image_url"}}}}}}}},
                       "messages[0].content[0].type") ==
        "messages[0].content[0].type: 'image_url', expected 'text': this model reads nothing else");
  const std::string long_text(3000, 'x');
  CHECK(s.refused(s.chat({{"messages", {{{"role", "user"}, {"content", long_text}}}}}), 400,
                  "messages", "context_length_exceeded")
            .starts_with("The prompt has 3006 tokens"));
  s.refused(s.post("/v1/completions", json_text({{"prompt", long_text}})), 400, "prompt",
            "context_length_exceeded");
  CHECK(s.refused(s.chat({{"model", "gpt-5"}}), 404, "model", "model_not_found") ==
        "The model 'gpt-5' does not exist here; there is: tiny");
  CHECK(s.refused(s.post("/v1/nothing", "{}"), 404, nullptr, nullptr) ==
        "There is nothing at /v1/nothing");
  CHECK(s.refused(s.post("/v1/embeddings", "{\"input\": \"x\"}"), 404, "model", "model_not_found")
            .starts_with("No model for vectors is here"));
  const Json wrong = parse_json(s.body("/v1/chat/completions", 405), "405");
  CHECK(wrong["error"]["message"] == "Only POST is answered here.");
}

TEST_CASE("openai: models are listed and found; without one a line says how to have one") {
  const Json list = parse_json(running().body("/v1/models"), "models");
  CHECK(list["object"] == "list");
  CHECK(list["data"][0]["id"] == "tiny");
  CHECK(parse_json(running().body("/v1/models/tiny"), "model")["object"] == "model");
  CHECK(parse_json(running().body("/v1/models/x", 404), "model")["error"]["code"] ==
        "model_not_found");
  const Served none("openai_none", {}, false);
  CHECK(none.refused(none.chat(Json::object()), 404, "model", "model_not_found") ==
        "No language model is served here; start the server with one: offprint serve --model FILE");
}

TEST_CASE("openai: any key from the owner's machine, the server's own where it has one") {
  const auto with = [](const std::string& key) {
    return httplib::Headers{{"Authorization", "Bearer " + key}};
  };
  const Json short_one = {{"max_tokens", 1}};
  CHECK(running().chat(short_one, with("sk-anything")).status == 200);
  // A page of another site is no client.
  CHECK(running().chat(short_one, {{"Origin", "https://evil.example"}}).status == 403);
  CHECK(running().chat(short_one, {{"Host", "evil.example"}}).status == 401);
  const Served locked("openai_key", {.api_key = "open sesame"});
  CHECK(locked.chat(short_one, with("open sesame")).status == 200);
  CHECK(locked.refused(locked.chat(short_one, with("sk-anything")), 401, nullptr, nullptr) ==
        "This token is unknown or has ended.");
  CHECK(locked.refused(locked.chat(short_one), 401, nullptr, "invalid_api_key")
            .starts_with("Send a key"));
  CHECK(locked.body("/v1/models", 401).find("Send a key") != std::string::npos);
  const Served shut("openai_shut", {.owner = false});
  CHECK(shut.chat(short_one).status == 401);
}

TEST_CASE("openai: a reader that leaves frees its place") {
  const auto model = tiny_model({.places = 1});
  Served s("openai_leave", {}, false);
  s.site->serve(model);
  httplib::Client client("127.0.0.1", s.server->port());
  const std::string body =
      R"({"messages": [{"role": "user", "content": "x"}], "max_tokens": 1900, "stream": true,
          "logit_bias": {"256": -100}})";
  httplib::Request request;
  request.method = "POST", request.path = "/v1/chat/completions", request.body = body;
  request.set_header("Content-Type", "application/json");
  request.content_receiver = [](const char*, size_t, uint64_t, uint64_t) { return false; };
  client.send(request);
  for (int i = 0; i < 500 && model->queue.figures().left == 0; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  CHECK(model->queue.figures().left == 1);
  CHECK(model->queue.figures().places == 0);
  CHECK(s.body("/metrics").find("\noffprint_requests_left_total 1\n") != std::string::npos);
  CHECK(s.chat(Json{{"max_tokens", 1}}).status == 200);
}

TEST_CASE(
    "openai: the page to talk loads its script and names the model, or says how to have one") {
  const std::string page = running().body("/chat");
  CHECK(page.find("data-model=\"tiny\"") != page.npos);
  const size_t at = page.find("/assets/chat-");
  REQUIRE(at != page.npos);
  const std::string script = running().body(page.substr(at, page.find('"', at) - at));
  CHECK(script.find("/v1/chat/completions") != script.npos);
  running().body("/assets/chat-0.js", 404);
  const Served none("chat_none", {}, false);
  CHECK(none.body("/chat").find("offprint serve --model smollm2") != std::string::npos);
  const Served shut("chat_shut", {.owner = false});
  CHECK(shut.body("/chat").find("Log in") != std::string::npos);
  CHECK(shut.body("/chat").find("data-model") == std::string::npos);
}
