// Accounts, votes, comments and subscriptions through a real server, as browsers and programs do.
#include <doctest/doctest.h>

#include "offprint/core/json.h"
#include "offprint/feed/accounts.h"
#include "offprint/feed/digest.h"
#include "offprint/store/papers.h"
#include "offprint/store/people.h"
#include "offprint/store/subscriptions.h"
#include "offprint/store/votes.h"
#include "tests/web/running_server.h"

using namespace offprint;

namespace {

// A site for everybody: the person at this machine logs in too.
const RunningServer& running() {
  static const RunningServer one("accounts", {.owner = false});
  return one;
}
store::Database& database() { return running().site->database(); }

bool holds(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

// Signed up through the page.
Browser member(const std::string& name, store::Role role = store::Role::member) {
  Browser browser(running());
  browser.open("/signup");
  const auto reply = browser.send("/signup", {{"name", name}, {"password", "long enough"}});
  CHECK_MESSAGE(reply.status == 303, reply.body);
  store::set_role(database(), store::find_user(database(), name)->key, role);
  return browser;
}

int64_t upvotes(const std::string& slug) { return store::find_paper(database(), slug)->upvotes; }

}  // namespace

TEST_CASE("accounts: sign up, log out, log in; what is wrong stays on the page") {
  Browser ada = member("ada", store::Role::reader);
  CHECK(holds(ada.cookie(), "offprint_session="));
  CHECK(holds(ada.open("/").body, ">ada</a>"));
  CHECK(ada.send("/logout", {{"form_token", "forged"}}, false).status ==
        403);  // not by a form of ours
  ada.open("/settings");
  CHECK(ada.send("/logout", {}).status == 303);
  CHECK(ada.open("/settings").status == 303);

  ada.open("/login?next=/trending");
  const auto wrong = ada.send("/login", {{"name", "ada"}, {"password", "wrong wrong"}});
  CHECK(wrong.status == 403);
  CHECK(holds(wrong.body, "The name or the password is wrong."));
  const auto back = ada.send(
      "/login", {{"name", "ADA"}, {"password", "long enough"}, {"next", "//evil.example"}});
  CHECK(back.status == 303);
  CHECK(back.get_header_value("Location") == "/");  // and not to another site

  Browser twin(running());
  twin.open("/signup");
  CHECK(holds(twin.send("/signup", {{"name", "Ada"}, {"password", "long enough"}}).body,
              "the name &#39;Ada&#39; is taken"));
  CHECK(twin.send("/signup", {{"name", "<b>"}, {"password", "long enough"}}).status == 400);
  CHECK(holds(twin.send("/signup", {{"name", "bea"}, {"password", "short"}}).body,
              "password: 5 bytes, expected 8 to 1000"));
  CHECK(twin.send("/signup", {{"name", "owner"}, {"password", "long enough"}}).status == 400);
}

TEST_CASE("accounts: guessing a password ends after eight tries, also for who knows it") {
  member("victim");
  Browser guesser(running());
  guesser.open("/login");
  for (int i = 0; i < 8; ++i)
    CHECK(guesser.send("/login", {{"name", "victim"}, {"password", "guess guess"}}).status == 403);
  const auto late = guesser.send("/login", {{"name", "victim"}, {"password", "long enough"}});
  CHECK(late.status == 429);
  CHECK(late.has_header("Retry-After"));
}

TEST_CASE("accounts: a new password ends every other session; tokens act for their owner") {
  Browser bob = member("bob");
  const std::string old = bob.cookie();
  bob.open("/settings");
  const auto made = bob.send("/settings/tokens", {{"label", "<cron>"}});
  CHECK(holds(made.body, "&lt;cron&gt;"));
  const size_t at = made.body.find("<code>", made.body.find("<pre")) + 6;
  const std::string token = made.body.substr(at, made.body.find('<', at) - at);

  httplib::Client program("127.0.0.1", running().server->port());
  const httplib::Headers bearer = {{"Authorization", "Bearer " + token}};
  const auto voted =
      program.Post("/api/papers/hippo/vote", bearer, R"({"vote": true})", "application/json");
  CHECK(voted->status == 200);
  CHECK(parse_json(voted->body, "reply")["voted"] == true);
  const httplib::Headers wrong = {{"Authorization", "Bearer nonsense"}};
  CHECK(program.Get("/api/daily_papers", wrong)->status == 401);
  CHECK(program.Post("/api/papers/hippo/vote", R"({"vote": true})", "application/json")->status ==
        401);

  bob.open("/settings");
  CHECK(bob.send("/settings/password", {{"current", "wrong wrong"}, {"password", "long enough 2"}})
            .status == 403);
  CHECK(bob.send("/settings/password", {{"current", "long enough"}, {"password", "long enough 2"}})
            .status == 303);
  CHECK(bob.cookie() != old);
  CHECK(bob.open("/settings").status == 200);
  CHECK(program.Get("/settings", {{"Cookie", old}})->status == 303);
  CHECK(program.Post("/api/papers/hippo/vote", bearer, R"({"vote": true})", "application/json")
            ->status == 401);
}

TEST_CASE("votes: one a person, however often; none by another site's page") {
  Browser cleo = member("cleo", store::Role::reader), dan = member("dan", store::Role::reader);
  const int64_t before = upvotes("s4d");
  for (int i = 0; i < 3; ++i) {
    cleo.open("/papers/s4d");
    CHECK(cleo.send("/papers/s4d/vote", {{"vote", "1"}}).status == 303);
  }
  CHECK(upvotes("s4d") == before + 1);
  dan.open("/papers/s4d");
  dan.send("/papers/s4d/vote", {{"vote", "1"}});
  CHECK(upvotes("s4d") == before + 2);
  CHECK(holds(cleo.open("/papers/s4d").body, "▲ Voted"));
  cleo.send("/papers/s4d/vote", {{"vote", "0"}});
  CHECK(upvotes("s4d") == before + 1);

  CHECK(cleo.send("/papers/s4d/vote", {{"vote", "1"}}, false).status == 403);
  CHECK(cleo.send("/papers/s4d/vote", {{"vote", "1"}, {"form_token", "forged"}}, false).status ==
        403);
  httplib::Client forged("127.0.0.1", running().server->port());
  const httplib::Headers evil = {{"Cookie", cleo.cookie()}, {"Origin", "http://evil.example"}};
  CHECK(forged.Post("/papers/s4d/vote", evil, httplib::Params{{"vote", "1"}})->status == 403);
  CHECK(upvotes("s4d") == before + 1);
  CHECK(cleo.send("/papers/no-such-paper/vote", {{"vote", "1"}}).status == 404);
  CHECK(cleo.send("/papers/s4d/vote", {{"vote", "7"}}).status == 400);
  Browser nobody(running());
  nobody.open("/login");
  CHECK(nobody.send("/papers/s4d/vote", {{"vote", "1"}}).get_header_value("Location") == "/login");
}

TEST_CASE("comments: shown without harm, edited by their author, removed by an editor") {
  Browser eve = member("eve"), fay = member("fay"), gus = member("gus", store::Role::editor);
  eve.open("/papers/s4d");
  const auto said = eve.send("/papers/s4d/comments",
                             {{"text", "**Good** <script>alert(1)</script> [x](javascript:x)"}});
  REQUIRE(said.status == 303);
  const std::string place = said.get_header_value("Location");
  const std::string key = place.substr(place.rfind('-') + 1);
  const std::string page = fay.open("/papers/s4d").body;
  CHECK(holds(page, "<strong>Good</strong>"));
  CHECK(!holds(page, "<script>"));
  CHECK(!holds(page, "javascript:"));
  CHECK(fay.send("/comments/" + key + "/edit", {{"text", "changed"}}).status == 403);
  CHECK(fay.send("/comments/" + key + "/delete", {}).status == 403);
  eve.open("/papers/s4d");
  CHECK(eve.send("/comments/" + key + "/edit", {{"text", "Better"}}).status == 303);
  CHECK(holds(eve.open("/papers/s4d").body, "<p>Better</p>"));
  CHECK(eve.send("/papers/s4d/comments", {{"text", " \n "}}).status == 400);
  CHECK(eve.send("/papers/s4d/comments", {{"text", std::string(10001, 'x')}}).status == 400);
  const auto json = parse_json(running().body("/api/papers/s4d/comments"), "comments");
  CHECK(json.back()["text"] == "Better");
  CHECK(json.back()["author"] == "eve");
  gus.open("/papers/s4d");
  CHECK(gus.send("/comments/" + key + "/delete", {}).status == 303);
  CHECK(gus.send("/comments/" + key + "/delete", {}).status == 404);
  CHECK(holds(running().body("/papers/s4d"), "A comment was here."));

  Browser hal = member("hal", store::Role::reader);
  hal.open("/papers/s4d");
  CHECK(hal.send("/papers/s4d/comments", {{"text", "hello"}}).status == 403);
  CHECK(hal.send("/runs", {{"slug", "s4d"}}).status == 403);
}

TEST_CASE("subscriptions: no mail without a server; confirmed and left by the links of mails") {
  Browser anybody(running());
  CHECK(holds(anybody.open("/subscribe").body, "This site sends no mail"));
  const auto asked = feed::subscribe(database(), "ida@example.org", web::now_seconds());
  // The link as it stands in the mail.
  const std::string mail =
      feed::confirmation_mail("papers@x.org", "ida@example.org", "", asked.confirm_token, 0).text;
  const size_t begin = mail.find("them: ") + 6;
  CHECK(anybody.open(mail.substr(begin, mail.find('\n', begin) - begin)).status == 200);
  CHECK(store::count_subscriptions(database()) == 0);  // opening the link is not enough
  CHECK(anybody.send("/confirm/" + asked.confirm_token, {}).status == 200);
  CHECK(store::count_subscriptions(database()) == 1);
  CHECK(anybody.send("/confirm/" + asked.confirm_token, {}).status == 200);  // twice is once
  CHECK(store::count_subscriptions(database()) == 1);
  const std::string leave = store::undelivered(database(), "2025-11-01", 0, 10).at(0).leave_token;
  anybody.open("/unsubscribe/" + leave);
  CHECK(store::count_subscriptions(database()) == 1);
  httplib::Client mail_program("127.0.0.1", running().server->port());
  CHECK(mail_program
            .Post(("/unsubscribe/" + leave).c_str(), "List-Unsubscribe=One-Click",
                  "application/x-www-form-urlencoded")
            ->status == 200);
  CHECK(store::count_subscriptions(database()) == 0);
}

TEST_CASE("own data: a form asks for a job that others do not see; mistakes stay on the page") {
  Browser kim = member("kim"), lou = member("lou");
  CHECK(holds(kim.open("/use").body, "/use/forecast?method=ridge"));
  CHECK(holds(kim.open("/use/forecast?method=drift").body, "selected=\"selected\""));
  const auto asked = kim.send(
      "/use/forecast", {{"text", "load\n1\n2\n3\n"}, {"method", "drift"}, {"target", "load"}});
  REQUIRE(asked.status == 303);
  const std::string page = asked.get_header_value("Location");
  CHECK(holds(kim.open(page).body, "method drift"));
  CHECK(lou.open(page).status == 404);
  CHECK(running().ask("/api" + page)->status == 404);
  CHECK(!holds(running().body("/api/runs"), "drift"));
  CHECK(lou.open(page + "/files/summary.txt").status == 404);
  kim.open("/use/forecast");
  const auto empty = kim.send("/use/forecast", {{"text", ""}, {"option-horizon", "12"}});
  CHECK(empty.status == 400);
  CHECK(holds(empty.body, "there is no table"));
  CHECK(holds(empty.body, "value=\"12\""));
  CHECK(lou.open("/use/fortune").status == 404);
}

TEST_CASE("submitting: BibTeX, or facts; what is wrong stays on the page") {
  Browser joy = member("joy");
  joy.open("/submit");
  CHECK(joy.send("/submit", {{"text",
                              "@article{x, title={A <b>New</b> Scan}, author={Doe, Jane}, "
                              "eprint={2501.00001}, archiveprefix={arXiv}, year={2025}}"}})
            .status == 303);
  const auto paper = store::find_paper(database(), "2501.00001");
  REQUIRE(paper);
  CHECK(paper->submitter == "joy");
  CHECK(holds(running().body("/papers/2501.00001"), "A &lt;b&gt;New&lt;/b&gt; Scan"));
  joy.open("/submit");
  CHECK(joy.send("/submit", {{"id", "2501.00002"},
                             {"title", "Facts"},
                             {"authors", "A. B, C. D"},
                             {"published", "2025-01-02"}})
            .get_header_value("Location") == "/papers/2501.00002");
  CHECK(store::find_paper(database(), "2501.00002")->authors ==
        std::vector<std::string>{"A. B", "C. D"});
  const auto wrong = joy.send("/submit", {{"text", "hello"}});
  CHECK(wrong.status == 400);
  CHECK(holds(wrong.body, ">hello</textarea>"));  // nothing that was typed is lost
  CHECK(joy.send("/submit", {{"id", "x"}, {"title", "t"}, {"published", "2025-01-02"}}).status ==
        400);
}
