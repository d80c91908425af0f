#include "offprint/feed/digest.h"

#include "offprint/core/error.h"
#include "offprint/core/markup.h"
#include "offprint/feed/accounts.h"
#include "offprint/feed/atom.h"
#include "offprint/store/hold.h"
#include "offprint/store/papers.h"

namespace offprint::feed {
namespace {

constexpr int64_t kConfirmSeconds = 3 * 86400;
constexpr int64_t kBatch = 200;
// A server that refuses so many in a row is down: the rest waits for the next call.
constexpr int64_t kMostFailuresInARow = 20;

std::string host_of(const std::string& from) {
  const std::string address = address_of(from);
  return address.substr(address.find('@') + 1);
}

std::string who(const store::Paper& p) {
  if (p.authors.empty()) return p.organisation;
  if (p.author_count > 3) return fmt::format("{} and {} more", p.authors[0], p.author_count - 1);
  std::string names;
  for (const std::string& author : p.authors) names += (names.empty() ? "" : ", ") + author;
  return names;
}

const std::string& about(const store::Paper& p) {
  return p.summary.empty() ? p.abstract : p.summary;
}

std::string mail_id(const DigestOptions& options, const store::Subscription& subscriber) {
  return fmt::format("digest.{}.{}@{}", period_text(options.period), subscriber.key,
                     host_of(options.from));
}

std::string title_of(const DigestOptions& options) {
  return "Papers of " + period_text(options.period);
}

std::string leave_url(const DigestOptions& options, const store::Subscription& subscriber) {
  return options.site + "/unsubscribe/" + path_text(subscriber.leave_token);
}

std::string plain(const DigestOptions& options, std::span<const store::Paper> papers,
                  const std::string& leave) {
  std::string out = title_of(options) + "\n\n";
  for (const store::Paper& p : papers)
    out += fmt::format("{}\n{}\n{}{}\n\n{}\n\n\n", p.title, who(p), options.site, paper_path(p),
                       about(p));
  return out + "-- \nYou asked for this mail at " + options.site + ".\nStop it: " + leave + "\n";
}

std::string html(const DigestOptions& options, std::span<const store::Paper> papers,
                 const std::string& leave) {
  std::string out = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>{0}</title></head>"
      "\n<body style=\"font-family: Georgia, serif; max-width: 40em; margin: 1em auto\">\n"
      "<h1>{0}</h1>\n",
      escape_markup(title_of(options)));
  for (const store::Paper& p : papers)
    out += fmt::format("<h2><a href=\"{}\">{}</a></h2>\n<p>{}</p>\n<p>{}</p>\n",
                       escape_markup(options.site + paper_path(p)), escape_markup(p.title),
                       escape_markup(who(p)), escape_markup(about(p)));
  return out + fmt::format(
                   "<p>You asked for this mail at <a href=\"{0}\">{0}</a>. <a href=\"{1}\">Stop "
                   "it</a>.</p>\n</body>\n</html>\n",
                   escape_markup(options.site), escape_markup(leave));
}

// Mails that a sender who died had begun: those the sink has are noted as sent, those it knows it
// has not are sent again; others stay unsure.
int64_t settle_unsure(store::Database& database, const DigestOptions& options, MailSink& sink) {
  const std::string period = period_text(options.period);
  for (const store::Subscription& subscriber : store::unsure(database, period))
    if (const auto taken = sink.has(mail_id(options, subscriber)))
      store::end_delivery(database, subscriber.key, period,
                          *taken ? "" : "the sender ended before it was written", options.now);
  return store::count_unsure(database, period);
}

MailAnswer deliver(store::Database& database, const DigestOptions& options,
                   std::span<const store::Paper> papers, const store::Subscription& subscriber,
                   MailSink& sink) {
  const std::string period = period_text(options.period);
  bool begun = false;
  MailAnswer answer;
  try {
    answer = sink.send(digest_mail(options, papers, subscriber), [&] {
      begun = store::begin_delivery(database, subscriber.key, period, options.now);
      require(begun, "unsubscribed meanwhile");
    });
  } catch (const Error& error) {
    if (std::string_view(error.what()).starts_with("store: ")) throw;
    answer = {MailAnswer::Kind::refused, error.what()};
  }
  if (begun && answer.kind != MailAnswer::Kind::unknown)
    store::end_delivery(database, subscriber.key, period, answer.reason, options.now);
  return answer;
}

}  // namespace

AskedSubscription subscribe(store::Database& database, std::string_view email, int64_t now) {
  std::string address = address_of(email);
  for (char& c : address)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  AskedSubscription asked{random_token(), false};
  asked.already = !store::ask_subscription(database, address, token_hash(asked.confirm_token),
                                           random_token(), now);
  return asked;
}

Mail confirmation_mail(const std::string& from, std::string_view email, const std::string& site,
                       const std::string& confirm_token, int64_t now) {
  const std::string link = site + "/confirm/" + path_text(confirm_token);
  const std::string text = fmt::format(
      "Somebody, hopefully you, asked for trending papers by mail from {}.\n\nYes, send them: "
      "{}\n\nIf it was not you, do nothing: no mail will come.\n",
      site, link);
  Mail mail{from, std::string(email), "Trending papers by mail: yes?", text, "", "", "", now};
  mail.html = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Trending papers by "
      "mail</title></head><body><p>Somebody, hopefully you, asked for trending papers by mail from "
      "{0}.</p><p><a href=\"{1}\">Yes, send them</a></p><p>If it was not you, do nothing: no mail "
      "will come.</p></body></html>\n",
      escape_markup(site), escape_markup(link));
  mail.id = fmt::format("confirm.{}@{}", token_hash(confirm_token).substr(0, 24), host_of(from));
  return mail;
}

bool confirm(store::Database& database, std::string_view token, int64_t now) {
  return store::confirm_subscription(database, token_hash(token), now - kConfirmSeconds, now)
      .has_value();
}

Mail digest_mail(const DigestOptions& options, std::span<const store::Paper> papers,
                 const store::Subscription& subscriber) {
  const std::string leave = leave_url(options, subscriber);
  return {options.from,
          subscriber.email,
          title_of(options) + ": " + papers.front().title,
          plain(options, papers, leave),
          html(options, papers, leave),
          mail_id(options, subscriber),
          leave,
          options.now};
}

DigestCount send_digest(store::Database& database, const DigestOptions& options, MailSink& sink,
                        Progress& progress) {
  const auto alone = store::hold(database, "digest");
  require(alone != nullptr, "digest: another process is sending it, expected one at a time");
  const std::string period = period_text(options.period);
  const auto papers = store::list_papers(database, {.from = options.period.begins_at(),
                                                    .until = options.period.ends_at(),
                                                    .order = store::Order::trending,
                                                    .now = options.now,
                                                    .limit = options.most_papers});
  DigestCount count;
  count.papers = static_cast<int64_t>(papers.size());
  if (papers.empty()) return count;
  count.unsure = settle_unsure(database, options, sink);
  progress.start("mailing the papers of " + period, store::count_subscriptions(database));
  int64_t last = 0, failures = 0;
  for (;;) {
    const auto batch = store::undelivered(database, period, last, kBatch);
    if (batch.empty()) return count;
    for (const store::Subscription& subscriber : batch) {
      count.stopped = progress.stop_requested();
      if (count.stopped || failures >= kMostFailuresInARow) return count;
      const MailAnswer answer = deliver(database, options, papers, subscriber, sink);
      using Kind = MailAnswer::Kind;
      failures = answer.kind == Kind::taken ? 0 : failures + 1;
      ++(answer.kind == Kind::taken     ? count.sent
         : answer.kind == Kind::refused ? count.failed
                                        : count.unsure);
      if (count.first_reason.empty()) count.first_reason = answer.reason;
      progress.at(count.sent + count.failed);
      last = subscriber.key;
    }
  }
}

}  // namespace offprint::feed
