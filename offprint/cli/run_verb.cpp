#include "offprint/cli/run_verb.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>

#include "offprint/cli/option_flags.h"
#include "offprint/core/error.h"
#include "offprint/core/file.h"
#include "offprint/papers/card_shelf.h"
#include "offprint/papers/card_text.h"
#include "offprint/papers/run_paper.h"

namespace offprint::cli {
namespace fs = std::filesystem;
namespace {

struct Given {
  std::string slug, scale = "quick", json;
  papers::RunRequest request;
  fs::path figures;
  std::vector<std::string> words;  // the paper's own options
};

// What can go wrong after minutes is tried in the first second.
void try_outputs(const Given& given) {
  if (!given.json.empty() && given.json != "-") try_to_write(given.json);
  if (given.figures.empty()) return;
  make_folder(given.figures);
  try_to_write(given.figures / "claims.txt");
}

void write_figures(const fs::path& folder, const papers::RunCard& card) {
  write_file(folder / "claims.txt", papers::claims_table(card).to_terminal());
  for (size_t i = 0; i < card.figures.size(); ++i)
    write_file(folder / fmt::format("figure-{}.svg", i + 1), to_svg(card.figures[i].plot));
}

bool is_paper(const std::string& word) {
  return std::ranges::any_of(papers::catalog(), [&](const papers::Paper& paper) {
    return word == paper.slug || word == paper.arxiv;
  });
}

// The paper stands among its own options, whose values a parser cannot tell from it: it is the word
// that names one, else the first that is no option.
void take_slug(Given& given) {
  auto slug = std::ranges::find_if(given.words, is_paper);
  if (slug == given.words.end() && is_paper(given.json)) {  // run --json s4d
    given.slug = std::exchange(given.json, "-");
    return;
  }
  if (slug == given.words.end() && !given.words.empty() && !given.words.front().starts_with('-'))
    slug = given.words.begin();
  if (slug == given.words.end()) return;
  given.slug = *slug;
  given.words.erase(slug);
}

void run(Context& context, Given& given) {
  take_slug(given);
  require(!given.slug.empty(), "run: SLUG is missing: offprint list --runs shows the papers");
  const papers::Paper& paper = papers::find_paper(given.slug);
  given.request.scale = papers::parse_scale(given.scale);
  if (paper.runs())
    given.request.options =
        options_from_words(paper.options(given.request.scale), given.words, paper.slug);
  try_outputs(given);
  Progress progress = context.progress();
  const papers::RunCard card = papers::run_paper(paper, given.request, progress);
  const papers::CardShelf shelf;
  shelf.put(card);
  if (!given.figures.empty()) write_figures(given.figures, card);
  if (given.json == "-") {
    context.out << json_text(papers::to_json(card), 2) << '\n';
  } else {
    if (!given.json.empty()) write_json(given.json, papers::to_json(card));
    context.out << papers::card_terminal(card);
  }
  if (card.stopped)
    context.exit_code = kStopped;
  else if (papers::count(card, papers::Verdict::fails) > 0)
    context.exit_code = kClaimFailed;
}

}  // namespace

void add_run_verb(CLI::App& program, Context& context) {
  const auto given = std::make_shared<Given>();
  CLI::App* verb =
      program.add_subcommand("run", "measure a paper's claims on this machine: offprint run SLUG");
  verb->add_option("--scale", given->scale, "quick (<= 45 s), standard (<= 10 min) or full")
      ->capture_default_str();
  add_seed_flag(*verb, given->request.seed);
  verb->add_option("--device", given->request.device, "cpu, cuda, cuda:1")->capture_default_str();
  verb->add_option("--data", given->request.data,
                   "folder with the paper's data, where it is yours");
  verb->add_option("--json", given->json, "write the card to this file; - or none: to stdout")
      ->type_name("[FILE]")
      ->expected(0, 1)
      ->default_str("-")
      ->run_callback_for_default();
  verb->add_option("--figures", given->figures, "folder for the figures as SVG");
  verb->allow_extras();
  verb->footer(
      "Example: offprint run s4d --seed 2\n"
      "offprint show SLUG lists the paper's own options; give them as --name value.");
  verb->callback([&context, given, verb] {
    given->words = verb->remaining();
    run(context, *given);
  });
}

}  // namespace offprint::cli
