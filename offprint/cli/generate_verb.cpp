#include "offprint/cli/generate_verb.h"

#include <CLI/CLI.hpp>
#include <cmath>
#include <filesystem>
#include <iostream>
#include <memory>

#include "offprint/cli/option_flags.h"
#include "offprint/cli/replay_run.h"
#include "offprint/cli/speculation_flags.h"
#include "offprint/core/clock.h"
#include "offprint/core/error.h"
#include "offprint/core/file.h"
#include "offprint/core/table.h"
#include "offprint/data/corpus.h"
#include "offprint/data/weights.h"
#include "offprint/tasks/generate.h"
#include "offprint/tasks/guided.h"

namespace offprint::cli {

std::filesystem::path model_file(const std::filesystem::path& given) {
  if (!given.empty()) return given;
  data::require_weights("smollm2");
  const auto found = data::find_language_model({});
  require(found.has_value(), "the package of smollm2 holds no GGUF file");
  return *found;
}

namespace {

Json to_json(const tasks::Generated& g) {
  return {{"text", g.text},
          {"tokens", g.tokens},
          {"prompt_tokens", g.prompt.size()},
          {"reason", g.reason},
          {"prompt_seconds", g.prompt_seconds},
          {"seconds", g.seconds},
          {"calls", g.calls},
          {"drafted", g.drafted},
          {"accepted", g.accepted}};
}

struct Evaluation {
  std::filesystem::path model, text;
  int64_t tokens = 0, sparse = 0;
  bool json = false;
};

constexpr const char* kSparseHelp =
    "attend to so many chosen blocks of 64 tokens, beside the first and the last eight; 0: to all";

void check_sparse(int64_t blocks) {
  require(blocks >= 0, "--sparse: {}, expected 0 or more", blocks);
}

void evaluate(const Evaluation& given, Context& context) {
  check_sparse(given.sparse);
  tasks::LanguageModelFile model = tasks::load_language_model(model_file(given.model));
  model.decoder.sparse.top_k = given.sparse;
  std::vector<int64_t> ids = model.tokens.encode(read_file(given.text), true);
  if (given.tokens > 0) ids.resize(std::min(ids.size(), static_cast<size_t>(given.tokens)));
  require(ids.size() >= 2, "{}: {} tokens, expected at least 2", given.text.string(), ids.size());
  const Stopwatch watch;
  const double nats = tasks::negative_log_likelihood(model.decoder, at::tensor(ids));
  const Json said = {{"tokens", ids.size()},
                     {"nats", nats},
                     {"perplexity", std::exp(nats)},
                     {"seconds", watch.seconds()}};
  if (given.json)
    context.out << json_text(said, 2) << '\n';
  else
    context.out << fmt::format("{} tokens: {} nats a token, perplexity {}, {} s\n", ids.size(),
                               number_text(nats), number_text(std::exp(nats)),
                               number_text(watch.seconds(), 2));
}

}  // namespace

void add_generate_verb(CLI::App& program, Context& context) {
  struct Given {
    std::filesystem::path model;
    std::string prompt;
    tasks::GenerateOptions options;
    std::string luck = "token";
    std::filesystem::path save, schema;
    Replay replay;
    int64_t sparse = 0;
    SpeculationFlags speculation;
    bool json = false;
  };
  const auto given = std::make_shared<Given>();
  CLI::App* verb = program.add_subcommand("generate", "text that a language model goes on with");
  verb->add_option("--prompt", given->prompt, "what it goes on from");
  verb->add_option("--model", given->model, "GGUF file; default: SmolLM2 135M as installed");
  verb->add_option("--save", given->save, "file that keeps the answer for --replay");
  verb->add_option("--schema", given->schema, "JSON Schema that the answer obeys")
      ->excludes("--save");
  CLI::Option* replayed =
      verb->add_option("--replay", given->replay.run, "a kept answer, said again with its luck");
  verb->add_option("--replace", given->replay.replace,
                   "\"this=that\": what is changed in its prompt or else in its words")
      ->needs(replayed);
  verb->add_option("--luck", given->luck,
                   "what luck is tied to: token, so that replays stay near; rank; inverse")
      ->capture_default_str();
  verb->add_option("--tokens", given->options.most_tokens, "most tokens")->capture_default_str();
  verb->add_option("--stop", given->options.stops, "text that ends it; may be given again");
  add_seed_flag(*verb, given->options.seed);
  verb->add_option("--sparse", given->sparse, kSparseHelp)
      ->capture_default_str()
      ->excludes("--save")
      ->excludes(replayed);
  verb->add_flag("--json", given->json, "print JSON");
  add_speculation_flags(*verb, given->speculation);
  add_option_flags(*verb, option_fields(given->options.sampling), "Sampling");
  verb->footer(
      "Example: offprint generate --prompt 'The capital of France is' --tokens 20\n"
      "A word changed, the luck the same: offprint generate --prompt 'Captain Lyra smiled' --save "
      "run.json; offprint generate --replay run.json --replace Lyra=Maeve");
  verb->callback([&context, given] {
    if (!given->replay.run.empty()) {
      given->replay.model = given->model, given->replay.json = given->json;
      return replay_run(given->replay, context);
    }
    require(!given->prompt.empty(), "generate: --prompt is required, or --replay");
    tasks::check(given->options.sampling);
    check_sparse(given->sparse);
    check(given->speculation);
    given->options.luck = tasks::parse_luck(given->luck);
    if (!given->save.empty()) try_to_write(given->save);
    const std::filesystem::path file = model_file(given->model);
    std::optional<data::GrammarRule> rule;
    if (!given->schema.empty())
      rule = data::json_schema_grammar(read_json(given->schema), given->schema.string());
    tasks::LanguageModelFile model = tasks::load_language_model(file);
    model.decoder.sparse.top_k = given->sparse;
    const auto guide = rule ? tasks::guide(model, std::move(*rule)) : nullptr;
    given->options.guide = guide.get(), given->options.jump = true;
    std::optional<tasks::LanguageModelFile> drafter;
    given->options.speculation = speculation(given->speculation, model, drafter);
    Progress silent({}, context.stop);  // the text is its own progress
    const auto say = [&](std::string_view text) {
      if (!given->json) context.out << text << std::flush;
    };
    const auto said = tasks::generate(model, given->prompt, given->options, say, silent);
    context.out << (given->json ? json_text(to_json(said), 2) : "") << '\n';
    if (guide && said.reason == "length")
      std::cerr << "offprint: cut after " << said.tokens.size()
                << " tokens, before the document was whole: --tokens\n";
    if (!given->save.empty()) save_run(given->save, file, said, given->options);
  });
}

void add_evaluate_verb(CLI::App& program, Context& context) {
  const auto given = std::make_shared<Evaluation>();
  CLI::App* verb = program.add_subcommand("evaluate", "how likely a language model finds a text");
  verb->add_option("--text", given->text, "text file, UTF-8")->required();
  verb->add_option("--model", given->model, "GGUF file; default: SmolLM2 135M as installed");
  verb->add_option("--sparse", given->sparse, kSparseHelp)->capture_default_str();
  verb->add_option("--tokens", given->tokens, "of the text's beginning; 0: all");
  verb->add_flag("--json", given->json, "print JSON");
  verb->footer("Example: offprint evaluate --text my.txt --tokens 400");
  verb->callback([&context, given] { evaluate(*given, context); });
}

}  // namespace offprint::cli
