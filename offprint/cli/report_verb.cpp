#include "offprint/cli/report_verb.h"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>

#include "offprint/core/error.h"
#include "offprint/core/file.h"
#include "offprint/papers/card_shelf.h"
#include "offprint/papers/report.h"
#include "offprint/web/report_page.h"

namespace offprint::cli {
namespace {

struct Given {
  std::string format = "markdown";
  std::filesystem::path out;
  bool json = false;
};

std::string page(const std::string& format) {
  const papers::Report report = papers::make_report(papers::CardShelf());
  if (format == "json") return json_text(papers::to_json(report), 2) + '\n';
  return format == "html" ? web::report_page(report) : papers::to_markdown(report);
}

}  // namespace

void add_report_verb(CLI::App& program, Context& context) {
  const auto given = std::make_shared<Given>();
  CLI::App* verb = program.add_subcommand("report", "all measured claims as one page");
  verb->add_option("--format", given->format, "how it is written")
      ->check(CLI::IsMember({"markdown", "html", "json"}))
      ->capture_default_str();
  verb->add_option("--out", given->out, "file; default: stdout");
  verb->add_flag("--json", given->json, "the same as --format json");
  verb->footer("Example: offprint report --format html --out report.html");
  verb->callback([&context, given] {
    const std::string text = page(given->json ? "json" : given->format);
    if (given->out.empty())
      context.out << text;
    else
      write_file(given->out, text);
  });
}

}  // namespace offprint::cli
