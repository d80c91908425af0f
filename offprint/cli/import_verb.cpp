#include "offprint/cli/import_verb.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "offprint/cli/feed_folder.h"
#include "offprint/core/error.h"
#include "offprint/core/json.h"
#include "offprint/data/download.h"
#include "offprint/feed/arxiv_id.h"
#include "offprint/feed/import.h"
#include "offprint/web/site.h"

namespace offprint::cli {
namespace {

constexpr uint64_t kLongestAnswer = uint64_t{256} << 20;

struct Given {
  FeedPlace place;
  std::string source, format, rejects, submitter;
  bool listed_now = false, json = false;
};

bool is_url(const std::string& text) {
  return text.starts_with("http://") || text.starts_with("https://");
}

feed::ImportCount import_source(store::Database& database, const Given& given,
                                const feed::ImportOptions& options, Progress& progress) {
  std::error_code error;
  const auto arxiv = feed::parse_arxiv_id(given.source);
  const bool file = std::filesystem::exists(given.source, error);
  if (file || (!is_url(given.source) && !arxiv))
    return feed::import_file(database, given.source, options, progress);
  const std::string url = arxiv ? feed::arxiv_query(arxiv->id) : given.source;
  const std::string text = data::fetch_text(url, kLongestAnswer, progress);
  return feed::import_text(database, text, url, options, progress);
}

void import_papers(Context& context, const Given& given) {
  feed::ImportOptions options;
  if (!given.format.empty()) options.format = feed::parse_format(given.format);
  options.submitter = given.submitter;
  if (given.listed_now) options.listed_at = web::now_seconds();
  options.rejects = given.rejects.empty() && !is_url(given.source)
                        ? std::filesystem::path(given.source).filename().string() + ".rejects.jsonl"
                        : given.rejects;
  const auto database = open_feed(given.place);
  Progress progress = context.progress();
  const feed::ImportCount count = import_source(*database, given, options, progress);
  if (given.json) {
    context.out << json_text({{"format", feed::format_name(count.format)},
                              {"added", count.put.added},
                              {"changed", count.put.changed},
                              {"unchanged", count.put.unchanged},
                              {"rejected", count.rejected},
                              {"stopped", count.stopped}},
                             2)
                << '\n';
  } else {
    context.out << fmt::format("{} ({}): {} added, {} changed, {} unchanged, {} rejected\n",
                               given.source, feed::format_name(count.format), count.put.added,
                               count.put.changed, count.put.unchanged, count.rejected);
    if (count.rejected > 0) {
      context.out << "The first that was rejected: " << count.first_reason << '\n';
      if (!options.rejects.empty())
        context.out << "All of them with their reasons: " << options.rejects.string() << '\n';
    }
  }
  if (count.stopped) context.exit_code = kStopped;
}

}  // namespace

void add_import_verb(CLI::App& program, Context& context) {
  const auto given = std::make_shared<Given>();
  CLI::App* verb = program.add_subcommand("import", "papers from a file, a URL or an arXiv number");
  verb->add_option("SOURCE", given->source,
                   "a file (plain or gzip), a URL that answers one, or an arXiv number")
      ->required();
  verb->add_option(
      "--format", given->format,
      "arxiv-atom, oai-pmh, arxiv-snapshot, hub-papers, bibtex or ris; default: as the "
      "text begins");
  verb->add_option(
      "--rejects", given->rejects,
      "file of the records that were rejected, line and reason; default: SOURCE's name "
      "with .rejects.jsonl, here");
  verb->add_option("--submitter", given->submitter, "who lists papers that name nobody");
  verb->add_flag("--listed-now", given->listed_now,
                 "list new papers today; default: on the day they were published");
  add_feed_flags(*verb, given->place);
  verb->add_flag("--json", given->json, "print JSON");
  verb->footer("Example: offprint import references.bib");
  verb->callback([&context, given] { import_papers(context, *given); });
}

}  // namespace offprint::cli
