#include "offprint/cli/digest_verb.h"

#include <CLI/CLI.hpp>
#include <memory>

#include "offprint/cli/feed_folder.h"
#include "offprint/core/error.h"
#include "offprint/feed/digest.h"
#include "offprint/feed/lists.h"
#include "offprint/store/subscriptions.h"
#include "offprint/web/site.h"

namespace offprint::cli {
namespace {

struct Given {
  FeedPlace place;
  std::string mbox, smtp, from, site = "http://localhost:8400", date, week;
  int64_t papers = 20;
};

feed::Period period_of(const store::Database& database, const Given& given) {
  if (!given.date.empty()) return feed::parse_period(feed::Span::day, given.date);
  if (!given.week.empty()) return feed::parse_period(feed::Span::week, given.week);
  const auto latest = feed::latest_period(database, feed::Span::day);
  require(latest.has_value(), "digest: no paper is listed yet");
  return *latest;
}

// To everybody who subscribed.
void send(Context& context, store::Database& database, const feed::DigestOptions& options,
          feed::MailSink& sink) {
  Progress progress = context.progress();
  const feed::DigestCount count = feed::send_digest(database, options, sink, progress);
  context.out << fmt::format("{}: {} papers to {} subscribers, {} failed, {} unsure\n",
                             feed::period_text(options.period), count.papers, count.sent,
                             count.failed, count.unsure);
  if (!count.first_reason.empty())
    context.out << "The first that failed: " << count.first_reason << '\n';
  if (count.stopped) context.exit_code = kStopped;
}

void digest(Context& context, const Given& given) {
  const auto database = open_feed(given.place);
  feed::DigestOptions options;
  options.period = period_of(*database, given);
  options.from = given.from, options.site = given.site, options.most_papers = given.papers;
  options.now = web::now_seconds();
  const bool sends = !given.mbox.empty() || !given.smtp.empty();
  require(!sends || !given.from.empty(),
          "digest: no sender, expected --from papers@example.org or another address");
  if (!given.mbox.empty()) return send(context, *database, options, *feed::mbox_sink(given.mbox));
  if (!given.smtp.empty()) return send(context, *database, options, *feed::smtp_sink(given.smtp));
  // Nothing is sent: how it would look.
  feed::ListRequest request;
  request.period = options.period, request.sort = store::Order::trending;
  request.limit = std::min<int64_t>(given.papers, 100), request.now = options.now;
  const auto papers = feed::list_page(*database, request).papers;
  if (options.from.empty()) options.from = "papers@example.org";
  const store::Subscription reader{.email = "reader@example.org", .leave_token = "TOKEN"};
  context.out << feed::digest_mail(options, papers, reader).text
              << fmt::format("\n{} subscribers; --smtp or --to sends it.\n",
                             store::count_subscriptions(*database));
}

}  // namespace

void add_digest_verb(CLI::App& program, Context& context) {
  const auto given = std::make_shared<Given>();
  CLI::App* verb = program.add_subcommand("digest", "a day's papers by mail to all subscribers");
  auto* mbox = verb->add_option("--to", given->mbox, "append the mails to this mbox file");
  verb->add_option("--smtp", given->smtp, "send them by this server, smtp://host:25")
      ->excludes(mbox);
  verb->add_option("--from", given->from, "their sender, \"Offprint <papers@example.org>\"");
  verb->add_option("--site", given->site, "address of the site, for links")->capture_default_str();
  auto* date = verb->add_option("--date", given->date, "the day, 2025-10-30; default: the newest");
  verb->add_option("--week", given->week, "a week, 2025-W44")->excludes(date);
  verb->add_option("--papers", given->papers, "how many at most")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  add_feed_flags(*verb, given->place);
  verb->footer(
      "Without --to and --smtp it prints the mail. May be stopped and called again: nobody gets "
      "two.\nExample: offprint digest --smtp smtp://localhost:25 --from papers@example.org");
  verb->callback([&context, given] { digest(context, *given); });
}

}  // namespace offprint::cli
