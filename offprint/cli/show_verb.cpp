#include "offprint/cli/show_verb.h"

#include <CLI/CLI.hpp>
#include <memory>

#include "offprint/core/table.h"
#include "offprint/papers/card_shelf.h"
#include "offprint/papers/card_text.h"
#include "offprint/papers/paper_json.h"

namespace offprint::cli {
namespace {

struct Given {
  std::string slug, scale = "quick";
  bool json = false;
};

void print_claims(std::ostream& out, const papers::Paper& paper, papers::Scale scale) {
  papers::RunCard unmeasured;
  unmeasured.scale = papers::scale_name(scale);
  papers::judge_all(unmeasured, paper.claims(), {});
  out << '\n' << papers::claims_table(unmeasured).to_terminal();
}

void print_options(std::ostream& out, const papers::Paper& paper, papers::Scale scale) {
  TextTable table{.title = fmt::format("Options of offprint run {} at {}", paper.slug,
                                       papers::scale_name(scale)),
                  .columns = {"option", "default", "what"},
                  .rows = {}};
  for (const OptionInfo& option : paper.options(scale)) {
    const std::string value =
        option.value.is_string() ? option.value.get<std::string>() : json_text(option.value);
    table.rows.push_back({"--" + option.name, value, option.help});
  }
  out << '\n' << table.to_terminal();
}

void show(std::ostream& out, const Given& given) {
  const papers::Paper& paper = papers::find_paper(given.slug);
  const papers::Scale scale = papers::parse_scale(given.scale);
  const auto card = papers::CardShelf().best(paper.slug);
  if (given.json) {
    out << json_text(papers::to_json(paper, card), 2) << '\n';
    return;
  }
  out << papers::paper_text(paper);
  if (!paper.runs()) {
    out << "\nIt does not run here yet.\n";
    return;
  }
  if (card)
    out << "\nLast measured here (" << papers::card_line(*card) << "):\n\n"
        << papers::claims_table(*card).to_terminal();
  else
    print_claims(out, paper, scale);
  print_options(out, paper, scale);
  out << "\nMeasure it: offprint run " << paper.slug << '\n';
}

}  // namespace

void add_show_verb(CLI::App& program, Context& context) {
  const auto given = std::make_shared<Given>();
  CLI::App* verb = program.add_subcommand("show", "one paper: what it claims, what we measured");
  verb->add_option("SLUG", given->slug, "as offprint list shows it, or an arXiv number")
      ->required();
  verb->add_option("--scale", given->scale, "scale of the bars and options shown")
      ->capture_default_str();
  verb->add_flag("--json", given->json, "print JSON");
  verb->footer("Example: offprint show s4d");
  verb->callback([&context, given] { show(context.out, *given); });
}

}  // namespace offprint::cli
