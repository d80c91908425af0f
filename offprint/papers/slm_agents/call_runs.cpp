#include "offprint/papers/slm_agents/call_runs.h"

#include <algorithm>

#include "offprint/core/error.h"
#include "offprint/data/json_schema_check.h"
#include "offprint/tasks/guided.h"

namespace offprint::papers::slm_agents {
namespace {

Json call_message(const ToolTask& task) {
  return {{"role", "assistant"},
          {"content", ""},
          {"tool_calls",
           {{{"id", "call"},
             {"type", "function"},
             {"function", {{"name", task.tool}, {"arguments", json_text(task.arguments)}}}}}}};
}

}  // namespace

std::optional<tasks::ToolCall> find_call(const std::string& text) {
  if (auto call = tasks::tool_call_of(text)) return call;
  for (size_t begin = text.find('{'); begin != text.npos; begin = text.find('{', begin + 1)) {
    // To the brace that closes it, strings skipped.
    int depth = 0;
    bool quoted = false;
    for (size_t at = begin; at < text.size(); ++at) {
      if (quoted) {
        if (text[at] == '\\')
          ++at;
        else if (text[at] == '"')
          quoted = false;
        continue;
      }
      if (text[at] == '"') quoted = true;
      if (text[at] == '{') ++depth;
      if (text[at] != '}' || --depth > 0) continue;
      try {
        const Json json = parse_json(text.substr(begin, at + 1 - begin), "call");
        if (json.contains("name") && json["name"].is_string() && json.contains("arguments"))
          return tasks::ToolCall{json["name"], json_text(json["arguments"])};
      } catch (const Error&) {
        // No JSON: the next brace may begin some.
      }
      break;
    }
  }
  return std::nullopt;
}

Caller::Caller(const tasks::ChatModel& model, const models::TextEncoder* encoder,
               const ToolWorld& world, std::vector<ToolTask> examples)
    : model_(model), encoder_(encoder), world_(world), examples_(std::move(examples)) {
  std::vector<std::string> questions;
  for (const ToolTask& e : examples_)
    questions.push_back(e.question), tool_of_.push_back(world_.index_of(e.tool));
  if (encoder_ != nullptr) places_ = encoder_->embed(questions);
}

std::vector<size_t> Caller::offer(const ToolTask& task, const CallOptions& o, Rng& rng) const {
  const size_t wanted = world_.index_of(task.tool);
  std::vector<size_t> others;
  for (size_t i = 0; i < world_.count(); ++i)
    if (i != wanted) others.push_back(i);
  std::vector<int64_t> order = rng.permutation(std::ssize(others));
  order.resize(static_cast<size_t>(std::min<int64_t>(o.offered, std::ssize(order))));
  std::vector<size_t> out;
  for (const int64_t i : order) out.push_back(others[static_cast<size_t>(i)]);
  if (!o.absent) out[static_cast<size_t>(rng.integer(std::ssize(out)))] = wanted;
  return out;
}

Caller::Shots Caller::shots(const std::string& question, const std::vector<size_t>& offered,
                            int64_t count) const {
  Shots out;
  if (encoder_ == nullptr || count == 0) return out;
  const Tensor near = at::matmul(places_, encoder_->embed(question)).to(at::kDouble).contiguous();
  const double* likeness = near.const_data_ptr<double>();
  std::vector<size_t> order;
  for (size_t i = 0; i < examples_.size(); ++i)
    if (std::ranges::count(offered, tool_of_[i]) > 0) order.push_back(i);
  std::ranges::stable_sort(order, std::greater(), [&](size_t i) { return likeness[i]; });
  order.resize(static_cast<size_t>(std::min<int64_t>(count, std::ssize(order))));
  if (!order.empty()) out.likeness = likeness[order.front()];
  std::ranges::reverse(order);
  for (const size_t i : order) out.examples.push_back(&examples_[i]);
  return out;
}

CallRun Caller::run(const ToolTask& task, const CallOptions& o, Rng rng,
                    const std::shared_ptr<Calendar>& calendar, Progress& progress,
                    tasks::ModelState* read) const {
  const std::vector<size_t> offered = offer(task, o, rng);
  const tasks::Toolbox box = world_.toolbox(offered, calendar ? calendar : world_.full_calendar());
  const Json listed = box.listed();
  const Shots shown = shots(task.question, offered, o.shots);
  Json messages = {{{"role", "system"}, {"content", "You call functions for the user."}}};
  for (const ToolTask* e : shown.examples) {
    messages.push_back({{"role", "user"}, {"content", e->question}});
    messages.push_back(call_message(*e));
  }
  messages.push_back({{"role", "user"}, {"content", task.question}});
  tasks::ChatRequest request{.messages = tasks::messages_with_tools(messages, listed)};

  tasks::GenerateOptions write;
  write.most_tokens = o.most_tokens;
  write.sampling = {.temperature = 0};
  write.jump = o.jump, write.keep_decisions = true;
  const auto masks =
      o.guided ? tasks::guide(model_.model, tasks::tool_call_grammar(listed, o.must)) : nullptr;
  write.guide = masks.get();
  tasks::ModelState own;
  const auto say = [&] {
    return tasks::chat(
        model_, request, write, read != nullptr ? *read : own, [](std::string_view) {}, progress);
  };
  const tasks::Generated answer = say();
  CallRun out;
  out.said = answer.text;
  out.seconds = answer.seconds, out.prompt_seconds = answer.prompt_seconds;
  out.prompt_tokens = std::ssize(answer.prompt), out.tokens = std::ssize(answer.tokens);
  write.sampling = {.temperature = 0.7, .top_k = 0, .top_p = 1, .min_p = 0};
  write.keep_decisions = false;
  std::vector<std::string> samples;
  for (int64_t i = 0; i < o.samples; ++i) {
    write.seed = static_cast<uint64_t>(i) + 1;
    const tasks::Generated sample = say();
    samples.push_back(sample.text), out.sample_tokens += std::ssize(sample.tokens);
  }
  out.signals = tasks::signals_of(answer, samples);
  out.signals.likeness = shown.likeness;

  out.call = find_call(answer.text);
  if (!out.call) return out;
  const tasks::Tool* tool = box.find(out.call->name);
  out.valid =
      tool != nullptr &&
      data::schema_problem(tool->parameters, parse_json(out.call->arguments, "arguments")).empty();
  out.executable = out.valid && box.call(out.call->name, out.call->arguments).done();
  out.right = out.executable && !o.absent && is_call_of(task, *out.call);
  return out;
}

}  // namespace offprint::papers::slm_agents
