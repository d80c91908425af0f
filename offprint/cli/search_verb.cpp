#include "offprint/cli/search_verb.h"

#include <CLI/CLI.hpp>
#include <memory>

#include "offprint/cli/feed_folder.h"
#include "offprint/core/error.h"
#include "offprint/core/json.h"
#include "offprint/core/table.h"
#include "offprint/feed/calendar.h"
#include "offprint/feed/query.h"
#include "offprint/web/site.h"

namespace offprint::cli {
namespace {

struct Given {
  FeedPlace place;
  std::vector<std::string> words;
  int64_t limit = 10;
  bool json = false;
};

std::string_view why(feed::Found found) {
  return found == feed::Found::meaning      ? "meaning"
         : found == feed::Found::some_words ? "some words"
                                            : "words";
}

void search(Context& context, const Given& given) {
  const feed::Query query = feed::parse_query(fmt::format("{}", fmt::join(given.words, " ")));
  web::Site site(feed_folder(given.place), {.database = given.place.database});
  Progress progress = context.progress();
  site.embed_new(progress);
  const feed::SearchPage page = site.search().find(query, {.limit = given.limit});
  TextTable table{.title = "", .columns = {"paper", "title", "published", "by"}, .rows = {}};
  Json rows = Json::array();
  for (size_t i = 0; i < page.papers.size(); ++i) {
    const store::Paper& paper = page.papers[i];
    const std::string day = feed::period_text(feed::period_of(feed::Span::day, paper.published_at));
    const std::string name = paper.slug.empty() ? paper.id : paper.slug;
    table.rows.push_back({name, paper.title, day, std::string(why(page.found[i]))});
    rows.push_back({{"id", paper.id},
                    {"slug", paper.slug},
                    {"title", paper.title},
                    {"published", day},
                    {"found_by", why(page.found[i])}});
  }
  if (given.json) {
    context.out << json_text(rows, 2) << '\n';
    return;
  }
  context.out << (table.rows.empty() ? "Nothing was found.\n" : table.to_terminal());
  if (!site.search().knows_meaning())
    context.out << "Words alone were compared: " << site.search().why_not() << '\n';
}

}  // namespace

void add_search_verb(CLI::App& program, Context& context) {
  const auto given = std::make_shared<Given>();
  CLI::App* verb = program.add_subcommand("search", "papers that name the words, then near ones");
  verb->add_option("WORDS", given->words,
                   "words, \"exact phrases\", author:name, year:2020-2023, runs:yes, topic:\"...\"")
      ->required();
  verb->add_option("--limit", given->limit, "how many papers")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  add_feed_flags(*verb, given->place);
  verb->add_flag("--json", given->json, "print JSON");
  verb->footer("Example: offprint search state space models year:2022-2023");
  verb->callback([&context, given] { search(context, *given); });
}

}  // namespace offprint::cli
