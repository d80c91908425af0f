// Speculative decoding against plain decoding with the same model, SmolLM2-135M Q4_1, on prompts of
// Spec-Bench (data set spec-bench): the first prompts of each kind that leave room in the model's
// context, as a chat's first turn, both ways in turns within one run. Guesses come from the text
// itself. The answers must be equal. Tokens a second of the answer, the prompt read before; a
// kind's ratio is of its summed seconds, the median over repeats.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <sstream>

#include "benchmarks/interleave.h"
#include "offprint/core/clock.h"
#include "offprint/core/error.h"
#include "offprint/core/file.h"
#include "offprint/core/numbers.h"
#include "offprint/data/catalog.h"
#include "offprint/data/weights.h"
#include "offprint/tasks/chat.h"

using namespace offprint;

namespace {

struct Given {
  int64_t prompts = 4, repeats = 5, tokens = 128, drafts = tasks::Speculation{}.drafts;
  int threads = 1;
  double temperature = 0;
};

struct Kind {
  std::vector<std::vector<int64_t>> prompts;
  int64_t tokens = 0, calls = 0;       // of answers, and of the model with guesses
  std::vector<double> plain, guessed;  // seconds, a repeat each
};

std::map<std::string, Kind> read_kinds(const tasks::ChatModel& model, const Given& given) {
  std::map<std::string, Kind> kinds;
  std::istringstream lines(read_file(data::require_set("spec-bench") / "question.jsonl"));
  for (std::string line; std::getline(lines, line);) {
    const Json question = parse_json(line, "question.jsonl");
    Kind& kind = kinds[question.at("category")];
    if (std::ssize(kind.prompts) >= given.prompts) continue;
    tasks::ChatRequest request;
    request.messages = {{{"role", "user"}, {"content", question.at("turns").at(0)}}};
    std::vector<int64_t> ids = tasks::chat_tokens(model, request);
    if (std::ssize(ids) + given.tokens <= model.model.decoder.options.context)
      kind.prompts.push_back(std::move(ids));
  }
  return kinds;
}

std::vector<double> ratios(const Kind& kind) {
  std::vector<double> out;
  for (size_t i = 0; i < kind.plain.size(); ++i) out.push_back(kind.plain[i] / kind.guessed[i]);
  return out;
}

class Race {
 public:
  explicit Race(const Given& given)
      : given_(given), model_(tasks::load_chat_model(*data::find_language_model({}))) {
    options_.most_tokens = given.tokens, options_.sampling.temperature = given.temperature;
    guessing_ = options_, guessing_.speculation = tasks::Speculation{.drafts = given.drafts};
  }

  std::map<std::string, Kind> run() {
    std::map<std::string, Kind> kinds = read_kinds(model_, given_);
    for (auto& [name, kind] : kinds) {
      kind.plain.assign(static_cast<size_t>(given_.repeats), 0), kind.guessed = kind.plain;
      for (const auto& prompt : kind.prompts) turns(prompt, kind);
    }
    return kinds;
  }

 private:
  void turns(const std::vector<int64_t>& prompt, Kind& kind) {
    tasks::ModelState read;
    tasks::GenerateOptions one = options_;
    one.most_tokens = 1;
    timed(prompt, one, read);
    for (size_t i = 0; i < kind.plain.size(); ++i) {
      tasks::Generated plain, guessed;
      for (const bool first : {true, false}) {
        const bool guesses = first == (i % 2 == 1);
        tasks::ModelState own = read;
        (guesses ? kind.guessed : kind.plain)[i] +=
            timed(prompt, guesses ? guessing_ : options_, own, guesses ? &guessed : &plain);
      }
      require(plain.tokens == guessed.tokens, "speculate: answers differ: '{}' and '{}'",
              plain.text, guessed.text);
      if (i == 0) kind.tokens += std::ssize(plain.tokens), kind.calls += guessed.calls;
    }
  }

  double timed(const std::vector<int64_t>& prompt, const tasks::GenerateOptions& options,
               tasks::ModelState& read, tasks::Generated* said = nullptr) {
    Progress silent;
    const Stopwatch watch;
    tasks::Generated out = generate(
        model_.model, prompt, options, read, [](std::string_view) {}, silent);
    const double seconds = watch.seconds();
    if (said != nullptr) *said = std::move(out);
    return seconds;
  }

  Given given_;
  tasks::ChatModel model_;
  tasks::GenerateOptions options_, guessing_;
};

void print_row(const std::string& name, const Kind& kind) {
  const auto tokens = static_cast<double>(kind.tokens);
  fmt::print(
      "{:<16} {:>5} tokens {:>7.1f} plain/s {:>7.1f} guessed/s {:>6.2f} a call  ratio {:.2f}\n",
      name, kind.tokens, tokens / median(kind.plain), tokens / median(kind.guessed),
      tokens / static_cast<double>(kind.calls), median(ratios(kind)));
}

int run(int argc, char** argv) {
  Given given;
  CLI::App program("speculative decoding against plain decoding");
  program.add_option("--prompts", given.prompts, "of each kind")->check(CLI::PositiveNumber);
  program.add_option("--repeats", given.repeats)->check(CLI::PositiveNumber);
  program.add_option("--tokens", given.tokens, "most of an answer")->check(CLI::PositiveNumber);
  program.add_option("--drafts", given.drafts);
  program.add_option("--threads", given.threads)->check(CLI::PositiveNumber);
  program.add_option("--temperature", given.temperature);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return program.exit(error);
  }
  at::set_num_threads(given.threads);
  data::require_weights("smollm2");
  const std::map<std::string, Kind> kinds = Race(given).run();
  Kind all;
  for (const auto& [name, kind] : kinds) {
    print_row(name, kind);
    all.tokens += kind.tokens, all.calls += kind.calls;
    all.plain.resize(kind.plain.size()), all.guessed.resize(kind.plain.size());
    for (size_t i = 0; i < kind.plain.size(); ++i)
      all.plain[i] += kind.plain[i], all.guessed[i] += kind.guessed[i];
  }
  print_row("all", all);
  const std::vector<double> r = ratios(all);
  fmt::print("speculate: ratio {:.2f} (min {:.2f}, max {:.2f}; guessed {:.3f} s, plain {:.3f} s)\n",
             median(r), std::ranges::min(r), std::ranges::max(r), median(all.guessed),
             median(all.plain));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return benchmarks::exit_code_of([&] { return run(argc, argv); });
}
