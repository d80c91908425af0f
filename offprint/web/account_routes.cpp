// Accounts: signing up, logging in and out, one's password and tokens.
#include <array>

#include "offprint/core/error.h"
#include "offprint/feed/accounts.h"
#include "offprint/store/people.h"
#include "offprint/web/forms.h"
#include "offprint/web/list_page.h"
#include "offprint/web/routes.h"

namespace offprint::web {
namespace {

constexpr int64_t kTokenSeconds = 365 * 86400;
constexpr size_t kLongestName = 100, kLongestLabel = 80;  // what is typed is cut to that
constexpr const char* kTooManyTries = "Too many wrong passwords; try again in 15 minutes.";

// A path of ours; elsewhere "/".
std::string local_path(const std::string& next) {
  const bool ours =
      next.starts_with('/') && !next.starts_with("//") && next.find_first_of("\\\r\n") == next.npos;
  return ours ? next : "/";
}

bool secure(const Request& r) { return r.address.starts_with("https://"); }

Page login_page(const Request& r, const std::string& problem) {
  Page page;
  page.title = "Log in";
  const std::string next = local_path(r.text("next"));
  page.main = {
      plain("h1", "Log in"), problem_view(problem),
      post_form(r.visitor, "/login",
                {hidden_field("next", next),
                 field_view({.name = "name",
                             .label = "Name",
                             .value = r.text("name"),
                             .autocomplete = "username"}),
                 field_view({.name = "password",
                             .label = "Password",
                             .kind = "password",
                             .autocomplete = "current-password"}),
                 submit_button("Log in", true)},
                "account"),
      plain("p", {"No account yet? ", element("a", {{"href", "/signup"}}, "Sign up"), "."})};
  return page;
}

Page signup_page(const Request& r, const std::string& problem) {
  Page page;
  page.title = "Sign up";
  page.main = {
      plain("h1", "Sign up"), problem_view(problem),
      plain("p",
            "Readers vote; an editor can make you a member, who also comments and starts runs."),
      post_form(r.visitor, "/signup",
                {field_view({.name = "name",
                             .label = "Name",
                             .value = r.text("name"),
                             .help = "2 to 32 letters, digits, '-', '_' or '.'",
                             .autocomplete = "username"}),
                 field_view({.name = "password",
                             .label = "Password",
                             .kind = "password",
                             .help = "8 bytes or more",
                             .autocomplete = "new-password"}),
                 submit_button("Sign up", true)},
                "account")};
  return page;
}

Reply logged_in(Site& site, const Request& r, const store::User& user, const std::string& next) {
  Reply reply = go_to(next);
  reply.cookie = session_cookie(
      feed::open_session(site.database(), user.key, "cookie", "", now_seconds(), kSessionSeconds),
      secure(r));
  return reply;
}

Reply show_login(Site&, const Request& r) { return page_reply(r, login_page(r, "")); }

Reply login(Site& site, const Request& r) {
  const std::string name = r.text("name").substr(0, kLongestName);
  const int64_t now = now_seconds();
  // Both are asked before anything is hashed: guessing costs the guesser, not this machine.
  if (site.failed_logins.exhausted(name, now) || site.failed_from.exhausted(r.peer, now))
    return page_reply(r, login_page(r, kTooManyTries), 429);
  const auto user = feed::check_login(site.database(), name, r.text("password"));
  if (!user) {
    site.failed_logins.take(name, now), site.failed_from.take(r.peer, now);
    return page_reply(r, login_page(r, "The name or the password is wrong."), 403);
  }
  return logged_in(site, r, *user, local_path(r.text("next")));
}

Reply show_signup(Site&, const Request& r) { return page_reply(r, signup_page(r, "")); }

Reply signup(Site& site, const Request& r) {
  if (!site.newcomers.take(r.peer, now_seconds()))
    return page_reply(
        r, signup_page(r, "Too many new accounts from your address; try again later."), 429);
  return or_form_again(
      r,
      [&] {
        const store::User user = feed::sign_up(site.database(), r.text("name"), r.text("password"),
                                               store::Role::reader, now_seconds());
        return logged_in(site, r, user, "/");
      },
      [&](const std::string& problem) { return signup_page(r, problem); });
}

Reply logout(Site& site, const Request& r) {
  if (!r.visitor.session.empty()) feed::close_session(site.database(), r.visitor.session);
  Reply reply = go_to("/");
  reply.cookie = session_cookie("", secure(r));
  return reply;
}

Html tokens_view(Site& site, const Request& r) {
  Html rows;
  for (const store::Session& session : store::sessions_of(site.database(), r.visitor.user->key)) {
    if (session.kind != "token") continue;
    rows += plain(
        "li",
        {session.label, ", until ", date_text(session.expires_at), " ",
         post_form(r.visitor, "/settings/tokens/end",
                   {hidden_field("token", session.token_hash), submit_button("End")}, "inline")});
  }
  return rows.empty() ? Html() : element("ul", {{"class", "tokens"}}, rows);
}

Page settings_page(Site& site, const Request& r, const std::string& problem, const Html& news) {
  Page page;
  page.title = "Settings";
  page.main = {plain("h1", "Settings"), problem_view(problem), news};
  const store::User& user = *r.visitor.user;
  page.main +=
      plain("p", r.visitor.owner
                     ? std::string("You are the owner of this machine: no account is needed here.")
                     : fmt::format("You are {}, a{} {}.", user.name,
                                   user.role == store::Role::editor ? "n" : "",
                                   store::role_name(user.role)));
  if (!r.visitor.owner)
    page.main += {plain("h2", "Password"),
                  post_form(r.visitor, "/settings/password",
                            {field_view({.name = "current",
                                         .label = "Current password",
                                         .kind = "password",
                                         .autocomplete = "current-password"}),
                             field_view({.name = "password",
                                         .label = "New password",
                                         .kind = "password",
                                         .help = "Every other session and token ends.",
                                         .autocomplete = "new-password"}),
                             submit_button("Change it")},
                            "account"),
                  post_form(r.visitor, "/logout", submit_button("Log out"))};
  page.main += {plain("h2", "Tokens"),
                plain("p", {"A program that sends ", plain("code", "Authorization: Bearer TOKEN"),
                            " acts for you."}),
                tokens_view(site, r),
                post_form(r.visitor, "/settings/tokens",
                          {field_view({.name = "label", .label = "What it is for"}),
                           submit_button("Make a token")},
                          "account")};
  return page;
}

Reply show_settings(Site& site, const Request& r) {
  if (!r.visitor.user) return go_to("/login?next=/settings");
  return page_reply(r, settings_page(site, r, "", {}));
}

Reply password(Site& site, const Request& r) {
  const store::User& user = *r.visitor.user;
  if (r.visitor.owner)
    return error_reply(r.path, 400, "The owner of this machine has no password.");
  if (site.failed_logins.exhausted(user.name, now_seconds()))
    return page_reply(r, settings_page(site, r, kTooManyTries, {}), 429);
  if (!feed::check_login(site.database(), user.name, r.text("current"))) {
    site.failed_logins.take(user.name, now_seconds());
    return page_reply(r, settings_page(site, r, "The current password is wrong.", {}), 403);
  }
  feed::change_password(site.database(), user.key, r.text("password"));
  return logged_in(site, r, user, "/settings");  // the old session ended with all others
}

Reply make_token(Site& site, const Request& r) {
  const std::string label = r.text("label").substr(0, kLongestLabel);
  const std::string token = feed::open_session(site.database(), r.visitor.user->key, "token", label,
                                               now_seconds(), kTokenSeconds);
  const Html news = {plain("p", "Your new token, shown this once:"),
                     preformatted(plain("code", token))};
  return page_reply(r, settings_page(site, r, "", news));
}

Reply end_token(Site& site, const Request& r) {
  for (const store::Session& session : store::sessions_of(site.database(), r.visitor.user->key))
    if (session.kind == "token" && session.token_hash == r.text("token"))
      store::delete_session(site.database(), session.token_hash);
  return go_to("/settings");
}

constexpr auto kRoutes = std::to_array<Route>({
    {"/login", show_login},
    {"/login", login, Post::visitor},
    {"/signup", show_signup},
    {"/signup", signup, Post::visitor},
    {"/logout", logout, Post::visitor},
    {"/settings", show_settings},
    {"/settings/password", password, Post::reader},
    {"/settings/tokens", make_token, Post::reader},
    {"/settings/tokens/end", end_token, Post::reader},
});

}  // namespace

std::span<const Route> account_routes() { return kRoutes; }

}  // namespace offprint::web
