#include "offprint/feed/digest.h"

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <map>
#include <set>
#include <thread>

#include "tests/store/scratch_database.h"

using namespace offprint;
using namespace offprint::feed;
using store::paper, store::put, store::ScratchDatabase;

namespace {

const int64_t kNow = parse_period(Span::day, "2025-10-31").begins_at();

DigestOptions options() {
  return {.period = parse_period(Span::day, "2025-10-30"),
          .from = "Offprint <papers@example.org>",
          .now = kNow};
}

struct Town : ScratchDatabase {
  explicit Town(int people) {
    auto first = paper("1", "<First> paper", options().period.begins_at());
    first.authors = {"Ada"}, first.summary = "Summary of the first.";
    put(*this, {first, paper("2", "Second", options().period.begins_at() + 10),
                paper("3", "Of another day", kNow)});
    for (int i = 0; i < people; ++i) {
      const auto asked = subscribe(*this, fmt::format("p{}@example.org", i), 100);
      REQUIRE(confirm(*this, asked.confirm_token, 200));
    }
  }
};

// Takes what its function takes.
class FunctionSink : public MailSink {
 public:
  explicit FunctionSink(std::function<MailAnswer(const Mail&)> take) : take_(std::move(take)) {}
  MailAnswer send(const Mail& mail, const std::function<void()>& last_bytes) override {
    last_bytes();
    return take_(mail);
  }
  std::optional<bool> has(std::string_view) override { return std::nullopt; }

 private:
  std::function<MailAnswer(const Mail&)> take_;
};

DigestCount send(store::Database& database, MailSink& sink) {
  Progress silent;
  return send_digest(database, options(), sink, silent);
}

std::map<std::string, int> received(const std::filesystem::path& mbox) {
  std::map<std::string, int> mails;
  const std::string text = std::filesystem::exists(mbox) ? read_file(mbox) : "";
  for (size_t at = text.find("\nTo: "); at != text.npos; at = text.find("\nTo: ", at + 1))
    ++mails[text.substr(at + 5, text.find('\n', at + 1) - at - 5)];
  return mails;
}

}  // namespace

TEST_CASE("subscribe: in two steps, without a trace of the token, within three days") {
  ScratchDatabase db;
  const auto asked = subscribe(db, "Ada@Example.org", 1000);
  CHECK(!asked.already);
  const Mail mail =
      confirmation_mail("papers@x.org", "ada@example.org", "http://x", asked.confirm_token, 1000);
  CHECK(mail.text.find("http://x/confirm/" + asked.confirm_token) != mail.text.npos);
  CHECK(mail.html.find(asked.confirm_token) != mail.html.npos);
  CHECK(!confirm(db, "wrong", 1001));
  CHECK(!confirm(db, asked.confirm_token, 1000 + 3 * 86400));
  CHECK(confirm(db, asked.confirm_token, 1001));
  CHECK(subscribe(db, "ada@example.org", 2000).already);
  CHECK_THROWS_AS(subscribe(db, "nobody", 1), Error);
}

TEST_CASE("digest: the period's papers in text and HTML, escaped, with a way out") {
  Town town(1);
  std::vector<Mail> mails;
  FunctionSink sink([&](const Mail& mail) {
    mails.push_back(mail);
    return MailAnswer{};
  });
  const DigestCount count = send(town, sink);
  CHECK(count.papers == 2);
  CHECK(count.sent == 1);
  REQUIRE(mails.size() == 1);
  const Mail& mail = mails[0];
  CHECK(mail.to == "p0@example.org");
  CHECK(mail.subject == "Papers of 2025-10-30: Second");
  CHECK(mail.text.find("Summary of the first.") != mail.text.npos);
  CHECK(mail.text.find("another day") == mail.text.npos);
  CHECK(mail.html.find("&lt;First&gt; paper") != mail.html.npos);
  CHECK(mail.html.find("<First>") == mail.html.npos);
  CHECK(mail.leave_url.starts_with("http://localhost:8400/unsubscribe/"));
  const std::string token = mail.leave_url.substr(mail.leave_url.rfind('/') + 1);
  CHECK(store::leave_subscription(town, token));
}

TEST_CASE("digest: again sends nothing; refused mails are tried again, unknown ones are not") {
  Town town(6);
  std::map<std::string, int> tries;
  FunctionSink sink([&](const Mail& mail) -> MailAnswer {
    const bool first = ++tries[mail.to] == 1;
    if (first && mail.to == "p1@example.org") return {MailAnswer::Kind::refused, "mailbox full"};
    if (mail.to == "p2@example.org") return {MailAnswer::Kind::unknown, "lost"};
    return {};
  });
  DigestCount count = send(town, sink);
  CHECK(count.sent == 4);
  CHECK(count.failed == 1);
  CHECK(count.unsure == 1);
  CHECK(count.first_reason == "mailbox full");
  count = send(town, sink);
  CHECK(count.sent == 1);
  CHECK(count.unsure == 1);
  CHECK(send(town, sink).sent == 0);
  CHECK(tries["p1@example.org"] == 2);
  CHECK(tries["p2@example.org"] == 1);
  DigestOptions empty = options();
  empty.period = parse_period(Span::day, "2020-01-01");
  Progress silent;
  CHECK(send_digest(town, empty, sink, silent).papers == 0);
}

TEST_CASE("digest: a server that is down ends the round early, a stop request too") {
  Town town(60);
  FunctionSink down([](const Mail&) { return MailAnswer{MailAnswer::Kind::refused, "down"}; });
  CHECK(send(town, down).failed == 20);
  std::atomic<bool> stop = false;
  Progress progress([&](const ProgressUpdate& update) { stop = update.step >= 7; }, &stop);
  FunctionSink up([](const Mail&) { return MailAnswer{}; });
  const DigestCount count = send_digest(town, options(), up, progress);
  CHECK(count.stopped);
  CHECK(count.sent == 7);
  CHECK(send(town, up).sent == 53);
}

TEST_CASE("digest: one sender at a time") {
  Town town(1);
  FunctionSink sink([&](const Mail&) {
    FunctionSink inner([](const Mail&) { return MailAnswer{}; });
    CHECK_THROWS_WITH_AS(send(town, inner),
                         "digest: another process is sending it, expected one at a time", Error);
    return MailAnswer{};
  });
  CHECK(send(town, sink).sent == 1);
}

TEST_CASE("digest: begun by a sender who died before writing it, a mail is sent once") {
  Town town(3);
  const std::string period = period_text(options().period);
  const auto first = store::undelivered(town, period, 0, 1).at(0);
  REQUIRE(store::begin_delivery(town, first.key, period, kNow));
  const auto sink = mbox_sink(town.scratch / "mails");
  const DigestCount count = send(town, *sink);
  CHECK(count.unsure == 0);
  CHECK(count.sent == 3);
  CHECK(received(town.scratch / "mails").size() == 3);
}

TEST_CASE("digest: killed ten times at random moments and resumed, everybody has exactly one") {
  Town town(150);
  const auto mbox = town.scratch / "mails";
  Rng rng(9);
  for (int round = 0; round < 10; ++round) {
    const pid_t child = fork();
    if (child == 0) {
      // Its own connections: what was opened before the fork is the parent's.
      store::Database database(town.database.location());
      const auto sink = mbox_sink(mbox);
      send(database, *sink);
      _exit(0);
    }
    std::this_thread::sleep_for(std::chrono::microseconds(5000 + rng.integer(60000)));
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
  }
  const auto sink = mbox_sink(mbox);
  CHECK(send(town, *sink).unsure == 0);
  const auto mails = received(mbox);
  CHECK(mails.size() == 150);
  for (const auto& [address, count] : mails) CHECK_MESSAGE(count == 1, address);
  town.database.check_whole();
}
