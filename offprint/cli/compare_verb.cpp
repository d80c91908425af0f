#include "offprint/cli/compare_verb.h"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>

#include "offprint/papers/card_comparison.h"
#include "offprint/papers/card_text.h"

namespace offprint::cli {
namespace {

struct Given {
  std::filesystem::path a, b;
  bool json = false;
};

papers::RunCard read_card(const std::filesystem::path& path) {
  return papers::card_from_json(read_json(path), path.string());
}

void compare(std::ostream& out, const Given& given) {
  const papers::RunCard a = read_card(given.a), b = read_card(given.b);
  const papers::CardComparison comparison = papers::compare(a, b);
  if (given.json) {
    out << json_text(papers::to_json(comparison), 2) << '\n';
    return;
  }
  out << comparison.title << "\nA: " << papers::card_line(a) << "\nB: " << papers::card_line(b)
      << '\n';
  for (const TextTable& table : papers::comparison_tables(comparison))
    out << '\n' << table.to_terminal();
  out << '\n' << papers::comparison_line(comparison) << '\n';
}

}  // namespace

void add_compare_verb(CLI::App& program, Context& context) {
  const auto given = std::make_shared<Given>();
  CLI::App* verb = program.add_subcommand("compare", "two run cards of one paper side by side");
  verb->add_option("A", given->a, "card that offprint run --json wrote")->required();
  verb->add_option("B", given->b, "another of the same paper")->required();
  verb->add_flag("--json", given->json, "print JSON");
  verb->footer("Example: offprint compare before.json after.json");
  verb->callback([&context, given] { compare(context.out, *given); });
}

}  // namespace offprint::cli
