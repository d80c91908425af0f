#include "offprint/cli/list_verb.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "offprint/core/error.h"
#include "offprint/core/suggest.h"
#include "offprint/core/table.h"
#include "offprint/papers/card_shelf.h"
#include "offprint/papers/card_text.h"
#include "offprint/papers/paper_json.h"

namespace offprint::cli {
namespace {

struct Given {
  std::string topic;
  bool runs = false, json = false;
};

void check_topic(const std::string& topic) {
  std::vector<std::string> topics;
  for (const papers::Paper& paper : papers::catalog()) topics.push_back(paper.topic);
  if (topic.empty() || std::ranges::find(topics, topic) != topics.end()) return;
  std::ranges::sort(topics);
  topics.erase(std::ranges::unique(topics).begin(), topics.end());
  fail("list: no topic '{}'{}, expected one of {}", topic, did_you_mean(topic, topics),
       fmt::join(topics, ", "));
}

void list(std::ostream& out, const Given& given) {
  check_topic(given.topic);
  const papers::CardShelf shelf;
  TextTable table{
      .title = "", .columns = {"slug", "title", "topic", "published", "here"}, .rows = {}};
  Json rows = Json::array();
  for (const papers::Paper& paper : papers::catalog()) {
    if ((given.runs && !paper.runs()) || (!given.topic.empty() && paper.topic != given.topic))
      continue;
    const auto card = shelf.best(paper.slug);
    if (given.json) rows.push_back(papers::to_json(paper, card));
    table.rows.push_back({paper.slug, paper.title, paper.topic, paper.published,
                          card           ? papers::verdict_summary(*card)
                          : paper.runs() ? "runs"
                                         : "not yet"});
  }
  if (given.json)
    out << json_text(rows, 2) << '\n';
  else
    out << table.to_terminal() << "offprint show SLUG tells more, offprint run SLUG runs one.\n";
}

}  // namespace

void add_list_verb(CLI::App& program, Context& context) {
  const auto given = std::make_shared<Given>();
  CLI::App* verb = program.add_subcommand("list", "the papers and whether they run here");
  verb->add_option("--topic", given->topic, "only papers of this topic");
  verb->add_flag("--runs", given->runs, "only papers that run");
  verb->add_flag("--json", given->json, "print JSON");
  verb->footer("Example: offprint list --topic 'Sequence models'");
  verb->callback([&context, given] { list(context.out, *given); });
}

}  // namespace offprint::cli
