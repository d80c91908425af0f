// Paths below /v1: what clients of OpenAI's API ask; and the page that asks them for a person.
#include <sodium.h>

#include <atomic>
#include <chrono>

#include "offprint/core/error.h"
#include "offprint/tasks/guided.h"
#include "offprint/web/chat_page.h"
#include "offprint/web/openai_answer.h"
#include "offprint/web/openai_request.h"
#include "offprint/web/routes.h"
#include "offprint/web/served_model.h"

namespace offprint::web {
namespace {

constexpr size_t kMostTexts = 2048;  // of one request for vectors

Reply error_of(const RequestError& error) {
  return json_reply(openai_error(error.status, error.what(), error.param, error.code),
                    error.status);
}

template <Reply (*answer)(Site&, const Request&)>
Reply openai(Site& site, const Request& r) {
  try {
    if (!r.visitor.client)
      throw RequestError("Send a key: Authorization: Bearer KEY", "", "invalid_api_key", 401);
    return answer(site, r);
  } catch (const RequestError& error) {
    return error_of(error);
  } catch (const tasks::QueueFull& error) {
    return json_reply(openai_error(503, error.what(), "", "queue_full"), 503);
  }
}

Json model_json(const std::string& name, int64_t since) {
  return {{"id", name}, {"object", "model"}, {"created", since}, {"owned_by", "offprint"}};
}

Json all_models(Site& site) {
  Json all = Json::array();
  if (const ServedModel* model = site.model()) all.push_back(model_json(model->name, model->since));
  if (site.encoder()) all.push_back(model_json(site.encoder()->name, 0));
  return all;
}

RequestError no_such_model(Site& site, const std::string& name) {
  std::string there;
  for (const Json& one : all_models(site))
    there += (there.empty() ? "" : ", ") + one["id"].get<std::string>();
  return {fmt::format("The model '{}' does not exist here; there is: {}", name.substr(0, 100),
                      there.empty() ? "none" : there),
          "model", "model_not_found", 404};
}

Reply models(Site& site, const Request&) {
  return json_reply({{"object", "list"}, {"data", all_models(site)}});
}

Reply model(Site& site, const Request& r) {
  for (const Json& one : all_models(site))
    if (one["id"] == r.captures.at(0)) return json_reply(one);
  throw no_such_model(site, r.captures.at(0));
}

ServedModel& the_model(Site& site) {
  if (ServedModel* model = site.model()) return *model;
  throw RequestError(
      "No language model is served here; start the server with one: offprint serve --model FILE",
      "model", "model_not_found", 404);
}

// A seed for who gives none: other at each request.
uint64_t any_seed() {
  uint64_t seed = 0;
  randombytes_buf(&seed, sizeof seed);
  return seed >> 1;
}

std::string new_id(const char* kind) { return fmt::format("{}{:016x}", kind, any_seed()); }

Json body_of(const Request& r) {
  try {
    return parse_json(r.body, "body");
  } catch (const Error& error) {
    throw RequestError(error.what(), "");
  }
}

// More than `places` would never begin.
std::unique_ptr<tasks::Completion> ask(ServedModel& model, tasks::CompletionRequest request,
                                       const char* param) {
  const int64_t most = model.queue.limits().places;
  if (request.choices > most)
    throw RequestError(fmt::format("n: {}, expected 1 to {}", request.choices, most), "n");
  const int64_t context = model.chat.model.decoder.options.context;
  if (std::ssize(request.prompt) >= context)
    throw RequestError(fmt::format("The prompt has {} tokens, expected fewer than the model's {}",
                                   request.prompt.size(), context),
                       param, "context_length_exceeded");
  return model.queue.ask(std::move(request));
}

Reply answered(const TextRequest& asked, AnswerShape shape, const ServedModel& model,
               std::vector<std::unique_ptr<tasks::Completion>> completions) {
  shape.model = model.name, shape.created = now_seconds();
  shape.stream = asked.stream, shape.usage = asked.usage, shape.likelihoods = asked.likelihoods;
  const auto answer = std::make_shared<OpenAiAnswer>(std::move(shape), model.chat.model.tokens,
                                                     asked.choices, std::move(completions));
  Reply reply{.body = "", .type = asked.stream ? "text/event-stream" : "application/json"};
  reply.more = [answer] { return answer->next(); };
  reply.more_waits = true;
  return reply;
}

Reply chat_completions(Site& site, const Request& r) {
  const Json body = body_of(r);
  ServedModel& model = the_model(site);
  ChatCompletionRequest asked = chat_completion_request(body, model.chat, any_seed());
  if (asked.model != model.name && !asked.model.empty()) throw no_such_model(site, asked.model);
  tasks::CompletionRequest request;
  try {
    request.prompt = tasks::chat_tokens(model.chat, asked.chat);
  } catch (const Error& error) {
    throw RequestError(error.what(), "messages");
  }
  request.options = asked.options, request.choices = asked.choices;
  if (asked.rule) request.guide = tasks::guide(model.chat.model, std::move(*asked.rule));
  std::vector<std::unique_ptr<tasks::Completion>> completions;
  completions.push_back(ask(model, std::move(request), "messages"));
  return answered(asked, {.id = new_id("chatcmpl-"), .chat = true, .calls = asked.calls}, model,
                  std::move(completions));
}

Reply completions(Site& site, const Request& r) {
  const Json body = body_of(r);
  ServedModel& model = the_model(site);
  PlainCompletionRequest asked = plain_completion_request(body, model.chat, any_seed());
  if (asked.model != model.name && !asked.model.empty()) throw no_such_model(site, asked.model);
  if (std::ssize(asked.prompts) > model.queue.limits().waiting)
    throw RequestError(fmt::format("prompt: {} texts, expected at most {}", asked.prompts.size(),
                                   model.queue.limits().waiting),
                       "prompt");
  std::vector<std::unique_ptr<tasks::Completion>> all;
  for (auto& prompt : asked.prompts) {
    tasks::CompletionRequest request;
    request.prompt = std::move(prompt);
    request.options = asked.options, request.choices = asked.choices;
    all.push_back(ask(model, std::move(request), "prompt"));
  }
  AnswerShape shape{.id = new_id("cmpl-")};
  if (asked.echo) shape.echo = asked.texts;
  return answered(asked, std::move(shape), model, std::move(all));
}

std::vector<std::string> texts_to_embed(const Json& body) {
  const Json input = body.value("input", Json());
  const bool one = input.is_string();
  if (!one && !input.is_array())
    throw RequestError(
        fmt::format("input: {}, expected a text or a list of texts", json_kind(input)), "input");
  std::vector<std::string> texts;
  for (const Json& text : one ? Json::array({input}) : input) {
    if (!text.is_string())
      throw RequestError(fmt::format("input[{}]: {}, expected a text (tokens are not taken)",
                                     texts.size(), json_kind(text)),
                         "input");
    texts.push_back(text);
    if (texts.back().empty())
      throw RequestError(fmt::format("input[{}]: it is empty", texts.size() - 1), "input");
  }
  if (texts.empty() || texts.size() > kMostTexts)
    throw RequestError(fmt::format("input: {} texts, expected 1 to {}", texts.size(), kMostTexts),
                       "input");
  return texts;
}

std::string base64(std::span<const float> values) {
  const size_t bytes = values.size_bytes();
  std::string text(sodium_base64_ENCODED_LEN(bytes, sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(values.data()),
                    bytes, sodium_base64_VARIANT_ORIGINAL);
  text.resize(text.find('\0'));
  return text;
}

Reply embeddings(Site& site, const Request& r) {
  const Json body = body_of(r);
  if (!body.is_object())
    throw RequestError(fmt::format("body: {}, expected an object", json_kind(body)), "");
  const feed::Encoder* encoder = site.encoder();
  if (!encoder)
    throw RequestError("No model for vectors is here; ./start installs MiniLM", "model",
                       "model_not_found", 404);
  const auto name = member<std::string>(body, "model").value_or(encoder->name);
  if (name != encoder->name) throw no_such_model(site, name);
  const auto width = member<int64_t>(body, "dimensions").value_or(encoder->width);
  if (width != encoder->width)
    throw RequestError(fmt::format("dimensions: {}, expected {}", width, encoder->width),
                       "dimensions");
  const auto format = member<std::string>(body, "encoding_format").value_or("float");
  if (format != "float" && format != "base64")
    throw RequestError(
        fmt::format("encoding_format: '{}', expected 'float' or 'base64'", format.substr(0, 40)),
        "encoding_format");
  const std::vector<std::string> texts = texts_to_embed(body);
  const std::vector<float> rows = encoder->embed(texts);
  Json data = Json::array();
  int64_t tokens = 0;
  for (size_t i = 0; i < texts.size(); ++i) {
    const auto row =
        std::span(rows).subspan(i * static_cast<size_t>(width), static_cast<size_t>(width));
    tokens += encoder->tokens(texts[i]);
    data.push_back(
        {{"object", "embedding"},
         {"index", i},
         {"embedding", format == "base64" ? Json(base64(row))
                                          : Json(std::vector<float>(row.begin(), row.end()))}});
  }
  return json_reply({{"object", "list"},
                     {"data", data},
                     {"model", encoder->name},
                     {"usage", {{"prompt_tokens", tokens}, {"total_tokens", tokens}}}});
}

Reply chat(Site& site, const Request& r) { return page_reply(r, chat_page(site, r.visitor)); }
Reply chat_js(Site&, const Request& r) {
  if (r.path != chat_script_path()) return not_found(r);
  return {
      .body = std::string(chat_script()), .type = "text/javascript; charset=utf-8", .keep = true};
}

constexpr auto kRoutes = std::to_array<Route>({
    {"/chat", chat},
    {"/assets/chat-[0-9a-f]+\\.js", chat_js},
    {"/v1/models", openai<models>},
    {"/v1/models/(.+)", openai<model>},
    {"/v1/chat/completions", openai<chat_completions>, Post::client},
    {"/v1/completions", openai<completions>, Post::client},
    {"/v1/embeddings", openai<embeddings>, Post::client},
});

}  // namespace

std::span<const Route> openai_routes() { return kRoutes; }

std::string model_metrics(const Site& site) {
  if (!site.model()) return "";
  const tasks::QueueFigures f = site.model()->queue.figures();
  std::string text;
  const auto add = [&](const char* name, const char* kind, int64_t value) {
    text += fmt::format("# TYPE offprint_{0} {1}\noffprint_{0} {2}\n", name, kind, value);
  };
  add("texts_written_now", "gauge", f.places);
  add("requests_waiting", "gauge", f.waiting);
  add("requests_done_total", "counter", f.done);
  add("requests_left_total", "counter", f.left);
  add("tokens_drawn_total", "counter", f.said);
  add("tokens_read_total", "counter", f.read);
  add("tokens_shared_total", "counter", f.shared);
  return text;
}

}  // namespace offprint::web
