#include "offprint/cli/replay_run.h"

#include <numeric>

#include "offprint/cli/side_by_side.h"
#include "offprint/core/error.h"
#include "offprint/core/json.h"
#include "offprint/core/table.h"
#include "offprint/tasks/counterfactual.h"

namespace offprint::cli {
namespace {

constexpr const char* kKind = "offprint run of a language model";

tasks::Intervention intervene(const tasks::LanguageModel& model, const tasks::Answer& factual,
                              const std::string& replace) {
  if (replace.empty()) return {factual.prompt, {}, {}, 0};
  const size_t equals = replace.find('=');
  require(equals != replace.npos && equals > 0, "--replace: '{}', expected \"this=that\"", replace);
  const std::string from = replace.substr(0, equals), to = replace.substr(equals + 1);
  const bool in_prompt = model.decode(factual.prompt).find(from) != std::string::npos;
  require(in_prompt || model.decode(factual.tokens).find(from) != std::string::npos,
          "--replace: neither the prompt nor the answer has '{}'", from);
  return in_prompt ? replace_in_prompt(model, factual, from, to)
                   : replace_in_answer(model, factual, from, to);
}

}  // namespace

void save_run(const std::filesystem::path& path, const std::filesystem::path& model,
              const tasks::Generated& said, const tasks::GenerateOptions& o) {
  tasks::Answer a;
  a.prompt = said.prompt, a.tokens = said.tokens, a.text = said.text, a.reason = said.reason;
  a.seed = o.seed;
  const tasks::AnswerOptions options = {
      .sampling = o.sampling, .luck = o.luck, .most_tokens = o.most_tokens, .stops = o.stops};
  Json run = {{"kind", kKind},
              {"model", std::filesystem::absolute(model).string()},
              {"model_bytes", std::filesystem::file_size(model)}};
  run.update(to_json(a, options));
  write_json(path, run);
}

void replay_run(const Replay& given, Context& context) {
  const std::string source = given.run.string();
  const Json run = read_json(given.run);
  require(run.is_object() && run.value("kind", Json()) == kKind,
          "{}: not what generate --save writes", source);
  const auto [factual, options] = tasks::answer_from_json(run, source);
  const std::filesystem::path path =
      given.model.empty() ? std::filesystem::path(json_get<std::string>(run, "model", source))
                          : given.model;
  const tasks::LanguageModelFile file = tasks::load_language_model(path);
  require(std::filesystem::file_size(path) == json_get<uint64_t>(run, "model_bytes", source),
          "{}: said by another model than {}", source, path.string());
  const tasks::FileLanguageModel model(file);
  const tasks::Intervention change = intervene(model, factual, given.replace);
  Progress progress = context.progress();
  progress.start("saying it again");
  const tasks::Answer now = replay(model, factual, change, options, factual.seed, progress);
  if (given.replace.empty())
    require(now.tokens == factual.tokens || progress.stop_requested(),
            "{}: this machine says something else now: {}", source, json_text(now.text));
  const double distance = distance_after(factual, now, change);
  if (given.json) {
    context.out << json_text({{"prompt", model.decode(now.prompt)},
                              {"factual", factual.text},
                              {"counterfactual", now.text},
                              {"tokens", now.tokens},
                              {"reason", now.reason},
                              {"distance", distance}},
                             2)
                << '\n';
  } else if (given.replace.empty()) {
    context.out << now.text << '\n';
  } else {
    const std::string before = model.decode(factual.prompt), after = model.decode(now.prompt);
    context.out << side_by_side("as it was", before + factual.text, given.replace, after + now.text,
                                terminal_side_by_side())
                << fmt::format("\nof the tokens after the change, {} % differ\n",
                               number_text(100 * distance, 3));
  }
}

}  // namespace offprint::cli
