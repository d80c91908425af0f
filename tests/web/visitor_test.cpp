#include "offprint/web/visitor.h"

#include <doctest/doctest.h>

#include "offprint/feed/accounts.h"
#include "offprint/web/site.h"
#include "tests/data/scratch.h"

using namespace offprint;
using namespace offprint::web;

namespace {

Caller from(const std::string& address, const std::string& host) {
  return {address, host, "", "", "", ""};
}

}  // namespace

TEST_CASE("visitor: the person at this machine owns it, others and proxies do not") {
  const data::Scratch base;
  const Site site(base.folder, {.with_meaning = false});
  CHECK(visitor_of(site, from("127.0.0.1", "localhost:8400")).owner);
  CHECK(visitor_of(site, from("::1", "[::1]:8400")).owner);
  CHECK(visitor_of(site, from("::ffff:127.0.0.1", "127.0.0.1:8400")).may(store::Role::editor));
  CHECK(!visitor_of(site, from("192.168.1.7", "localhost:8400")).user);
  CHECK(!visitor_of(site, from("127.0.0.1", "rebound.example:8400")).user);
  Caller forwarded = from("127.0.0.1", "localhost:8400");
  forwarded.forwarded = true;
  CHECK(!visitor_of(site, forwarded).user);
}

TEST_CASE("visitor: by cookie and by token; each has a form token of their own") {
  const data::Scratch base;
  Site site(base.folder, {.with_meaning = false, .owner = false});
  const store::User ada =
      feed::sign_up(site.database(), "ada", "lovelace", store::Role::member, 100, {1, 8 << 10});
  const std::string session =
      feed::open_session(site.database(), ada.key, "cookie", "", now_seconds(), kSessionSeconds);
  Caller caller = from("127.0.0.1", "localhost:8400");
  CHECK(!visitor_of(site, caller).user);  // this site has no owner
  const std::string anybodys = visitor_of(site, caller).form_token;
  caller.cookie = "theme=dark; offprint_session=" + session;
  const Visitor visitor = visitor_of(site, caller);
  REQUIRE(visitor.user);
  CHECK(visitor.user->name == "ada");
  CHECK(visitor.may(store::Role::member));
  CHECK(!visitor.may(store::Role::editor));
  CHECK(visitor.form_token != anybodys);
  CHECK(visitor.form_token.find(session) == std::string::npos);
  caller.cookie = "offprint_session=" + session + "x";
  CHECK(!visitor_of(site, caller).user);
  caller.cookie = "", caller.bearer = session;
  CHECK(visitor_of(site, caller).user->name == "ada");
  caller.bearer = "wrong";
  CHECK_THROWS_AS(visitor_of(site, caller), UnknownToken);
}

TEST_CASE("foreign pages: by what the browser says of itself") {
  Caller caller = from("127.0.0.1", "localhost:8400");
  CHECK(!from_foreign_page(caller));
  CHECK(!from_browser(caller));
  caller.origin = "http://localhost:8400", caller.fetch_site = "same-origin";
  CHECK(!from_foreign_page(caller));
  CHECK(from_browser(caller));
  caller.origin = "http://evil.example";
  CHECK(from_foreign_page(caller));
  caller.origin = "null";
  CHECK(from_foreign_page(caller));
  caller.origin = "", caller.fetch_site = "cross-site";
  CHECK(from_foreign_page(caller));
  caller.fetch_site = "same-site";  // another port of this machine
  CHECK(from_foreign_page(caller));
  caller.fetch_site = "none";  // typed into the address bar
  CHECK(!from_foreign_page(caller));
}

TEST_CASE(
    "session cookie: not for scripts, not for other sites' pages, only encrypted where we are") {
  CHECK(session_cookie("t", false) ==
        "offprint_session=t; Path=/; HttpOnly; SameSite=Lax; Max-Age=2592000");
  CHECK(session_cookie("t", true).ends_with("; Secure"));
  CHECK(session_cookie("", false).find("Max-Age=0") != std::string::npos);
}
